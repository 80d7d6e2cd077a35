/** Budgets: what a run or a job may spend, and the one place that decides whether a call would exceed it. Pure. */
import { type Prices, priceOf } from "./prices.ts"

/** What may be spent. A limit that is left out does not limit. */
export interface Budget {
  /** Most calls. Every attempt counts, so a repeat is a call. */
  readonly calls?: number
  /** Most US dollars, by the given prices. Every attempt counts as if it were charged. */
  readonly usd?: number
  /** The time from the first call on, in milliseconds. No call starts after it; calls under way end. */
  readonly ms?: number
}

/** What was spent so far. */
export type BudgetUse = Readonly<Required<Budget>>

/** The limit that a call would exceed. */
export interface ExceededLimit {
  readonly limit: keyof Budget
  /** The value of the limit. */
  readonly budget: number
}

/** Prices are sums of decimal fractions: so much more than the limit is still the limit. */
const roundingUsd = 1e-9

const limits = ["calls", "usd", "ms"] as const satisfies ReadonlyArray<keyof Budget>

/** Why a value is not a budget; undefined for one that is. */
export const budgetProblem = (budget: Budget): string | undefined => {
  for (const [limit, most] of Object.entries<unknown>({ ...budget })) {
    if (!limits.some((known) => known === limit)) return `has no limit named ${limit}; give calls, usd or ms`
    if (most !== undefined && !(typeof most === "number" && most >= 0))
      return `${limit} is ${typeof most === "number" ? most : `a ${typeof most}`}; it must be 0 or more`
  }
  return undefined
}

/** The lowest of each limit; undefined where none is set. */
export const lowestBudget = (budgets: ReadonlyArray<Budget>): Budget | undefined => {
  const lowest = limits
    .map((limit) => [limit, Math.min(...budgets.map((budget) => budget[limit] ?? Infinity))] as const)
    .filter(([, most]) => most < Infinity)
  return lowest.length === 0 ? undefined : Object.fromEntries(lowest)
}

/** The limit that one more call of `nextUsd` US dollars would exceed; undefined if the call may be made. */
export const exceededLimit = (
  { calls = Infinity, ms = Infinity, usd = Infinity }: Budget,
  used: BudgetUse,
  nextUsd: number
): ExceededLimit | undefined => {
  if (used.calls + 1 > calls) return { limit: "calls", budget: calls }
  if (used.usd + nextUsd > usd + roundingUsd) return { limit: "usd", budget: usd }
  return used.ms >= ms ? { limit: "ms", budget: ms } : undefined
}

/** Why a budget in US dollars cannot be kept: models whose price is not known. Undefined where it can. */
export const unpricedProblem = (
  { usd }: Budget,
  prices: Prices | undefined,
  models: ReadonlyArray<string>
): string | undefined => {
  const unknown = usd === undefined ? [] : models.filter((model) => priceOf(prices, model) === undefined)
  return unknown.length === 0
    ? undefined
    : `usd needs the price of ${unknown.join(" and ")}; give it with prices: { asOf, usdPerInput }, for example to sightline(connection, { prices })`
}
