/**
 * What an evaluation tells, as plain data that a journal can keep. Interfaces, so that editors and messages show their
 * names instead of all their members.
 */
import * as Schema from "effect/Schema"

const conceptEvaluation = Schema.Struct({
  /** Tests that have the concept. */
  positives: Schema.Number,
  truePositives: Schema.Number,
  falsePositives: Schema.Number,
  falseNegatives: Schema.Number,
  trueNegatives: Schema.Number,
  /** Of those predicted, how many are right; 0 when none was predicted. */
  precision: Schema.Number,
  /** Of those that are there, how many were predicted; 0 when there are none. */
  recall: Schema.Number,
  f1: Schema.Number,
  /** Area under the ROC curve; absent where all tests have the concept or none has it. */
  rocAuc: Schema.optional(Schema.Number),
  /** The score that parts the tests best, by F1: a suggestion for `.atLeast(..)`; 0.5 where there are no positives. */
  threshold: Schema.Number
})
/** How well one concept is found. */
export interface ConceptEvaluation extends Schema.Schema.Type<typeof conceptEvaluation> {}
export const ConceptEvaluation: Schema.Codec<ConceptEvaluation> = conceptEvaluation

const mistake = Schema.Struct({
  /** The example's name, such as its path from the folder on. */
  name: Schema.String,
  /** Where it is: its path or address; absent for bytes. */
  input: Schema.optional(Schema.String),
  predicted: Schema.Array(Schema.String),
  truth: Schema.Array(Schema.String),
  /** How sure it was of what is wrong: the score of a concept that is not there, or what a missing one lacks to 1. */
  score: Schema.Number
})
/** A test that the model got wrong, and how sure it was. */
export interface Mistake extends Schema.Schema.Type<typeof mistake> {}
export const Mistake: Schema.Codec<Mistake> = mistake

const evaluation = Schema.Struct({
  /** Tests that were predicted. */
  tests: Schema.Number,
  /** Tests that could not be predicted, or not be read again. */
  failed: Schema.Number,
  /**
   * Where one concept excludes the others, the share of tests whose highest score is a concept that is there; else the
   * share of which every concept is told rightly.
   */
  accuracy: Schema.Number,
  /** The mean of the concepts' F1. */
  macroF1: Schema.Number,
  concepts: Schema.Record(Schema.String, ConceptEvaluation),
  /** Tests by the first concept that is there (outer) and the highest score (inner). */
  confusion: Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Number)),
  /** What went most wrong: the surest first, ten at most. */
  worst: Schema.Array(Mistake)
})
/** How good a model is on examples that it was not trained on. */
export interface Evaluation extends Schema.Schema.Type<typeof evaluation> {}
export const Evaluation: Schema.Codec<Evaluation> = evaluation
