/** What a training should do, and what comes of it. */
import { isDeepStrictEqual } from "node:util"
import {
  type CallError,
  InvalidOption,
  type Json,
  type Model,
  model,
  type PredictError,
  type StepFailed
} from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type {
  BadExamples,
  TrainingBusy,
  TrainingDeadline,
  TrainingError,
  UnknownTraining,
  VersionDeleted
} from "./errors.ts"
import type { Evaluation } from "./evaluation/report.ts"
import type { Examples, ExamplesUnreadable } from "./examples/example.ts"
import { type Entry, type JournalUnusable, TrainingSettings } from "./journal.ts"
import type { Tally, Untested } from "./state.ts"

/** Says whether a new version should answer instead of the one before; `current` is undefined for the first. */
export type Policy = (next: Evaluation, current: Evaluation | undefined) => boolean

/** What a training should do. */
export interface Spec {
  readonly id: string
  readonly concepts: ReadonlyArray<string>
  /** Absent: another run has added them, or the app has them already. */
  readonly examples: Examples | undefined
  /** Whether it takes up what another run has begun, and nothing else. */
  readonly resumes: boolean
  readonly mutuallyExclusive: boolean
  readonly closedEnvironment: boolean
  readonly params: Readonly<Record<string, Json>>
  readonly holdout: number
  /** Whether unusable examples end it. */
  readonly strict: boolean
  readonly timeoutMs: number
  readonly promoteWhen: Policy | undefined
}

/** A model that was trained here: a handle pinned to its version, with what is known of it. */
export interface TrainedModel<N extends string = string> extends Model<"embedding-classifier", "image" | "video", N> {
  readonly versionId: string
  readonly concepts: ReadonlyArray<N>
  /** False where `promoteWhen` did not want the new version; the handle is then pinned to the one before, if any. */
  readonly promoted: boolean
  /** How good the new version is on what was kept back; undefined where nothing was, or nothing of it can be read again. */
  readonly evaluation: Evaluation | undefined
  /** Why there is no evaluation although `holdout` wanted one, and what to do; undefined where there is, or none was wanted. */
  readonly untested: Untested | undefined
  /** The evaluation of the version before, on the same tests; undefined where there was none. */
  readonly previous: Evaluation | undefined
  /** What became of the examples; undefined where another run had added them. */
  readonly tally: Tally | undefined
}

/** Everything that a training may fail with. */
export type TrainError =
  | CallError
  | PredictError
  | StepFailed
  | TrainingError
  | TrainingDeadline
  | VersionDeleted
  | BadExamples
  | ExamplesUnreadable
  | JournalUnusable
  | TrainingBusy
  | UnknownTraining

/** Parameters as they come back from a journal: members that are undefined are not there. */
const readParams = Schema.decodeUnknownSync(Schema.fromJsonString(TrainingSettings.fields.params))

/** What the journal keeps of a spec. */
export const settingsOf = (spec: Spec): TrainingSettings => ({
  mutuallyExclusive: spec.mutuallyExclusive,
  closedEnvironment: spec.closedEnvironment,
  params: readParams(JSON.stringify(spec.params)),
  holdout: spec.holdout,
  strict: spec.strict,
  policy: spec.promoteWhen !== undefined
})

/** Whether the service is to make up examples of concepts that have none, as its own parameter says. */
export const mayLackPositives = ({ params }: Pick<Spec, "params">): boolean =>
  params["fail_on_missing_positive_examples"] === false

/** Whether a journal's steps are those of this training: asked for with the same settings and concepts. */
export const isOf = (spec: Spec, [begun]: ReadonlyArray<Entry>): boolean =>
  begun?._tag === "started" &&
  // the same names and parameters in another order are the same
  isDeepStrictEqual(begun.settings, {
    ...settingsOf(spec),
    // one that is taken up after its end was judged already, and needs no policy
    ...(spec.resumes && spec.promoteWhen === undefined ? { policy: begun.settings.policy } : {})
  }) &&
  isDeepStrictEqual(begun.concepts.toSorted(), spec.concepts.toSorted())

/** The handle of one version. */
export const handleOf = (
  spec: Pick<Spec, "id" | "concepts">,
  versionId: string
): Model<"embedding-classifier", "image" | "video"> & { readonly versionId: string } => ({
  ...model({ id: spec.id, task: "embedding-classifier", accepts: ["image", "video"], concepts: spec.concepts }),
  versionId
})

/** Fails where a spec cannot be right, before anything is sent. */
export const checkSpec = (spec: Spec): Effect.Effect<void, InvalidOption> => {
  const refuse = (option: string, problem: string) =>
    Effect.fail(new InvalidOption({ model: spec.id, option, problem }))
  if (spec.concepts.length === 0) return refuse("concepts", "are missing: name what the model should know")
  if (!spec.concepts.every((concept) => typeof concept === "string"))
    return refuse("concepts", `are not all names; give them one by one, such as concepts("cat", "dog")`)
  if (new Set(spec.concepts).size < spec.concepts.length) return refuse("concepts", "name one of them twice")
  if (spec.concepts.includes("")) return refuse("concepts", "has an empty name")
  if (spec.promoteWhen !== undefined && spec.holdout === 0)
    return refuse("promoteWhen", "has nothing to judge by: keep a part of the examples back with holdout(0.2)")
  return Effect.void
}
