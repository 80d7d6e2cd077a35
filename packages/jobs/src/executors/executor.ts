/** Where jobs live. */
import type { Ledger } from "../ledger/ledger.ts"

/** An open executor. */
export interface OpenExecutor {
  readonly ledger: Ledger
  readonly close: () => Promise<void>
}

/** Where jobs live: `inProcess()` or `sqlite({ file })`. Disposing closes it. */
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
