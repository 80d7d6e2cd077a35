/** Plans a chain: cuts its inputs into batches as a run does, and counts the calls instead of making them. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { type Budget, exceededLimit } from "../call/spending-budget.ts"
import { toCallSettings } from "../call/call-runtime.ts"
import { noDeadline } from "../call/deadline.ts"
import { priceOfCall } from "../call/prices.ts"
import { TimesStages } from "../call/stage-timing.ts"
import { describeSteps } from "../chain/chain-state.ts"
import type { Plan, PlannedCall } from "../chain/plan-type.ts"
import type { Settings } from "../connection/connection.ts"
import { modelName } from "../models/model-ref.ts"
import type { Endpoint } from "../predict/endpoint.ts"
import { bodySize, type CallInput } from "../predict/predict-call.ts"
import { type Predictor, type PredictRequest, resolveEndpoint } from "../predict/predictor.ts"
import { planDivision } from "../predict/split-media.ts"
import { type Batch, sendable, toBatches } from "./batches.ts"
import type { Outcome } from "../results/outcome.ts"
import { mapSequential } from "../streams/map-sequential.ts"
import { itemRun } from "./input-run.ts"
import { type Item, outcomeItems } from "./input-series.ts"
import { runBlock } from "./interpret.ts"
import type { Block, InputProgram, Program, SeriesProgram } from "./program.ts"
import { HookPlan } from "./plan-hooks.ts"
import type { AppRunHook } from "./run-hooks.ts"
import { budgetOf, budgetError, priceName } from "./run-budget.ts"
import { seriesItems } from "./program-items.ts"
import { settle } from "./settle-input.ts"

/** What a plan counts. */
interface Count {
  readonly calls: Array<PlannedCall>
  readonly unreadable: Array<{ readonly index: number; readonly problem: string }>
  readonly notes: Set<string>
  items: number
  usd: number | undefined
  /** Inputs that the budget leaves unsent. */
  unsent: number
  isSpent: boolean
}

/** What a chain would do, without any network. */
export const planOf = (
  whole: Predictor,
  program: Program,
  runHooks: ReadonlyArray<AppRunHook>
): Effect.Effect<Plan, any, any> =>
  Effect.gen(function* () {
    const hookPlan = new HookPlan(whole, runHooks)
    const { predictor } = hookPlan
    const { input, items, later, replayable } = plannedItems(predictor, program)
    const steps = describeSteps(program).split(" → ")
    const { prices } = predictor
    const limits = budgetOf(program.steps)
    const invalid = budgetError(program.steps, prices)
    if (invalid !== undefined) return yield* Effect.fail(invalid)
    const budgetOfPlan = (unsent: number) => (limits === undefined ? undefined : { ...limits, unsent })
    const empty = {
      steps,
      calls: [],
      items: 0,
      bytes: 0,
      usd: undefined,
      budget: budgetOfPlan(0),
      seconds: 0,
      hooks: hookPlan.hooks(),
      unreadable: []
    }
    if (!replayable)
      return { ...empty, notes: ["the inputs come from a source that can be read only once, so it was not read"] }
    const { batch: batchable } = input
    if (batchable === undefined)
      return { ...empty, notes: ["each input is run alone here; calls are shared as they happen to coincide"] }
    const count: Count = { calls: [], unreadable: [], notes: new Set(), items: 0, usd: 0, unsent: 0, isSpent: false }
    if (input.isCached)
      count.notes.add("answers that are in memory are not predicted again; calls may next be fewer, and cut otherwise")
    const batches = toBatches(items, { predictor, batchable, deadline: noDeadline, replayable })
    const requests = Object.values(batchable.predict?.requests ?? {})
    yield* Stream.runForEach(batches, (batch) => {
      hookPlan.note(batch, requests.length > 0)
      return countBatch(predictor, { requests, limits }, batch, count)
    })
    if ([batchable.after, ...later].some(hasPrediction))
      count.notes.add("calls after the first prediction depend on its answers and are not counted")
    if (limits?.ms !== undefined)
      count.notes.add(`the budget of ${limits.ms} ms may end it earlier: the service's time is not known`)
    return {
      steps,
      calls: count.calls,
      items: count.items,
      bytes: count.calls.reduce((sum, call) => sum + call.bytes, 0),
      usd: count.usd,
      budget: budgetOfPlan(count.unsent),
      seconds: secondsFor(count.calls.length, predictor.wire.connection.rate.perSecond),
      hooks: hookPlan.hooks(),
      unreadable: count.unreadable,
      notes: [...count.notes]
    }
  }).pipe(Effect.provideService(TimesStages, false))

/** The inputs that a plan looks at. A series that is made of an answer is not opened, since a plan predicts nothing. */
const plannedItems = (
  predictor: Predictor,
  program: Program
): {
  readonly input: InputProgram
  readonly items: Stream.Stream<Item, unknown, unknown>
  readonly replayable: boolean
  /** Blocks that are run for values of an answer. */
  readonly later: ReadonlyArray<Block>
} => {
  const { input, opening, series, source } = program
  const dependsOnAnswer = opening?.input.batch?.predict !== undefined
  if (series !== undefined && !dependsOnAnswer) {
    const { items, replayable } = seriesItems(predictor, program)
    return { ...plannedSeries(predictor, series, items), replayable }
  }
  const only = source.type === "one" ? source.open : Effect.die(new Error("a series has no single input"))
  const items = Stream.map(Stream.fromEffect(only), (value): Item => ({
    index: 0,
    key: undefined,
    exit: Exit.succeed(value)
  }))
  return { input: opening?.input ?? input, items, replayable: true, later: opening === undefined ? [] : [input.block] }
}

