/**
 * A training from its examples to a model: added, processed, trained, evaluated, promoted.
 * Every stage first looks into the journal for what an earlier run has done, so that a kill costs nothing twice.
 */
import { type Host, InvalidOption, resourcesOf } from "@sightline/core/plugin"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { refusedOf } from "./adding/refused.ts"
import { beginningIn, type Course, note } from "./course.ts"
import { TrainingDeadline, UnknownTraining } from "./errors.ts"
import { evaluateOn } from "./evaluation/on-tests.ts"
import type { Evaluation } from "./evaluation/report.ts"
import { gather, type Gathered, strictly } from "./gathering.ts"
import { type Entry, find, isDone, type Journal, latest, trainingsOf, unfinished, versionIn } from "./journal.ts"
import { askForVersion, recentVersions, type Standing } from "./service.ts"
import { checkSpec, handleOf, isOf, type Spec, type TrainedModel, type TrainError } from "./spec.ts"
import type { TrainingEvent, TrainingState } from "./state.ts"
import { isTrained, waitForInputs, waitForVersion } from "./waiting.ts"

/** Waits until the service has looked at the inputs; gives the tally with those that it could not use. */
const process = (course: Course, { names, tally }: Gathered) =>
  Effect.gen(function* () {
    const { before, emit, host, spec } = course
    const trained = versionIn(before) !== undefined
    if (trained && tally === undefined) return undefined
    const failed = trained
      ? (yield* resourcesOf(host.wire).inputs.counts()).failed
      : yield* waitForInputs(host.wire, (waiting) => emit({ state: "processing", waiting }))
    const refused = failed === 0 ? [] : yield* refusedOf(host.wire, names)
    yield* strictly(spec, refused)
    return tally === undefined ? undefined : { ...tally, unusable: [...tally.unusable, ...refused] }
  })

/** Creates the model, or makes an existing one know these concepts and no others. */
const prepare = (course: Course) =>
  Effect.gen(function* () {
    const { host, spec } = course
    const { models } = resourcesOf(host.wire)
    const { closedEnvironment, concepts, id, mutuallyExclusive } = spec
    const wanted = { id, concepts, mutuallyExclusive, closedEnvironment }
    const found = yield* Effect.result(models.describe(id))
    if (found._tag === "Success") {
      const has = found.success.concepts ?? []
      if (has.length !== concepts.length || !concepts.every((concept) => has.includes(concept)))
        yield* models.change(wanted, "overwrite")
      return
    }
    if (found.failure._tag !== "NotFound") return yield* found.failure
    yield* note(course, { _tag: "creating", model: id })
    // another process may have made it in the meantime
    yield* Effect.catchTag(models.create(wanted).asEffect(), "Conflict", () => Effect.void)
  })

/** Asks for a version, or finds the one that an earlier run has asked for. */
const ask = (course: Course, fingerprint: string): Effect.Effect<string, TrainError> =>
  Effect.gen(function* () {
    const { before, host, spec } = course
    const noted = versionIn(before)
    if (noted !== undefined) return noted
    const asking = find(before, "asking")
    const description = asking?.description ?? `sightline ${spec.id} ${fingerprint}`
    const mine = (standing: Standing) => standing.description === description
    const recent = (yield* recentVersions(host.wire, spec.id)).filter(mine)
    const asked = asking === undefined ? undefined : recent.find(({ id }) => !asking.known.includes(id))
    if (asking === undefined) yield* note(course, { _tag: "asking", description, known: recent.map(({ id }) => id) })
    const { id } = asked ?? (yield* askForVersion(host.wire, spec.id, description, spec))
    yield* note(course, { _tag: "version", version: id })
    return id
  })

/** Waits for the version; where its training has failed, it is over: the same call begins a new one. */
const learn = (course: Course, version: string): Effect.Effect<void, TrainError> =>
  Effect.gen(function* () {
    const { before, emit, host, spec } = course
    if (find(before, "judged") !== undefined) return
    yield* waitForVersion(host.wire, spec.id, version, ({ code, percent, secondsLeft }) => {
      if (code === 21103) emit({ state: "queued", version })
      else if (code === 21101)
        emit({
          state: "training",
          version,
          ...(percent === undefined ? {} : { percent }),
          ...(secondsLeft === undefined ? {} : { secondsLeft })
        })
    }).pipe(Effect.tapError((error) => (isOver(error) ? note(course, { _tag: "done" }) : Effect.void)))
    if (find(before, "trained") === undefined) yield* note(course, { _tag: "trained", version })
    emit({ state: "trained", version })
  })

/** Whether an error is the end of a training, and not just of the wait for it. */
const isOver = (error: { readonly _tag: string; readonly code?: unknown }): boolean =>
  error._tag === "VersionDeleted" ||
  (error._tag !== "UnknownTrainingState" && typeof error.code === "number" && error.code >= 21105 && error.code < 21120)

type Judged = Extract<Entry, { readonly _tag: "judged" }>

/** The newest other version that is trained: the one that answered before. */
const versionBefore = ({ host, spec }: Course, version: string) =>
  Effect.map(recentVersions(host.wire, spec.id), (standings) => {
    const at = standings.findIndex(({ id }) => id === version)
    return standings.slice(at + 1).find(isTrained)?.id
  })

