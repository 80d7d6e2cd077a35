/**
 * How good a model is on examples that it was not trained on. This file: the report, as data that a journal can hold.
 * The types are interfaces, so that editors and messages show their names instead of all their members.
 */
import * as Schema from "effect/Schema"

const conceptEvaluation = Schema.Struct({
  /** Tests that show the concept. */
  positives: Schema.Number,
  truePositives: Schema.Number,
  falsePositives: Schema.Number,
  falseNegatives: Schema.Number,
  trueNegatives: Schema.Number,
  /** The share of the predicted tests that show the concept, 0 to 1; 0 if none was predicted. */
  precision: Schema.Number,
  /** The share of the tests that show the concept and were predicted, 0 to 1; 0 if none shows it. */
  recall: Schema.Number,
  /** The harmonic mean of precision and recall, 0 to 1. */
  f1: Schema.Number,
  /** Area under the ROC curve, 0 to 1; undefined if all tests show the concept or none does. */
  rocAuc: Schema.optional(Schema.Number),
  /** The score, 0 to 1, with the best F1 when used as threshold, such as in `.atLeast(..)`; 0.5 without positives. */
  threshold: Schema.Number
})
/** How well a model finds one concept. */
export interface ConceptEvaluation extends Schema.Schema.Type<typeof conceptEvaluation> {}
export const ConceptEvaluation: Schema.Codec<ConceptEvaluation> = conceptEvaluation

const mistake = Schema.Struct({
  /** The example's name, such as its path below the folder. */
  name: Schema.String,
  /** Its path, or its address without query; absent for bytes. */
  input: Schema.optional(Schema.String),
  predicted: Schema.Array(Schema.String),
  truth: Schema.Array(Schema.String),
  /** How wrong the most wrong score is, 0 to 1: the score of an absent concept, or 1 minus that of a present one. */
  score: Schema.Number
})
/** A test that the model got wrong. */
export interface Mistake extends Schema.Schema.Type<typeof mistake> {}
export const Mistake: Schema.Codec<Mistake> = mistake

const evaluation = Schema.Struct({
  /** Tests that were predicted. */
  tests: Schema.Number,
  /** Tests that could not be predicted or not be read again. */
  failed: Schema.Number,
  /**
   * The share of correct tests, 0 to 1. With mutually exclusive concepts a test is correct if its highest score is one of
   * its concepts; otherwise if every concept is predicted correctly.
   */
  accuracy: Schema.Number,
  /** The mean of the concepts' F1, 0 to 1. */
  macroF1: Schema.Number,
  /** By concept. */
  concepts: Schema.Record(Schema.String, ConceptEvaluation),
  /** Counts of tests, by true concept (outer key) and concept with the highest score (inner key). */
  confusion: Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Number)),
  /** The worst mistakes, the most wrong first; ten at most. */
  worst: Schema.Array(Mistake)
})
/** How good a model is on examples that it was not trained on. */
export interface Evaluation extends Schema.Schema.Type<typeof evaluation> {}
export const Evaluation: Schema.Codec<Evaluation> = evaluation