/** The part of a series with its first prediction: steps over the whole series are run where no answer is needed. */
const plannedSeries = (
  predictor: Predictor,
  { input, next }: SeriesProgram,
  items: Stream.Stream<Item, unknown, unknown>
): Omit<ReturnType<typeof plannedItems>, "replayable"> => {
  if (next?.type !== "series" || input.batch !== undefined || hasPrediction(input.block)) {
    const rest = next?.type === "series" ? next.series.input.block : next?.block
    return { input, items, later: rest === undefined ? [] : [rest] }
  }
  const outcomes = mapSequential(items, (item) => {
    const run = itemRun(predictor, item)
    return settle(run, runBlock(run, input.block, item.exit))
  })
  // a step over a series takes outcomes and no failure: `toItems` has made an item of it
  const inputs = outcomeItems(next.stage.series(outcomes as Stream.Stream<Outcome<unknown, unknown>>), next.stage.name)
  return plannedSeries(predictor, next.series, inputs)
}

const hasPrediction = ({ expand, operations }: Block): boolean =>
  operations.some(({ type }) => type === "predict") || (expand !== undefined && seriesPredicts(expand.series))

const seriesPredicts = ({ input, next }: SeriesProgram): boolean =>
  hasPrediction(input.block) ||
  (next?.type === "series" && seriesPredicts(next.series)) ||
  (next?.type === "ending" && hasPrediction(next.block))

/** What is planned of each batch. */
interface Planned {
  readonly requests: ReadonlyArray<PredictRequest>
  readonly limits: Budget | undefined
}

/** Adds a call, unless the budget leaves it unmade. */
const addCall = (
  { prices }: Predictor,
  limits: Budget | undefined,
  priced: string,
  call: PlannedCall,
  count: Count
): void => {
  const usd = priceOfCall(prices, { model: priced, items: call.items, predicts: true })
  const used = { calls: count.calls.length, usd: count.usd ?? 0, ms: 0 }
  if (limits !== undefined) count.isSpent ||= exceededLimit(limits, used, usd ?? 0) !== undefined
  if (count.isSpent) return
  count.calls.push(call)
  count.usd = usd === undefined || count.usd === undefined ? undefined : count.usd + usd
}

/** Adds the calls of one batch. */
const countBatch = (
  predictor: Predictor,
  { limits, requests }: Planned,
  batch: Batch,
  count: Count
): Effect.Effect<void, any, any> =>
  Effect.gen(function* () {
    for (const { item, prepared } of batch.items) {
      const reason = Exit.isFailure(prepared) ? prepared.cause.reasons.find((each) => each._tag === "Fail") : undefined
      if (reason?._tag === "Fail") count.unreadable.push({ index: item.index, problem: messageOf(reason.error) })
    }
    const sent = sendable(batch)
    if (sent.length === 0) return
    const before = count.calls.length
    for (const { prepared } of sent) for (const note of prepared.media.facts.notes ?? []) count.notes.add(note)
    const inputs = sent.map(({ prepared }) => prepared.input)
    for (const request of requests) {
      const endpoint = yield* resolveEndpoint(predictor, request, batch.kind).pipe(
        Effect.catchTag("NotConfigured", ({ problem, setting }) => {
          count.notes.add(`nothing can be sent yet: ${setting}: ${problem}`)
          return resolveEndpoint(withoutOwner(predictor), request, batch.kind)
        })
      )
      const planned = (to: Endpoint, inside: ReadonlyArray<CallInput>): PlannedCall => ({
        model: modelName(request.model),
        items: inside.length,
        bytes: bodySize(to, inside)
      })
      const add = (call: PlannedCall) => addCall(predictor, limits, priceName(request.model), call, count)
      const division = inputs[0]?.division
      if (division === undefined) add(planned(endpoint, inputs))
      else
        for (const [call, note] of yield* planDivision(division, endpoint, predictor.wire.connection, planned)) {
          add(call)
          if (note !== undefined) count.notes.add(note)
        }
    }
    if (count.isSpent && count.calls.length === before) count.unsent += sent.length
    else count.items += sent.length
  })

/** Settings without a user, an app or a key: they are in a call's path and headers, which a plan does not count. */
const unknownOwner: Settings = {
  baseUrl: "",
  authorization: undefined,
  sessionToken: undefined,
  userId: undefined,
  appId: undefined,
  keyIsAppBound: true
}

const withoutOwner = (predictor: Predictor): Predictor => ({
  ...predictor,
  wire: { ...predictor.wire, settings: Effect.succeed(toCallSettings(unknownOwner)) }
})

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The calls of one second start at once, and as many a second later. */
const secondsFor = (calls: number, perSecond: number): number => {
  if (!Number.isFinite(perSecond) || calls === 0) return 0
  const burst = Math.max(1, Math.floor(perSecond))
  return Math.floor((calls - 1) / burst) * (burst / perSecond)
}
