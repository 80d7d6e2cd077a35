/**
 * Runs the steps of a chain for one input: a fold over its steps, each an Effect over what the last gave.
 *
 * A step that makes several things of one ends the fold: the steps after it run for each of those things by itself, so
 * that every step, `retry` and `orElse` included, always concerns one thing.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import type { PredictOptions } from "../predict/predict-options.ts"
import { backoffMs } from "../call/retry.ts"
import { catchThrown, nameThrown } from "./guard.ts"
import { withCache } from "./cache.ts"
import { callClosure } from "../chain/closure.ts"
import type { InputContext, Outcome } from "../results/outcome.ts"
import {
  keepAnswers,
  recordNamedAnswer,
  recordAnswer,
  timedOut,
  type PartialAnswers,
  nestedAnswers
} from "./partial-answers.ts"
import { plainly } from "../results/plain-object.ts"
import { predictAll, predictOne, type Predictor, type Prediction } from "../predict/prepare.ts"
import { type Item, toItems } from "./input-series.ts"
import type { Step } from "../chain/chain-state.ts"
import { findInvalidStep, optionsAfter } from "../chain/validate.ts"

/** What one input went through so far; belongs to one run of one input. */
export interface CallFacts {
  attempts: number
  requestId: string | undefined
  /** What was answered so far, for an input with a deadline. */
  paid?: PartialAnswers | undefined
}

/** Where the steps of one input run. */
export interface InputRun {
  readonly predictor: Predictor
  readonly context: InputContext
  readonly trace: CallFacts
}

type AnyEffect = Effect.Effect<any, any, any>

/** How many of the things made of one input are worked on at once; those of one turn share calls. */
const innerConcurrency = 32

/** A step's place in the chain: what was asked before it, and how many "several" levels lie around what it handles. */
interface StepPlace {
  readonly options: PredictOptions
  readonly depth: number
  /** True when a later step may want the pixels that an answer is about. */
  readonly keepMedium: boolean
}

/** A stage that makes several things of one. */
type SpreadStep = Step & { readonly type: "stage" }

const isSpread = (step: Step | undefined): step is SpreadStep => step?.type === "stage" && step.stage.open !== undefined

/** Notes what a prediction took and gives its answer or error. */
export const recordPrediction = (trace: CallFacts, settled: Prediction): AnyEffect => {
  trace.attempts += settled.attempts
  trace.requestId = settled.requestId ?? trace.requestId
  return settled.exit
}

/** Runs an effect to an outcome. What a plugin throws becomes one too, so that it costs nothing but this input. */
export const settleOutcome = (
  scene: InputRun,
  effect: AnyEffect
): Effect.Effect<Outcome<unknown, unknown>, never, any> =>
  Effect.map(Effect.result(catchThrown(effect, scene.context)), (result) =>
    toOutcome(scene, result._tag === "Success" ? Exit.succeed(result.success) : Exit.fail(result.failure))
  )

type Success = Extract<Outcome<unknown, never>, { readonly ok: true }>

const Succeeded = plainly<[value: unknown, context: InputContext, trace: CallFacts], Success>(function (
  value,
  { index, key },
  { attempts, requestId }
) {
  this.ok = true
  this.value = value
  this.index = index
  this.key = key
  this.attempts = attempts
  this.requestId = requestId
})

/** The outcome of one input from how it ended. */
export const toOutcome = (
  { context, trace }: InputRun,
  exit: Exit.Exit<unknown, unknown>
): Outcome<unknown, unknown> => {
  if (Exit.isSuccess(exit)) return new Succeeded(exit.value, context, trace)
  const { attempts, requestId } = trace
  const reason = exit.cause.reasons.find((each) => each._tag === "Fail")
  return { ok: false, error: reason?._tag === "Fail" ? reason.error : undefined, ...context, attempts, requestId }
}

/**
 * Opens one thing into several and takes each through the steps that follow, in order, a few dozen at a time. What the
 * stream opened stays open until the last of them is through.
 */
const openInto = (
  scene: InputRun,
  stream: Stream.Stream<unknown, unknown, unknown>,
  steps: ReadonlyArray<Step>,
  first: PredictOptions
): AnyEffect =>
  Effect.suspend(() => {
    const all: Array<Outcome<unknown, unknown>> = []
    let waiting: Array<Item> = []
    const settleWaiting = Effect.suspend(() => {
      const elements = waiting
      waiting = []
      const settled = Effect.forEach(
        elements,
        ({ exit, index, key }) => {
          const trace: CallFacts = { attempts: 0, requestId: undefined, paid: nestedAnswers(scene.trace) }
          const inner: InputRun = { ...scene, context: { index, key }, trace }
          return settleOutcome(inner, runSteps(inner, steps, exit, first))
        },
        { concurrency: innerConcurrency }
      )
      return Effect.map(settled, (outcomes) => {
        all.push(...outcomes)
      })
    })
    const inTurn = Stream.transformPull(
      toItems(stream),
      (pull) => Effect.succeed(Effect.tapError(pull, () => settleWaiting)) // its own failure is an element, so this is its end
    )
    const run = Stream.runForEach(inTurn, (element) =>
      waiting.push(element) < innerConcurrency ? Effect.void : settleWaiting
    )
    return Effect.as(run, all)
  })

