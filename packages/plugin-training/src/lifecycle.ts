/**
 * A training from its examples to a model: added, processed, trained, evaluated, promoted.
 * Every stage first looks into the journal for what an earlier run has done, so that a kill costs nothing twice.
 */
import { type Host, InvalidOption, resourcesOf } from "@sightline/core/plugin"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Added, addExamples, type Test } from "./adding/adding.ts"
import { refusedOf } from "./adding/refused.ts"
import { findTests } from "./adding/tests.ts"
import { BadExamples, TrainingDeadline, UnknownTraining } from "./errors.ts"
import { evaluateOn } from "./evaluation/on-tests.ts"
import type { Evaluation } from "./evaluation/report.ts"
import { type Entry, type Journal, unfinished } from "./journal.ts"
import { askForVersion, recentVersions, type Standing } from "./service.ts"
import { checkSpec, handleOf, isOf, settingsOf, type Spec, type TrainedModel, type TrainError } from "./spec.ts"
import type { Tally, TrainingEvent, TrainingState, Unusable } from "./state.ts"
import { isTrained, waitForInputs, waitForVersion } from "./waiting.ts"

/** One run of a training. */
interface Course {
  readonly host: Host
  readonly journal: Journal
  readonly spec: Spec
  /** What earlier runs have done. */
  readonly before: ReadonlyArray<Entry>
  readonly emit: (state: TrainingState) => void
}

/** The examples of a training, wherever they were added. */
interface Gathered {
  /** Undefined where an earlier run has added them. */
  readonly tally: Tally | undefined
  readonly tests: ReadonlyArray<Test>
  /** Tests that cannot be read again. */
  readonly lost: number
  readonly fingerprint: string
  /** Names by id of the inputs on the service. */
  readonly names: Added["names"]
}

const find = <T extends Entry["_tag"]>(entries: ReadonlyArray<Entry>, tag: T) =>
  entries.findLast((entry): entry is Extract<Entry, { readonly _tag: T }> => entry._tag === tag)

const note = ({ journal, spec }: Course, entry: Entry) => journal.append(spec.id, entry)

/** What an earlier run has added. */
const takeUp = ({ before, spec }: Course, { fingerprint, holdout }: Extract<Entry, { readonly _tag: "complete" }>) =>
  Effect.map(findTests(holdout, spec.examples), (tests): Gathered => {
    const ids = before.flatMap((entry) => (entry._tag === "adding" ? entry.ids : []))
    return {
      tally: undefined,
      tests,
      lost: holdout.length - tests.length,
      fingerprint,
      names: new Map(ids.map((id) => [id, id]))
    }
  })

const none: Gathered = { tally: undefined, tests: [], lost: 0, fingerprint: "stored", names: new Map() }

/** Adds the examples, or takes up what another run has added. */
const gather = (course: Course): Effect.Effect<Gathered, TrainError> =>
  Effect.gen(function* () {
    const { before, emit, host, journal, spec } = course
    const complete = find(before, "complete")
    // Once a version was asked for, what it learns from is settled.
    if (complete !== undefined && (spec.examples === undefined || find(before, "asking") !== undefined))
      return yield* takeUp(course, complete)
    if (spec.examples === undefined) {
      if (spec.resumes) return yield* new UnknownTraining({ id: spec.id, journal: journal.place })
      yield* note(course, { _tag: "complete", fingerprint: none.fingerprint, holdout: [] })
      return none
    }
    const { concepts, examples, holdout, mutuallyExclusive } = spec
    const added = yield* addExamples(
      host,
      journal,
      { training: spec.id, concepts, examples, holdout, mutuallyExclusive },
      (tally) => emit({ state: "adding", tally })
    )
    yield* strictly(spec, added.tally.unusable)
    yield* note(course, {
      _tag: "complete",
      fingerprint: added.fingerprint,
      holdout: added.tests.map(({ concepts: truth, id, input, name }) => ({ id, concepts: truth, input, name }))
    })
    return { ...added, lost: 0 }
  })

const strictly = (spec: Spec, unusable: ReadonlyArray<Unusable>): Effect.Effect<void, BadExamples> => {
  const [bad] = unusable
  return spec.strict && bad !== undefined
    ? Effect.fail(new BadExamples({ model: spec.id, count: unusable.length, first: `${bad.name} (${bad.problem})` }))
    : Effect.void
}

/** Waits until the service has looked at the inputs; gives the tally with those that it could not use. */
const process = (course: Course, { names, tally }: Gathered) =>
  Effect.gen(function* () {
    const { before, emit, host, spec } = course
    if (find(before, "version") !== undefined) return tally
    const failed = yield* waitForInputs(host.wire, (waiting) => emit({ state: "processing", waiting }))
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
    const noted = find(before, "version")
    if (noted !== undefined) return noted.version
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
    if (noted !== undefined) return noted
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

const follow = (course: Course): Effect.Effect<TrainedModel, TrainError> =>
  Effect.gen(function* () {
    const { emit, host, spec } = course
    const gathered = yield* gather(course)
    if (spec.promoteWhen !== undefined && gathered.tests.length === 0 && find(course.before, "judged") === undefined)
      return yield* new InvalidOption({
        model: spec.id,
        option: "promoteWhen",
        problem:
          gathered.lost > 0
            ? "has nothing to judge by: what was kept back were bytes, which only the run that began had; give the examples again"
            : "has nothing to judge by: no example could be kept back, since the service has them all"
      })
    const tally = yield* process(course, gathered)
    emit({ state: "preparing", concepts: spec.concepts })
    if (find(course.before, "version") === undefined) yield* prepare(course)
    const version = yield* ask(course, gathered.fingerprint)
    yield* learn(course, version)
    const { chosen, evaluation, previous, promoted } = yield* judge(course, version, gathered)
    // Predictions without a version go to the newest trained one, so one that is not wanted cannot stay.
    if (chosen !== version)
      yield* Effect.catchTag(
        resourcesOf(host.wire).versions.delete(spec.id, version).asEffect(),
        "NotFound",
        () => Effect.void
      )
    yield* note(course, { _tag: "done" })
    emit({ state: "ready", version: chosen, promoted })
    return { ...handleOf(spec, chosen), concepts: spec.concepts, promoted, evaluation, previous, tally }
  })

/** Runs a training to its end, from where the last run left it. Events are told as they happen. */
export const train = (
  host: Host,
  journal: Journal,
  spec: Spec,
  onEvent: (event: TrainingEvent) => void
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
    const found = unfinished(yield* journal.read(spec.id))
    const [begun] = found
    if (spec.resumes && begun?._tag === "started" && begun.settings.policy && spec.promoteWhen === undefined)
      return yield* new InvalidOption({
        model: spec.id,
        option: "promoteWhen",
        problem: "is missing: this training was begun with one, which the journal cannot hold; give it again"
      })
    const before = isOf(spec, found) ? found : []
    if (before.length === 0 && spec.resumes) return yield* new UnknownTraining({ id: spec.id, journal: journal.place })
    const course: Course = { host, journal, spec, before, emit }
    if (before.length === 0)
      yield* note(course, { _tag: "started", model: spec.id, concepts: spec.concepts, settings: settingsOf(spec) })
    return yield* Effect.timeoutOrElse(follow(course), {
      duration: spec.timeoutMs,
      orElse: () => Effect.fail(new TrainingDeadline({ model: spec.id, state: now, timeoutMs: spec.timeoutMs }))
    })
  }).pipe(Effect.withSpan("training.run", { attributes: { "gen_ai.request.model": spec.id } }))
