/** What a training is asked for: the options of the builder as one value, and their validation. */
import { isDeepStrictEqual } from "node:util"
import { InvalidOption, type Json } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Evaluation } from "../evaluation/evaluation.ts"
import { toExamplesUnreadable } from "../examples/example-stream.ts"
import type { Examples, ExamplesUnreadable } from "../examples/example.ts"
import { isFolder } from "../examples/folder.ts"
import { TrainingSettings } from "../journal/entry.ts"
import type { TrainingRecord } from "../journal/training-record.ts"

/** Decides whether the new version replaces the previous one. `current` is undefined for the first version. */
export type Policy = (next: Evaluation, current: Evaluation | undefined) => boolean

/** What a training is asked for. */
export interface TrainingSpec {
  /** The model's id. */
  readonly id: string
  /** In composed Unicode; empty if the examples are a folder, whose sub-folders name them. */
  readonly concepts: ReadonlyArray<string>
  /** Undefined if another run has uploaded them, or the app has them already. */
  readonly examples: Examples | undefined
  /** True for `app.training(id)`: continues the last training in the journal and never begins one. */
  readonly resumes: boolean
  readonly mutuallyExclusive: boolean
  readonly closedEnvironment: boolean
  readonly params: Readonly<Record<string, Json>>
  readonly holdout: number
  readonly strict: boolean
  readonly timeoutMs: number
  readonly promoteWhen: Policy | undefined
}

/** The default deadline of a run. */
const sixHoursMs = 6 * 3_600_000

/** The spec of a training without any options. */
export const defaultSpec = (id: string): TrainingSpec => ({
  id,
  concepts: [],
  examples: undefined,
  resumes: false,
  mutuallyExclusive: false,
  closedEnvironment: false,
  params: {},
  holdout: 0,
  strict: false,
  timeoutMs: sixHoursMs,
  promoteWhen: undefined
})

/** The spec of a training that another run has begun. */
export const resumedSpec = (
  id: string,
  { concepts, settings: { policy: _policy, ...settings } }: NonNullable<TrainingRecord["request"]>
): TrainingSpec => ({ ...defaultSpec(id), ...settings, concepts, resumes: true })

/** Parameters as a journal returns them: without members that are undefined. */
const readParams = Schema.decodeUnknownSync(Schema.fromJsonString(TrainingSettings.fields.params))

/** The settings that the journal keeps of a spec. */
export const settingsOf = (spec: TrainingSpec): TrainingSettings => ({
  mutuallyExclusive: spec.mutuallyExclusive,
  closedEnvironment: spec.closedEnvironment,
  params: readParams(JSON.stringify(spec.params)),
  holdout: spec.holdout,
  strict: spec.strict,
  policy: spec.promoteWhen !== undefined
})

/** True if the service may train a concept without positive examples; then it uses random inputs as examples. */
export const allowsMissingPositives = ({ params }: Pick<TrainingSpec, "params">): boolean =>
  params["fail_on_missing_positive_examples"] === false

/** True if a record is of a training with the same concepts and settings, in any order. */
export const matchesSpec = (spec: TrainingSpec, { request }: TrainingRecord): boolean =>
  request !== undefined &&
  isDeepStrictEqual(request.settings, {
    ...settingsOf(spec),
    // A training that is resumed after its policy has decided does not need the policy again.
    ...(spec.resumes && spec.promoteWhen === undefined ? { policy: request.settings.policy } : {})
  }) &&
  isDeepStrictEqual(request.concepts.toSorted(), spec.concepts.toSorted())

/** The spec with its concepts: those of the folder, if none are given. */
export const withConcepts = (spec: TrainingSpec): Effect.Effect<TrainingSpec, ExamplesUnreadable> => {
  const { concepts, examples } = spec
  if (concepts.length > 0 || !isFolder(examples)) return Effect.succeed(spec)
  return Effect.map(
    Effect.tryPromise({ try: () => examples.concepts(), catch: toExamplesUnreadable }),
    (names): TrainingSpec => ({ ...spec, concepts: names })
  )
}

/** Fails for a spec that is not valid, before anything is sent. */
export const validateSpec = (spec: TrainingSpec): Effect.Effect<void, InvalidOption> => {
  const invalid = (option: string, problem: string) =>
    Effect.fail(new InvalidOption({ model: spec.id, option, problem }))
  if (spec.concepts.length === 0)
    return invalid(
      "concepts",
      "are missing: name them, or give the examples as folder(..), whose sub-folders name them"
    )
  if (!spec.concepts.every((concept) => typeof concept === "string"))
    return invalid("concepts", `are not all names; give them one by one, such as concepts("cat", "dog")`)
  if (new Set(spec.concepts).size < spec.concepts.length) return invalid("concepts", "name one of them twice")
  if (spec.concepts.includes("")) return invalid("concepts", "has an empty name")
  if (spec.promoteWhen !== undefined && spec.holdout === 0)
    return invalid("promoteWhen", "needs an evaluation: hold out some of the examples, such as holdout(0.2)")
  return Effect.void
}
