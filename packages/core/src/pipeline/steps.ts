/** Runs the steps of a chain for one input: a fold over its steps, each an Effect over what the last gave. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { TimedOut } from "../errors.ts"
import { type Ask, mergeAsk } from "../transport/ask.ts"
import { remember } from "./cached.ts"
import { elementsOf } from "./series.ts"
import type { Outcome } from "./outcome.ts"
import { predictOne, type Predictor, type Settled } from "./predict.ts"
import type { StageContext } from "./stage.ts"
import type { Step } from "./state.ts"

/** What one input went through so far; belongs to one run of one input. */
export interface Trace {
  attempts: number
  requestId: string | undefined
}

/** Where the steps of one input run. */
export interface Scene {
  readonly predictor: Predictor
  readonly context: StageContext
  readonly trace: Trace
}

type AnyEffect = Effect.Effect<any, any, any>

/** How many of several things inside one input are worked on at once. */
const innerConcurrency = 8

/** A step's place in the chain: what was asked before it, and how many "several" levels lie around what it handles. */
interface Place {
  readonly ask: Ask
  readonly depth: number
  /** True when a later step may want the pixels that an answer is about. */
  readonly keepMedium: boolean
}

const isEffect = (value: unknown): value is AnyEffect => Effect.isEffect(value)
const lift = (value: unknown): AnyEffect => (isEffect(value) ? value : Effect.succeed(value))

/** Notes what a prediction took and gives its answer or error. */
export const absorb = (trace: Trace, settled: Settled): AnyEffect => {
  trace.attempts += settled.attempts
  trace.requestId = settled.requestId ?? trace.requestId
  return settled.exit
}

/** Applies `f` to what is held, `depth` levels down; each of several things settles by itself. */
const each = (
  scene: Scene,
  depth: number,
  value: unknown,
  f: (value: unknown, scene: Scene) => AnyEffect
): AnyEffect => {
  if (depth === 0) return f(value, scene)
  const outcomes = value as ReadonlyArray<Outcome<unknown, unknown>> // by the types of Chain: `depth` counts its levels
  return Effect.forEach(
    outcomes,
    (outcome) => {
      if (!outcome.ok) return Effect.succeed(outcome)
      const trace: Trace = { attempts: outcome.attempts, requestId: outcome.requestId }
      const inner: Scene = { ...scene, trace, context: { index: outcome.index, key: outcome.key } }
      return settleOutcome(inner, each(inner, depth - 1, outcome.value, f))
    },
    { concurrency: innerConcurrency }
  )
}

/** Runs an effect to an outcome; only typed failures become one. */
export const settleOutcome = (scene: Scene, effect: AnyEffect): Effect.Effect<Outcome<unknown, unknown>, never, any> =>
  Effect.map(Effect.result(effect), (result) =>
    toOutcome(scene, result._tag === "Success" ? Exit.succeed(result.success) : Exit.fail(result.failure))
  )

/** The outcome of one input from how it ended. */
export const toOutcome = ({ context, trace }: Scene, exit: Exit.Exit<unknown, unknown>): Outcome<unknown, unknown> => {
  const facts = {
    index: context.index,
    key: context.key,
    attempts: trace.attempts,
    requestId: trace.requestId
  }
  if (Exit.isSuccess(exit)) return { ok: true, value: exit.value, ...facts }
  const reason = exit.cause.reasons.find((each) => each._tag === "Fail")
  return { ok: false, error: reason?._tag === "Fail" ? reason.error : undefined, ...facts }
}

/** Opens one thing into several and settles each, in order. */
const openInto = (scene: Scene, stream: Stream.Stream<unknown, unknown, unknown>): AnyEffect =>
  Effect.map(Stream.runCollect(elementsOf(stream)), (elements) =>
    elements.map(({ exit, index, key }) => toOutcome({ ...scene, context: { index, key } }, exit))
  )

