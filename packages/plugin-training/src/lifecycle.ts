/**
 * A training from its examples to a model: added, processed, trained, evaluated, promoted.
 * Every stage first looks into the journal for what an earlier run has done, so that a kill costs nothing twice.
 */
import {
  type CallError,
  type Host,
  type Json,
  type Model,
  model,
  type PredictError,
  toMedia
} from "@sightline/core/plugin"
import { resourcesOf } from "@sightline/core/resources"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Added, addExamples, type Test } from "./adding.ts"
import { BadExamples, type TrainingDeadline, type TrainingError, UnknownTraining } from "./errors.ts"
import type { Evaluation } from "./evaluation.ts"
import type { Examples, ExamplesUnreadable } from "./examples/example.ts"
import { evaluateOn } from "./held-out.ts"
import { type Entry, type Journal, type JournalUnusable, unfinished } from "./journal.ts"
import { askForVersion, recentVersions, type Standing } from "./service.ts"
import type { Tally, TrainingEvent, TrainingState, Unusable } from "./state.ts"
import { type Deadline, waitForInputs, waitForVersion } from "./waiting.ts"

/** What a training should do. */
export interface Spec {
  readonly id: string
  readonly concepts: ReadonlyArray<string>
  /** Absent where another process has added them. */
  readonly examples: Examples | undefined
  readonly mutuallyExclusive: boolean
  readonly closedEnvironment: boolean
  readonly params: Readonly<Record<string, Json>>
  readonly holdout: number
  /** Whether unusable examples end it. */
  readonly strict: boolean
  readonly timeoutMs: number
  readonly promoteWhen: ((next: Evaluation, current: Evaluation | undefined) => boolean) | undefined
}

/** A model that was trained here: a handle pinned to its version, with what is known of it. */
export interface TrainedModel<N extends string = string> extends Model<"embedding-classifier", "image" | "video", N> {
  readonly versionId: string
  readonly concepts: ReadonlyArray<N>
  /** False where `promoteWhen` preferred the version before; the handle is then pinned to that one. */
  readonly promoted: boolean
  /** How good it is on what was kept back; undefined without a holdout. */
  readonly evaluation: Evaluation | undefined
  /** The same of the version before, where it was asked for. */
  readonly previous: Evaluation | undefined
  /** What became of the examples; undefined where another process had added them. */
  readonly tally: Tally | undefined
}

/** Everything that a training may fail with. */
export type TrainError =
  | CallError
  | PredictError
  | TrainingError
  | TrainingDeadline
  | BadExamples
  | ExamplesUnreadable
  | JournalUnusable
  | UnknownTraining

const settingsOf = (spec: Spec): string =>
  JSON.stringify([spec.mutuallyExclusive, spec.closedEnvironment, spec.params, spec.holdout])

const handle = (
  spec: Spec,
  versionId: string
): Model<"embedding-classifier", "image" | "video"> & { readonly versionId: string } => ({
  ...model({ id: spec.id, task: "embedding-classifier", accepts: ["image", "video"], concepts: spec.concepts }),
  versionId
})

const refuseIfStrict = (spec: Spec, unusable: ReadonlyArray<Unusable>): Effect.Effect<void, BadExamples> => {
  const [bad] = unusable
  return spec.strict && bad !== undefined
    ? Effect.fail(new BadExamples({ model: spec.id, count: unusable.length, first: `${bad.name} (${bad.problem})` }))
    : Effect.void
}

/** Those of this training's examples that the service took, looked at, and could not use. */
const unprocessable = (host: Host, names: ReadonlyMap<string, string>) =>
  resourcesOf(host.wire)
    .inputs.list()
    .toStream()
    .pipe(
      Stream.filter(({ id, state }) => state === "failed" && names.has(id)),
      Stream.map(({ details, id }): Unusable => ({
        name: names.get(id) ?? id,
        problem: details ?? "the service could not use it"
      })),
      Stream.runCollect
    )

