/** Keeps a run within the budget of its chain. Loaded by the first run that has one. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { type Budget, budgetProblem, exceededLimit, lowestBudget, unpricedProblem } from "../call/spending-budget.ts"
import { type CallPermit, Permit } from "../call/call-permit.ts"
import { monotonicMs } from "../call/monotonic-clock.ts"
import { type PricedCall, priceOfCall, type Prices, pricesProblem } from "../call/prices.ts"
import type { Step } from "../chain/chain-state.ts"
import { BudgetSpent, InvalidOption } from "../errors/errors.ts"
import { withInput } from "../errors/input-position.ts"
import { parseModelUrl } from "../models/model-handle.ts"
import { modelName, type ModelOrWorkflow } from "../models/model-ref.ts"
import type { Predictor } from "../predict/predictor.ts"
import type { Item } from "./input-series.ts"

/** The id of a model or workflow, by which it has a price. */
export const priceName = (model: ModelOrWorkflow): string =>
  (typeof model === "string" ? parseModelUrl(model)?.modelId : undefined) ?? modelName(model)

const modelsOf = (steps: ReadonlyArray<Step>): ReadonlyArray<string> => [
  ...new Set(
    steps.flatMap((step) => {
      if (step.type === "predict") return [priceName(step.model)]
      if (step.type === "all") return Object.values(step.models).map(priceName)
      return step.type === "when" ? modelsOf(step.steps) : []
    })
  )
]

/** The budget of a chain; undefined for one without limits. */
export const budgetOf = (steps: ReadonlyArray<Step>): Budget | undefined =>
  lowestBudget(steps.flatMap((step) => (step.type === "budget" ? [step.budget] : [])))

const invalid = (option: string, problem: string) => new InvalidOption({ option, problem })

/** Why a chain has no valid budget, or cannot keep it with these prices. */
export const budgetError = (steps: ReadonlyArray<Step>, prices: Prices | undefined): InvalidOption | undefined => {
  for (const step of steps) {
    const problem = step.type === "budget" ? budgetProblem(step.budget) : undefined
    if (problem !== undefined) return invalid("budget", problem)
  }
  const wrong = prices === undefined ? undefined : pricesProblem(prices)
  if (wrong !== undefined) return invalid("prices", wrong)
  const unpriced = unpricedProblem(budgetOf(steps) ?? {}, prices, modelsOf(steps))
  return unpriced === undefined ? undefined : invalid("budget", unpriced)
}

let runs = 0

/** What one run has spent. */
export class RunBudget {
  readonly #budget: Budget
  readonly #prices: Prices | undefined
  #calls = 0
  #usd = 0
  #startedMs: number | undefined
  /** Why no further call is made. */
  #stopped: BudgetSpent | InvalidOption | undefined

  constructor(steps: ReadonlyArray<Step>, prices: Prices | undefined) {
    this.#budget = budgetOf(steps) ?? {}
    this.#prices = prices
    this.#stopped = budgetError(steps, prices)
  }

  /** Takes one call from the budget, or returns why it may not be made. */
  #take(call: PricedCall, nowMs: number): BudgetSpent | InvalidOption | undefined {
    if (this.#stopped !== undefined) return this.#stopped
    const usd = priceOfCall(this.#prices, call)
    if (usd === undefined && this.#budget.usd !== undefined)
      return invalid("budget", unpricedProblem(this.#budget, this.#prices, [call.model ?? ""]) ?? "")
    const ms = this.#startedMs === undefined ? 0 : nowMs - this.#startedMs
    const exceeded = exceededLimit(this.#budget, { calls: this.#calls, usd: this.#usd, ms }, usd ?? 0)
    if (exceeded !== undefined) return (this.#stopped = new BudgetSpent(exceeded))
    this.#calls++
    this.#usd += usd ?? 0
    this.#startedMs ??= nowMs
    return undefined
  }

  readonly #permit: CallPermit = {
    name: `budget ${++runs}`,
    ask: (call) =>
      Effect.flatMap(monotonicMs, (now) => {
        const error = this.#take(call, now)
        return error === undefined ? Effect.void : Effect.fail(error)
      })
  }

  /** Runs an effect whose calls are taken from the budget. */
  within<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | InvalidOption, R> {
    // a budget that cannot be kept ends the one input before anything is read for it
    return this.#stopped?._tag === "InvalidOption"
      ? Effect.fail(this.#stopped)
      : Effect.provideService(effect, Permit, this.#permit)
  }

  /** Reads a stream whose calls are taken from the budget. */
  streamWithin<A, E, R>(stream: Stream.Stream<A, E, R>): Stream.Stream<A, E, R> {
    return Stream.provideService(stream, Permit, this.#permit)
  }

  /**
   * A series whose items fail once the budget is spent, before anything is done for them. One of known length is read to
   * its end, since every input is to have an outcome; any other ends with one item that says so.
   */
  items(items: Stream.Stream<Item, unknown, unknown>, finite: boolean): Stream.Stream<Item, unknown, unknown> {
    const failed = (index: number, key: string | undefined): Item => ({
      index,
      key,
      exit: Exit.fail(withInput(this.#stopped, { index, key }))
    })
    return Stream.transformPull(items, (pull) =>
      Effect.sync(() => {
        let next = 0
        let over = false
        return Effect.suspend(() => {
          if (over) return Cause.done()
          if (this.#stopped !== undefined && !finite) {
            over = true
            return Effect.succeed([failed(next, undefined)] as const)
          }
          return Effect.map(pull, ([first, ...others]) => {
            const toNext = (item: Item): Item => {
              next = item.index + 1
              return this.#stopped === undefined || Exit.isFailure(item.exit) ? item : failed(item.index, item.key)
            }
            return [toNext(first), ...others.map(toNext)] as const
          })
        })
      })
    )
  }
}

/** A run within the budget of a chain, and the predictor of that run. */
export const startBudget = (predictor: Predictor, steps: ReadonlyArray<Step>) => ({
  budget: new RunBudget(steps, predictor.prices),
  predictor: { ...predictor, keepsAnswers: true }
})