const apply = (scene: InputRun, step: Step, place: StepPlace, before: AnyEffect): AnyEffect => {
  const { context, predictor, trace } = scene
  switch (step.type) {
    case "option":
      return before
    case "stage": {
      const { options, run } = step.stage
      if (options !== undefined) return Effect.tap(before, (value) => run(value, context))
      return Effect.flatMap(before, (value) => nameThrown(step.stage.name, () => run(value, context)))
    }
    case "predict":
      return Effect.flatMap(before, (value) =>
        Effect.flatMap(
          predictOne(predictor, { model: step.model, options: place.options }, value, context, place.keepMedium),
          (settled) => {
            recordAnswer(trace, settled.exit)
            return recordPrediction(trace, settled)
          }
        )
      )
    case "all":
      return Effect.flatMap(before, (value) =>
        Effect.flatMap(
          predictAll(predictor, step.models, place.options, value, context, place.keepMedium, (names, name, exit) =>
            recordNamedAnswer(trace, names, name, exit)
          ),
          ({ attempts, exit, requestId }) => recordPrediction(trace, { attempts, exit, requestId })
        )
      )
    case "map":
      return Effect.flatMap(before, (value) => callClosure("map", step.f, value, context))
    case "tap":
      return Effect.tap(before, (value) => callClosure("tap", step.f, value, context))
    case "when":
      return Effect.flatMap(before, (value) =>
        Effect.flatMap(callClosure("when", step.test, value, context), (holds) =>
          holds === true
            ? runSteps(scene, step.steps, Effect.succeed(value), place.options, place.keepMedium)
            : Effect.succeed(value)
        )
      )
    case "orElse":
      return Effect.catch(before, (error) => callClosure("orElse", step.f, error, context))
    case "retry":
      return again(before, step.times, 1)
    case "timeout":
      keepAnswers(trace)
      return Effect.timeoutOrElse(before, {
        duration: step.ms,
        orElse: () => Effect.fail(timedOut(trace, { what: "run", timeoutMs: step.ms, ...context }))
      })
    case "cached":
      return before // `linear` has put the memory in front of all that comes before this step
  }
}

const isRetryable = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "retryable" in error && error.retryable === true

const retryAfterOf = (error: unknown): number | undefined =>
  typeof error === "object" && error !== null && "retryAfterMs" in error && typeof error.retryAfterMs === "number"
    ? error.retryAfterMs
    : undefined

/** Runs an effect again after the one policy's wait, which is never shorter than the service asked for. */
const again = (effect: AnyEffect, times: number, number: number): AnyEffect =>
  times <= 0
    ? effect
    : Effect.catch(effect, (error) =>
        isRetryable(error)
          ? Effect.flatMap(Random.next, (random) =>
              Effect.andThen(
                Effect.sleep(backoffMs(number, retryAfterOf(error), random)),
                again(effect, times - 1, number + 1)
              )
            )
          : Effect.fail(error)
      )

const mayWantMedium = (step: Step): boolean => step.type === "stage" || step.type === "when"

/** The place of each step. `keepMedium`: a step after these may want the pixels that an answer is about. */
export const placesOf = (
  steps: ReadonlyArray<Step>,
  first: PredictOptions,
  keepMedium = false
): ReadonlyArray<StepPlace> => {
  let depth = 0
  return steps.map((step, i) => {
    const place: StepPlace = {
      options: optionsAfter(steps.slice(0, i), first),
      depth,
      keepMedium: keepMedium || steps.slice(i + 1).some(mayWantMedium)
    }
    if (isSpread(step)) depth++
    return place
  })
}

/** Runs steps on what `start` gives. `first` is what was asked before them. */
export const runSteps = (
  scene: InputRun,
  steps: ReadonlyArray<Step>,
  start: AnyEffect,
  first: PredictOptions = {},
  keepMedium = false
): AnyEffect => {
  const at = steps.findIndex(isSpread)
  const spread = steps[at]
  if (!isSpread(spread)) return linear(scene, steps, start, first, keepMedium)
  const { open } = spread.stage
  const after = steps.slice(at + 1)
  const options = optionsAfter(steps.slice(0, at), first)
  return Effect.flatMap(linear(scene, steps.slice(0, at), start, first, true), (value) =>
    openInto(scene, open === undefined ? Stream.empty : open(value, scene.context), after, options)
  )
}

/** Steps of which none makes several things of one. */
const linear = (
  scene: InputRun,
  steps: ReadonlyArray<Step>,
  start: AnyEffect,
  first: PredictOptions,
  keepMedium: boolean
): AnyEffect => {
  const wrong = findInvalidStep(steps)
  if (wrong !== undefined) {
    const next = wrong.at + 1
    const failed = Effect.flatMap(start, () => Effect.fail(wrong.error))
    return linear(scene, steps.slice(next), failed, optionsAfter(steps.slice(0, next), first), keepMedium)
  }
  const places = placesOf(steps, first, keepMedium)
  const at = steps.findLastIndex((step) => step.type === "cached")
  const cached = steps[at]
  const from = cached?.type === "cached" ? at + 1 : 0
  const begin =
    cached?.type === "cached"
      ? Effect.flatMap(start, (value) =>
          withCache(cached, value, () =>
            linear(
              scene,
              steps.slice(0, at),
              Effect.succeed(value),
              first,
              keepMedium || steps.slice(from).some(mayWantMedium)
            )
          )
        )
      : start
  return steps.slice(from).reduce((effect, step, i) => {
    const place = places[from + i]
    return place === undefined ? effect : apply(scene, step, place, effect)
  }, begin)
}