const predictAll = (
  scene: Scene,
  models: Readonly<Record<string, Parameters<typeof predictOne>[1]["model"]>>,
  place: Place,
  value: unknown
): AnyEffect =>
  Effect.all(
    Object.fromEntries(
      Object.entries(models).map(([name, model]) => [
        name,
        Effect.flatMap(
          predictOne(scene.predictor, { model, ask: place.ask }, value, scene.context, place.keepMedium),
          (settled) => absorb(scene.trace, settled)
        )
      ])
    ),
    { concurrency: innerConcurrency }
  )

const apply = (scene: Scene, step: Step, place: Place, before: AnyEffect): AnyEffect => {
  const next = (f: (value: unknown, scene: Scene) => AnyEffect): AnyEffect =>
    Effect.flatMap(before, (value) => each(scene, place.depth, value, f))
  switch (step.type) {
    case "ask":
      return before
    case "stage": {
      const { ask, open, run } = step.stage
      if (ask !== undefined) return next((value, { context }) => Effect.as(run(value, context), value))
      return open === undefined
        ? next((value, { context }) => run(value, context))
        : next((value, inner) => openInto(inner, open(value, inner.context)))
    }
    case "predict":
      return next((value, inner) =>
        Effect.flatMap(
          predictOne(inner.predictor, { model: step.model, ask: place.ask }, value, inner.context, place.keepMedium),
          (settled) => absorb(inner.trace, settled)
        )
      )
    case "all":
      return next((value, inner) => predictAll(inner, step.models, place, value))
    case "map":
      return next((value) => Effect.suspend(() => lift(step.f(value))))
    case "tap":
      return next((value) => Effect.suspend(() => Effect.as(lift(step.f(value)), value)))
    case "when":
      return next((value, inner) =>
        Effect.suspend(() =>
          step.test(value) ? runSteps(inner, step.steps, Effect.succeed(value), place.ask) : Effect.succeed(value)
        )
      )
    case "orElse":
      return Effect.catch(before, (error) => step.f(error))
    case "retry":
      return again(before, step.times)
    case "timeout":
      return Effect.timeoutOrElse(before, {
        duration: step.ms,
        orElse: () => Effect.fail(new TimedOut({ what: "run", timeoutMs: step.ms, index: scene.context.index }))
      })
    case "cached":
      return before // `runSteps` has put the memory in front of all that comes before this step
  }
}

const isRetryable = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "retryable" in error && error.retryable === true

const again = (effect: AnyEffect, times: number): AnyEffect =>
  times <= 0
    ? effect
    : Effect.catch(effect, (error) => (isRetryable(error) ? again(effect, times - 1) : Effect.fail(error)))

/** The ask and depth at each step, and after the last. */
export const placesOf = (steps: ReadonlyArray<Step>, first: Ask): ReadonlyArray<Place> => {
  let asked = first
  let depth = 0
  return steps.map((step, i) => {
    const place: Place = {
      ask: asked,
      depth,
      keepMedium: steps.slice(i + 1).some((later) => later.type === "stage" || later.type === "when")
    }
    if (step.type === "ask") asked = mergeAsk(asked, step.patch)
    if (step.type === "stage" && step.stage.ask !== undefined) asked = mergeAsk(asked, step.stage.ask)
    if (step.type === "predict" || step.type === "all") asked = {}
    if (step.type === "stage" && step.stage.open !== undefined) depth++
    return place
  })
}

/** Runs steps on what `start` gives. `first` is what was asked before them. */
export const runSteps = (scene: Scene, steps: ReadonlyArray<Step>, start: AnyEffect, first: Ask = {}): AnyEffect => {
  const at = steps.findLastIndex((step) => step.type === "cached")
  const cached = steps[at]
  if (cached?.type === "cached") {
    const before = steps.slice(0, at)
    const answered = Effect.flatMap(start, (value) =>
      remember(cached, value, () => runSteps(scene, before, Effect.succeed(value), first))
    )
    return fold(scene, steps, answered, first, at + 1)
  }
  return fold(scene, steps, start, first, 0)
}

const fold = (scene: Scene, steps: ReadonlyArray<Step>, start: AnyEffect, first: Ask, from: number): AnyEffect => {
  const places = placesOf(steps, first)
  return steps.slice(from).reduce((effect, step, i) => {
    const place = places[from + i]
    return place === undefined ? effect : apply(scene, step, place, effect)
  }, start)
}
