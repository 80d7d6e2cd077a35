/** The journal of a training: what it has done so far, in a form that outlives the process. This file: its entries. */
import * as Schema from "effect/Schema"
import { Evaluation } from "../evaluation/evaluation.ts"

const Strings = Schema.Array(Schema.String)

/**
 * Why no example was held out: the service learns from all of them already (`known`), no concept has enough new ones
 * (`few`), or no example can be a test (`none`).
 */
export const Shortage = Schema.Literals(["known", "few", "none"])
export type Shortage = typeof Shortage.Type

/** An example that was held out to test the model. */
export const HeldOut = Schema.Struct({
  id: Schema.String,
  /** Its path or address; empty where it cannot be read again: bytes, and addresses with a query or credentials. */
  input: Schema.String,
  /** Its name for people. */
  name: Schema.String,
  /** The model's concepts that it shows. */
  concepts: Strings
})
export type HeldOut = typeof HeldOut.Type

/** The settings of a training that decide whether two calls ask for the same. */
export const TrainingSettings = Schema.Struct({
  mutuallyExclusive: Schema.Boolean,
  closedEnvironment: Schema.Boolean,
  params: Schema.Record(Schema.String, Schema.Json),
  /** The share of the examples that is held out, 0 to below 1. */
  holdout: Schema.Number,
  strict: Schema.Boolean,
  /** Whether the call has a `promoteWhen` policy. The policy is a function, which a journal cannot hold. */
  policy: Schema.Boolean
})
export type TrainingSettings = typeof TrainingSettings.Type

const started = Schema.TaggedStruct("started", {
  model: Schema.String,
  concepts: Strings,
  settings: TrainingSettings
})
const adding = Schema.TaggedStruct("adding", { ids: Strings })
const complete = Schema.TaggedStruct("complete", {
  /** A hash of the examples and their labels: equal for the same examples. */
  fingerprint: Schema.String,
  holdout: Schema.Array(HeldOut),
  /** Why nothing was held out although `holdout(..)` asked for it. */
  shortage: Schema.optionalKey(Shortage)
})
const creating = Schema.TaggedStruct("creating", { model: Schema.String })
const asking = Schema.TaggedStruct("asking", {
  /** The description that the new version gets; a later run recognises the version by it. */
  description: Schema.String,
  /** Versions with this description that existed before the request. */
  known: Strings
})
const version = Schema.TaggedStruct("version", { version: Schema.String })
const trained = Schema.TaggedStruct("trained", { version: Schema.String })
const judged = Schema.TaggedStruct("judged", {
  version: Schema.String,
  /** False when the policy rejected the new version. */
  promoted: Schema.Boolean,
  /** The version that the result points to. */
  chosen: Schema.String,
  evaluation: Schema.optionalKey(Evaluation),
  /** The evaluation of the previous version on the same tests. */
  previous: Schema.optionalKey(Evaluation),
  /** What the service says would make a better version, where the evaluation is poor. */
  advice: Schema.optionalKey(Schema.String)
})
const done = Schema.TaggedStruct("done", {})
const discarded = Schema.TaggedStruct("discarded", {})

/**
 * One entry of a journal. Entries with a gerund are written before the action, so that a run that follows a kill knows
 * what may have happened; the others are written after it.
 *
 * - `started`: a training begins; all further entries belong to it.
 * - `adding`: these inputs are about to be uploaded; they were not on the service.
 * - `complete`: all examples are on the service.
 * - `creating`: the model is about to be created.
 * - `asking`: a version is about to be requested.
 * - `version`: the service has accepted the request; this is the version's id.
 * - `trained`: the version is trained.
 * - `judged`: the version is evaluated, and the policy has decided.
 * - `done`: the training is over, successful or not.
 * - `discarded`: the training is over and its version is deleted.
 */
export const Entry = Schema.Union([
  started,
  adding,
  complete,
  creating,
  asking,
  version,
  trained,
  judged,
  done,
  discarded
])
export type Entry = typeof Entry.Type

/** The entry of one kind. */
export type EntryOf<Tag extends Entry["_tag"]> = Extract<Entry, { readonly _tag: Tag }>
