/** Runs one unit: calls its chain and records every outcome, once. */
import { BudgetSpent, InvalidOption, type Outcome, PartlyAnswered, type PortablePipeline } from "@sightline/core"
import { type CallPermit, Permit, priceOfCall, unpricedProblem } from "@sightline/core/portable"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { MaybePaid, PoisonInput } from "../errors.ts"
import type { Lease, Ledger, Permission, SettledAs, Settlement } from "../ledger/ledger.ts"
import { claimsUntilAlone, claimsUntilPoison } from "../ledger/claims.ts"
import { encodeOutcome } from "../ledger/outcome-json.ts"
import { keyOf, type Reference } from "../sources/reference.ts"
import { CallRefused } from "./call-refused.ts"
import type { JobApp } from "./job-app.ts"
import { persist } from "./persist.ts"
import type { JobTelemetry } from "./telemetry.ts"
import { unitOutcomes } from "./unit-chain.ts"

/** What a unit is run with. */
export interface UnitWork {
  readonly ledger: Ledger
  readonly app: JobApp
  readonly form: PortablePipeline
  readonly lease: Lease
  readonly telemetry: JobTelemetry
}

type Refusal = Exclude<Permission, { readonly type: "granted" }>

/** How a part of a unit ended: undefined, or why its other inputs are still to be done. */
type Left = Refusal | undefined

const problemOf = (cause: Cause.Cause<unknown>): string => {
  const thrown = Cause.squash(cause)
  return thrown instanceof Error ? thrown.message : String(thrown)
}

const failedOutcome = (index: number, key: string | undefined, error: Error): Outcome<unknown, unknown> => ({
  ok: false,
  error,
  index,
  key,
  attempts: 0,
  requestId: undefined
})

/** A unit under way. */
class UnitRun {
  readonly #work: UnitWork
  readonly #references: ReadonlyArray<Reference>
  readonly #pending: Set<number>

  constructor(work: UnitWork) {
    const { first, refs, settled, size } = work.lease
    this.#work = work
    this.#references = JSON.parse(refs) as ReadonlyArray<Reference> // as `submit` checked and wrote them
    this.#pending = new Set(Array.from({ length: size }, (_, i) => first + i).filter((index) => !settled.has(index)))
  }