/** Adds the examples, or takes up what another run has added. */
const add = (
  host: Host,
  journal: Journal,
  spec: Spec,
  before: ReadonlyArray<Entry>,
  emit: (state: TrainingState) => void
) =>
  Effect.gen(function* () {
    const complete = before.findLast((entry) => entry._tag === "complete")
    if (complete !== undefined && (spec.examples === undefined || before.some((entry) => entry._tag === "asking"))) {
      const tests = complete.holdout
        .filter((test) => test.input !== "")
        .map((test): Test => ({ ...test, medium: toMedia("image", test.input) }))
      return { tally: undefined, tests, fingerprint: complete.fingerprint, names: new Map<string, string>() }
    }
    if (spec.examples === undefined) return yield* new UnknownTraining({ id: spec.id, journal: journal.place })
    const added: Added = yield* addExamples(
      host,
      journal,
      {
        training: spec.id,
        concepts: spec.concepts,
        examples: spec.examples,
        holdout: spec.holdout,
        alreadyAdded: new Set(before.flatMap((entry) => (entry._tag === "added" ? entry.ids : [])))
      },
      (tally) => emit({ state: "adding", tally })
    )
    yield* refuseIfStrict(spec, added.tally.unusable)
    yield* journal.append(spec.id, {
      _tag: "complete",
      fingerprint: added.fingerprint,
      holdout: added.tests.map(({ concepts, input, name }) => ({ concepts, input, name }))
    })
    return added
  })

/** Creates the model, or gives an existing one the concepts that it lacks. */
const prepare = (host: Host, spec: Spec) =>
  Effect.gen(function* () {
    const { models } = resourcesOf(host.wire)
    const wanted = {
      id: spec.id,
      concepts: spec.concepts,
      mutuallyExclusive: spec.mutuallyExclusive,
      closedEnvironment: spec.closedEnvironment
    }
    const found = yield* Effect.result(models.describe(spec.id))
    if (found._tag === "Success") {
      const has = new Set(found.success.concepts ?? [])
      if (!spec.concepts.every((concept) => has.has(concept))) yield* models.change(wanted, "merge")
      return
    }
    if (found.failure._tag !== "NotFound") return yield* found.failure
    // another process may have made it in the meantime
    yield* Effect.catchTag(models.create(wanted).asEffect(), "Conflict", () => Effect.void)
  })

/** Asks for a version, or finds the one that an earlier run has asked for. */
const start = (host: Host, journal: Journal, spec: Spec, before: ReadonlyArray<Entry>, fingerprint: string) =>
  Effect.gen(function* () {
    const noted = before.findLast((entry) => entry._tag === "version")
    if (noted !== undefined) return noted.version
    const asking = before.findLast((entry) => entry._tag === "asking")
    const description = asking?.description ?? `sightline ${spec.id} ${fingerprint}`
    const mine = (standing: Standing) => standing.description === description
    const recent = (yield* recentVersions(host.wire, spec.id)).filter(mine)
    const asked = asking === undefined ? undefined : recent.find(({ id }) => !asking.known.includes(id))
    if (asking === undefined)
      yield* journal.append(spec.id, { _tag: "asking", description, known: recent.map(({ id }) => id) })
    const { id } = asked ?? (yield* askForVersion(host.wire, spec.id, description, spec.params))
    yield* journal.append(spec.id, { _tag: "version", version: id })
    return id
  })

const judge = (
  host: Host,
  spec: Spec,
  version: string,
  tests: ReadonlyArray<Test>,
  emit: (state: TrainingState) => void
) =>
  evaluateOn(host, handle(spec, version), spec.concepts, tests, (done) =>
    emit({ state: "evaluating", version, done, of: tests.length })
  )

/** The version that answered before this one: the newest other that is trained. */
const versionBefore = (host: Host, spec: Spec, version: string) =>
  Effect.map(recentVersions(host.wire, spec.id), (standings) => {
    const at = standings.findIndex(({ id }) => id === version)
    return standings.slice(at + 1).find(({ code }) => code === 21100)?.id
  })