/** Evaluates the new version and the one before on the same tests, and lets the policy speak. */
const judge = (course: Course, version: string, { lost, tests }: Gathered): Effect.Effect<Judged, TrainError> =>
  Effect.gen(function* () {
    const { before, emit, host, spec } = course
    const noted = find(before, "judged")
    if (noted !== undefined) {
      if (noted.evaluation !== undefined) emit({ state: "evaluated", version, evaluation: noted.evaluation })
      return noted
    }
    const { concepts, mutuallyExclusive, promoteWhen } = spec
    const trial = (id: string) =>
      evaluateOn(host, { model: handleOf(spec, id), concepts, mutuallyExclusive, tests, lost }, (done) =>
        emit({ state: "evaluating", version: id, done, of: tests.length })
      )
    const older = yield* versionBefore(course, version)
    const evaluation: Evaluation | undefined = tests.length === 0 ? undefined : yield* trial(version)
    const previous =
      older === undefined || evaluation === undefined
        ? undefined
        : // one that cannot answer, as after a change of the embedder, is nothing to compare with
          yield* Effect.catchTag(trial(older), "ModelNotReady", () => Effect.succeed(undefined))
    if (evaluation !== undefined) emit({ state: "evaluated", version, evaluation })
    const promoted = evaluation === undefined || promoteWhen === undefined || promoteWhen(evaluation, previous)
    const judged: Judged = {
      _tag: "judged",
      version,
      promoted,
      chosen: promoted ? version : (older ?? version),
      ...(evaluation === undefined ? {} : { evaluation }),
      ...(previous === undefined ? {} : { previous })
    }
    yield* note(course, judged)
    return judged
  })

const follow = (began: Course): Effect.Effect<TrainedModel, TrainError> =>
  Effect.gen(function* () {
    const { emit, host, spec } = began
    const { before, gathered } = yield* gather(began)
    const course: Course = { ...began, before }
    const noted = find(before, "judged")
    const untested = noted?.evaluation === undefined ? gathered.untested : undefined
    if (spec.promoteWhen !== undefined && untested !== undefined && noted === undefined)
      return yield* new InvalidOption({
        model: spec.id,
        option: "promoteWhen",
        problem: `has nothing to judge by: ${untested.problem}`
      })
    if (untested !== undefined) emit({ state: "untested", ...untested })
    const tally = yield* process(course, gathered)
    const found = before !== began.before || isDone(before)
    const known = versionIn(before)
    if (found && known !== undefined) emit({ state: "found", version: known })
    else emit({ state: "preparing", concepts: spec.concepts })
    if (known === undefined) yield* prepare(course)
    const version = yield* ask(course, gathered.fingerprint)
    yield* learn(course, version)
    const { chosen, evaluation, previous, promoted } = yield* judge(course, version, gathered)
    if (!isDone(before)) {
      // Predictions without a version go to the newest trained one, so one that is not wanted cannot stay.
      if (chosen !== version)
        yield* Effect.catchTag(
          resourcesOf(host.wire).versions.delete(spec.id, version).asEffect(),
          "NotFound",
          () => Effect.void
        )
      yield* note(course, { _tag: "done" })
    }
    emit({ state: "ready", version: chosen, promoted })
    return { ...handleOf(spec, chosen), concepts: spec.concepts, promoted, evaluation, untested, previous, tally }
  })

/** How a training is run. */
export interface HowToTrain {
  /** Trains a new version even where the same training is done already. */
  readonly again: boolean
  /** Told of each state as it is reached. */
  readonly onEvent: (event: TrainingEvent) => void
}

/** What of the journal this run goes on from. */
const stepsOf = (spec: Spec, entries: ReadonlyArray<Entry>): ReadonlyArray<Entry> => {
  const open = unfinished(entries)
  const steps = open.length === 0 && spec.resumes ? latest(entries) : open
  return isOf(spec, steps) ? steps : []
}

/** Runs a training to its end, from where the last run left it; one that is done already gives its result again. */
export const train = (
  host: Host,
  journal: Journal,
  spec: Spec,
  { again, onEvent }: HowToTrain
): Effect.Effect<TrainedModel, TrainError> =>
  Effect.gen(function* () {
    yield* checkSpec(spec)
    const clock = yield* Clock.Clock
    const beganMs = clock.currentTimeMillisUnsafe()
    let now = "starting"
    const emit = (state: TrainingState) => {
      now = state.state
      onEvent({ ...state, training: spec.id, atMs: clock.currentTimeMillisUnsafe() - beganMs })
    }
    if (journal.hold !== undefined) yield* journal.hold(spec.id)
    const entries = yield* journal.read(spec.id)
    const [begun] = unfinished(entries)
    if (spec.resumes && begun?._tag === "started" && begun.settings.policy && spec.promoteWhen === undefined)
      return yield* new InvalidOption({
        model: spec.id,
        option: "promoteWhen",
        problem: "is missing: this training was begun with one, which the journal cannot hold; give it again"
      })
    const before = stepsOf(spec, entries)
    if (before.length === 0 && spec.resumes) return yield* new UnknownTraining({ id: spec.id, journal: journal.place })
    const course: Course = {
      host,
      journal: beginningIn(journal, spec, before.length > 0),
      spec,
      again,
      known: trainingsOf(entries),
      before,
      emit
    }
    return yield* Effect.timeoutOrElse(follow(course), {
      duration: spec.timeoutMs,
      orElse: () => Effect.fail(new TrainingDeadline({ model: spec.id, state: now, timeoutMs: spec.timeoutMs }))
    })
  }).pipe(Effect.scoped, Effect.withSpan("training.run", { attributes: { "gen_ai.request.model": spec.id } }))
