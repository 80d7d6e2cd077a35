/** Runs a training: the loop that performs the next step until the model is ready. */
import { type Host, InvalidOption } from "@sightline/core/plugin"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { TrainingDeadline, UnknownTraining } from "../errors/run-errors.ts"
import type { Entry } from "../journal/entry.ts"
import type { Journal } from "../journal/journal.ts"
import { emptyRecord, isOpen, lastTraining, type TrainingRecord, trainingsIn } from "../journal/training-record.ts"
import { matchesSpec, type TrainingSpec, validateSpec, withConcepts } from "../request/training-spec.ts"
import type { TrainError } from "../result/train-error.ts"
import { type TrainedModel, versionHandle } from "../result/trained-model.ts"
import { nextStep, type Step } from "./next-step.ts"
import { initialState } from "./run-state.ts"
import { makeRun, type Run } from "./run.ts"
import { collectExamples } from "./steps/collect-examples.ts"
import { confirmVersion, rejectRun } from "./steps/confirm-version.ts"
import { evaluateVersion, reuseEvaluation } from "./steps/evaluate-version.ts"
import { finish } from "./steps/finish.ts"
import { prepareModel, reuseVersion } from "./steps/prepare-model.ts"
import { processInputs } from "./steps/process-inputs.ts"
import { awaitVersion, requestNewVersion } from "./steps/request-version.ts"
import { restoreExamples } from "./steps/restore-examples.ts"
import type { TrainingEvent, TrainingState } from "./training-event.ts"

/** The effects of each step. They change the run's state only through `record` and `observe`. */
const perform: Readonly<Record<Exclude<Step, "return-model">, (run: Run) => Effect.Effect<void, TrainError>>> = {
  reject: rejectRun,
  "confirm-version": confirmVersion,
  "restore-examples": restoreExamples,
  "collect-examples": collectExamples,
  "process-inputs": processInputs,
  "prepare-model": prepareModel,
  "reuse-version": reuseVersion,
  "request-version": requestNewVersion,
  "wait-for-version": awaitVersion,
  "evaluate-version": evaluateVersion,
  "reuse-evaluation": reuseEvaluation,
  finish
}

/** The model of a training that is over. */
const toModel = ({ emit, spec, state }: Run): Effect.Effect<TrainedModel> =>
  Effect.suspend(() => {
    const { examples, training } = state()
    const { decision } = training
    if (decision === undefined) return Effect.die(new Error("a training without a decision has no model"))
    const { advice, chosen, evaluation, previous, promoted } = decision
    emit({ state: "ready", version: chosen, promoted })
    return Effect.succeed({
      ...versionHandle(spec, chosen),
      concepts: spec.concepts,
      promoted,
      evaluation,
      untested: examples?.untested,
      previous,
      advice,
      tally: examples?.tally
    })
  })

/** Performs one step after the other. Every step changes the state, so the loop ends. */
const follow = (run: Run): Effect.Effect<TrainedModel, TrainError> =>
  Effect.gen(function* () {
    for (;;) {
      const before = run.state()
      const step = nextStep(before)
      if (step === "return-model") return yield* toModel(run)
      yield* perform[step](run)
      if (run.state() === before) return yield* Effect.die(new Error(`the step ${step} changed nothing`))
    }
  })

/** Options of one run. */
export interface TrainingRunOptions {
  /** Trains a new version even if the same training is finished. */
  readonly again: boolean
  /** Called with each event. */
  readonly onEvent: (event: TrainingEvent) => void
}

/** The training that a run continues; an empty record if it begins a new one. */
const trainingToContinue = (spec: TrainingSpec, entries: ReadonlyArray<Entry>): TrainingRecord => {
  const last = lastTraining(entries)
  return (isOpen(last) || spec.resumes) && matchesSpec(spec, last) ? last : emptyRecord
}

/** Fails if a resumed training needs its policy again. */
const requirePolicy = ({ id, promoteWhen, resumes }: TrainingSpec, last: TrainingRecord) =>
  resumes && promoteWhen === undefined && isOpen(last) && last.request?.settings.policy === true
    ? Effect.fail(
        new InvalidOption({
          model: id,
          option: "promoteWhen",
          problem: "is missing: this training was begun with a policy, which a journal cannot hold; give it again"
        })
      )
    : Effect.void

/**
 * Runs a training from where the last run has left it. A training that is finished gives its result again, unless
 * `again` is set.
 */
export const runTraining = (
  host: Host,
  journal: Journal,
  given: TrainingSpec,
  { again, onEvent }: TrainingRunOptions
): Effect.Effect<TrainedModel, TrainError> =>
  Effect.gen(function* () {
    const spec = yield* withConcepts(given)
    yield* validateSpec(spec)
    const clock = yield* Clock.Clock
    const beganNs = clock.monotonicTimeNanosUnsafe()
    let current = "starting"
    const emit = (state: TrainingState) => {
      current = state.state
      const atMs = Number((clock.monotonicTimeNanosUnsafe() - beganNs) / 1_000_000n)
      onEvent({ ...state, training: spec.id, atMs })
    }
    if (journal.hold !== undefined) yield* journal.hold(spec.id)
    const entries = yield* journal.read(spec.id)
    yield* requirePolicy(spec, lastTraining(entries))
    const training = trainingToContinue(spec, entries)
    const { id, resumes, timeoutMs } = spec
    if (resumes && training.request === undefined) return yield* new UnknownTraining({ id, journal: journal.place })
    const run = makeRun(
      { host, spec, earlier: trainingsIn(entries), emit },
      journal,
      initialState({ resumes, again }, training)
    )
    return yield* Effect.timeoutOrElse(follow(run), {
      duration: timeoutMs,
      orElse: () => Effect.fail(new TrainingDeadline({ model: id, state: current, timeoutMs }))
    })
  }).pipe(Effect.scoped, Effect.withSpan("training.run", { attributes: { "gen_ai.request.model": given.id } }))