/** Evaluates the new version and, where a policy asks, the one before; a version that is not promoted is deleted. */
const evaluateAndPromote = (
  host: Host,
  spec: Spec,
  version: string,
  tests: ReadonlyArray<Test>,
  emit: (state: TrainingState) => void
) =>
  Effect.gen(function* () {
    const evaluation = tests.length === 0 ? undefined : yield* judge(host, spec, version, tests, emit)
    if (evaluation !== undefined) emit({ state: "evaluated", version, evaluation })
    const older = spec.promoteWhen === undefined ? undefined : yield* versionBefore(host, spec, version)
    const previous =
      older === undefined || tests.length === 0 ? undefined : yield* judge(host, spec, older, tests, emit)
    const promoted =
      evaluation === undefined || spec.promoteWhen === undefined || spec.promoteWhen(evaluation, previous)
    // Predictions without a version go to the newest trained one, so one that is worse cannot stay.
    if (!promoted && older !== undefined) yield* resourcesOf(host.wire).versions.delete(spec.id, version)
    return {
      evaluation,
      previous,
      promoted: promoted || older === undefined,
      version: promoted ? version : (older ?? version)
    }
  })

/** Runs a training to its end, from where the last run left it. Events are told as they happen. */
export const train = (
  host: Host,
  journal: Journal,
  spec: Spec,
  onEvent: (event: TrainingEvent) => void
): Effect.Effect<TrainedModel, TrainError> =>
  Effect.gen(function* () {
    const beganMs = yield* Clock.currentTimeMillis
    const clock = yield* Clock.Clock
    const emit = (state: TrainingState) =>
      onEvent({ ...state, training: spec.id, atMs: clock.currentTimeMillisUnsafe() - beganMs })
    const deadline: Deadline = { model: spec.id, atMs: beganMs + spec.timeoutMs, timeoutMs: spec.timeoutMs }
    const settings = settingsOf(spec)
    const found = unfinished(yield* journal.read(spec.id))
    const begun = found[0]
    const sameTraining =
      begun?._tag === "started" &&
      begun.settings === settings &&
      begun.concepts.toSorted().join("\n") === spec.concepts.toSorted().join("\n")
    const before = sameTraining ? found : []
    if (!sameTraining)
      yield* journal.append(spec.id, { _tag: "started", model: spec.id, concepts: spec.concepts, settings })
    const added = yield* add(host, journal, spec, before, emit)
    const failed = yield* waitForInputs(host.wire, deadline, (waiting) => emit({ state: "processing", waiting }))
    const refused = failed === 0 ? [] : yield* unprocessable(host, added.names)
    yield* refuseIfStrict(spec, refused)
    emit({ state: "preparing", concepts: spec.concepts })
    yield* prepare(host, spec)
    const version = yield* start(host, journal, spec, before, added.fingerprint)
    const ended = yield* Effect.result(
      waitForVersion(host.wire, version, deadline, ({ code, percent, secondsLeft }) => {
        if (code === 21103) emit({ state: "queued", version })
        else if (code === 21101)
          emit({
            state: "training",
            version,
            ...(percent === undefined ? {} : { percent }),
            ...(secondsLeft === undefined ? {} : { secondsLeft })
          })
      })
    )
    if (ended._tag === "Failure") {
      const lasting =
        ended.failure._tag !== "TrainingDeadline" && "code" in ended.failure && ended.failure.code !== undefined
      // A training that failed is over: the same call begins a new one.
      if (lasting && isTrainingState(ended.failure.code))
        yield* journal.append(spec.id, { _tag: "done", version, promoted: false })
      return yield* ended.failure
    }
    if (!before.some((entry) => entry._tag === "trained")) yield* journal.append(spec.id, { _tag: "trained", version })
    emit({ state: "trained", version })
    const result = yield* evaluateAndPromote(host, spec, version, added.tests, emit)
    yield* journal.append(spec.id, { _tag: "done", version: result.version, promoted: result.promoted })
    emit({ state: "ready", version: result.version, promoted: result.promoted })
    return {
      ...handle(spec, result.version),
      concepts: spec.concepts,
      promoted: result.promoted,
      evaluation: result.evaluation,
      previous: result.previous,
      tally: added.tally && { ...added.tally, unusable: [...added.tally.unusable, ...refused] }
    }
  }).pipe(Effect.withSpan("training.run", { attributes: { "gen_ai.request.model": spec.id } }))

const isTrainingState = (code: number | undefined): boolean => code !== undefined && code >= 21105 && code < 21120
