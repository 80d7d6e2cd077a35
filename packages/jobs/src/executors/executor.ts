/** Where jobs live, and how workers learn of their units. */
import type * as Effect from "effect/Effect"
import type { LedgerUnavailable } from "../errors.ts"
import type { Ledger, UnitName } from "../ledger/ledger.ts"

/** A queue that brings units to workers. It may bring one twice or never: the ledger decides who runs it. */
export interface UnitQueue {
  /** Announces units. */
  readonly announce: (units: ReadonlyArray<UnitName>) => Effect.Effect<void, LedgerUnavailable>
  /** Calls `run` for announced units, so many at a time, until the signal aborts; resolves when none is under way. */
  readonly consume: (options: {
    readonly concurrency: number
    readonly signal: AbortSignal
    readonly run: (unit: UnitName) => Promise<void>
  }) => Promise<void>
}

/** An open executor. */
export interface OpenExecutor {
  readonly ledger: Ledger
  /** Undefined where workers ask the ledger for units. */
  readonly queue?: UnitQueue
  readonly close: () => Promise<void>
}

/** Where jobs live: `inProcess()`, `sqlite({ file })` or `bullmq({ connection })`. Disposing closes it. */
export interface Executor extends AsyncDisposable {
  readonly name: string
  /** Opened when it is first used. */
  readonly "~open": () => Promise<OpenExecutor>
}

/** An executor that opens once. */
export const makeExecutor = (name: string, open: () => Promise<OpenExecutor>): Executor => {
  let opened: Promise<OpenExecutor> | undefined
  return {
    name,
    "~open": () => (opened ??= open()),
    [Symbol.asyncDispose]: async () => {
      const closing = opened
      opened = undefined
      const executor = await closing?.catch(() => undefined)
      await executor?.close()
    }
  }
}