  #reference(index: number): Reference {
    return this.#references[index - this.#work.lease.first] ?? ""
  }

  /** Records outcomes; false if the lease is lost. The unit ends with its last input. */
  #settle(rows: ReadonlyArray<Settlement>, then: "goes on" | "rests"): Effect.Effect<boolean> {
    for (const { index } of rows) this.#pending.delete(index)
    const { ledger, lease, telemetry } = this.#work
    return Effect.tap(persist(ledger.settle(lease, rows, this.#pending.size === 0 ? "ends" : then)), (held) =>
      held ? telemetry.settled(rows) : Effect.void
    )
  }

  #failed(index: number, as: SettledAs, error: Error): Settlement {
    return { index, as, outcome: encodeOutcome(failedOutcome(index, keyOf(this.#reference(index)), error)) }
  }

  #poison(index: number, problem: string): Settlement {
    const key = keyOf(this.#reference(index))
    const { job } = this.#work.lease
    return this.#failed(
      index,
      "PoisonInput",
      new PoisonInput({ job, index, problem, ...(key === undefined ? {} : { key }) })
    )
  }

  /** What an earlier worker sent and did not settle may be paid. */
  #reportSent(): Effect.Effect<boolean> {
    const { job, sent, settings } = this.#work.lease
    if (sent === undefined || settings.onMaybePaid === "resend") return Effect.succeed(true)
    const rows = [...this.#pending]
      .filter((index) => sent === "all" || sent === index)
      .map((index) => {
        const key = keyOf(this.#reference(index))
        return this.#failed(index, "MaybePaid", new MaybePaid({ job, index, ...(key === undefined ? {} : { key }) }))
      })
    return this.#settle(rows, "rests")
  }

  /** Runs inputs as one chain, or one of them alone. */
  #run(indexes: ReadonlyArray<number>, alone: boolean): Effect.Effect<Left> {
    const { app, form, ledger, lease } = this.#work
    const { settings } = lease
    const sends = alone ? (indexes[0] ?? "all") : "all"
    const then = alone ? "rests" : "goes on"
    let calls = 0
    let left: Left
    const ask = (call: { readonly usd: number; readonly isCounted: boolean }) =>
      Effect.flatMap(persist(ledger.send(lease, { sends, isFirst: calls === 0, ...call })), (permission) => {
        if (permission.type !== "granted") return Effect.fail(new CallRefused({ reason: permission }))
        return permission.waitMs > 0 ? Effect.sleep(permission.waitMs) : Effect.void
      })
    const permit: CallPermit = {
      name: `${lease.job} ${lease.unit} ${lease.fence} ${sends}`,
      ask: (call) => {
        const usd = priceOfCall(settings.prices, call)
        if (usd === undefined && settings.budget.usd !== undefined) return Effect.fail(unpriced(call.model))
        return Effect.andThen(
          ask({ usd: usd ?? 0, isCounted: true }),
          Effect.sync(() => void calls++)
        )
      }
    }
    /** The row of an outcome; undefined for an input that stays pending. */
    const toRow = (outcome: Outcome<unknown, unknown>): Settlement | undefined => {
      const index = indexes[outcome.index]
      if (index === undefined) return undefined // never: there is one outcome for each input
      if (outcome.ok) return { index, as: "succeeded", outcome: encodeOutcome({ ...outcome, index }) }
      const { error } = outcome
      const refused = refusalOf(error)
      if (refused === undefined)
        return { index, as: "failed", outcome: encodeOutcome({ ...outcome, index, error: atIndex(error, index) }) }
      const { reason } = refused
      left ??= reason
      // a call before was made: the input cannot be done again without paying for that one twice
      return calls > 0 && reason.type === "spent"
        ? this.#failed(index, "BudgetSpent", withSpent(error, this.#budgetSpent(reason)))
        : undefined
    }
    let rows: Array<Settlement> = []
    let isLost = false
    const flush = Effect.suspend(() => {
      if (rows.length === 0) return Effect.void
      const settled = rows
      rows = []
      return Effect.map(this.#settle(settled, then), (held) => {
        isLost ||= !held
      })
    })
    const collect = (outcomes: ReadonlyArray<Outcome<unknown, unknown>>) => {
      for (const outcome of outcomes) {
        const row = toRow(outcome)
        if (row !== undefined) rows.push(row)
      }
      return settings.sentAtStart ? flush : Effect.void // what shares a call arrives together
    }
    const begun = settings.sentAtStart ? ask({ usd: 0, isCounted: false }) : Effect.void
    const ran = Effect.andThen(
      begun,
      Effect.suspend(() =>
        Stream.runForEachArray(
          unitOutcomes(
            app,
            form,
            indexes.map((index) => this.#reference(index))
          ),
          collect
        )
      )
    )
    return Effect.flatMap(Effect.exit(Effect.provideService(ran, Permit, permit)), (exit): Effect.Effect<Left> => {
      const ended = Effect.andThen(
        flush,
        Effect.sync((): Left => (isLost ? { type: "lost" } : left))
      )
      if (Exit.isSuccess(exit)) return ended
      const error = Cause.squash(exit.cause)
      if (error instanceof CallRefused) left ??= error.reason
      else if (!alone && calls === 0) return Effect.andThen(flush, this.#runAlone())
      else {
        const problem = `cannot be run: ${problemOf(exit.cause)}`
        for (const index of indexes) if (this.#pending.has(index)) rows.push(this.#poison(index, problem))
        rows = [...new Map(rows.map((row) => [row.index, row])).values()]
      }
      return ended
    })
  }

  #budgetSpent({ budget, limit }: { readonly budget: number; readonly limit: "calls" | "usd" | "ms" }): BudgetSpent {
    return new BudgetSpent({ job: this.#work.lease.job, limit, budget })
  }

  /** Runs the pending inputs one by one, noting which, so that one that ends its worker is known. */
  #runAlone(): Effect.Effect<Left> {
    const { ledger, lease } = this.#work
    const next = (): Effect.Effect<Left> =>
      Effect.suspend(() => {
        const [index] = this.#pending
        if (index === undefined) return Effect.succeed(undefined)
        return Effect.flatMap(persist(ledger.trying(lease, index)), (held) =>
          held
            ? Effect.flatMap(this.#run([index], true), (left) =>
                left === undefined && !this.#pending.has(index) ? next() : Effect.succeed(left)
              )
            : Effect.succeed({ type: "lost" })
        )
      })
    return next()
  }

  /** Runs what is pending. */
  run(): Effect.Effect<Left> {
    const { lease } = this.#work
    return Effect.flatMap(this.#reportSent(), (held): Effect.Effect<Left> => {
      if (!held) return Effect.succeed({ type: "lost" })
      if (this.#pending.size === 0) return Effect.succeed(undefined)
      const { claims, trying } = lease
      if (trying === undefined || !this.#pending.has(trying) || claims < claimsUntilPoison)
        return claims >= claimsUntilAlone ? this.#runAlone() : this.#run([...this.#pending], false)
      const row = this.#poison(trying, "its worker ended each time that it was run")
      return Effect.flatMap(this.#settle([row], "rests"), (still) =>
        still ? this.#runAlone() : Effect.succeed({ type: "lost" })
      )
    })
  }
}

/** The error of a call that a step makes to a model whose price is not known, in a job with a budget in US dollars. */
const unpriced = (model: string | undefined) =>
  new InvalidOption({
    option: "budget",
    problem: unpricedProblem({ usd: 0 }, undefined, [model ?? "a model"]) ?? ""
  })

/** The refusal of a call that an input failed with, alone or beside answers of other models. */
const refusalOf = (error: unknown): CallRefused | undefined => {
  if (error instanceof CallRefused) return error
  if (!(error instanceof PartlyAnswered)) return undefined
  return Object.values<unknown>(error.failures).find((each) => each instanceof CallRefused)
}

/** The error of an input whose call was refused: beside answers of other models, their error with this one in it. */
const withSpent = (error: unknown, spent: BudgetSpent): Error => {
  if (!(error instanceof PartlyAnswered)) return spent
  const failures = Object.entries<unknown>(error.failures).map(([name, each]) => [
    name,
    each instanceof CallRefused ? spent : each
  ])
  const fields: object = error
  return new PartlyAnswered({ ...fields, answers: error.answers, failures: Object.fromEntries(failures) })
}

/** An error that says which input of the job it is about, and not which of the unit. */
const atIndex = (error: unknown, index: number): unknown => {
  if (!(error instanceof Error) || !("index" in error) || typeof error.index !== "number") return error
  return Object.defineProperty(error, "index", { value: index, enumerable: true })
}

/** Runs a unit, and stops the job where its budget is spent. */
export const runUnit = (work: UnitWork): Effect.Effect<void> => {
  const { ledger, lease, telemetry } = work
  const ran = Effect.flatMap(
    Effect.suspend(() => new UnitRun(work).run()),
    (left) => {
      if (left === undefined || left.type === "lost") return Effect.void
      const stop = left.type === "spent" ? persist(ledger.stop(lease.job)) : Effect.void
      return Effect.andThen(stop, persist(ledger.release(lease)))
    }
  )
  return telemetry.observe(lease, ran)
}
