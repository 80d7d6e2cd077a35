/** Where jobs live. */
import type { Ledger } from "../ledger/ledger.ts"
import type { OpenFeed } from "./unit-feed.ts"

/** An open executor. */
export interface OpenExecutor {
  readonly ledger: Ledger
  /** Opens what brings units to a worker; without one, workers ask the ledger. */
  readonly openFeed?: OpenFeed
  readonly close: () => Promise<void>
}

/** Where jobs live: `inProcess()`, `sqlite({ file })` or `bullmq({ .. })`. Disposing closes it. */
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
    "~open": () => {
      const opening = (opened ??= open())
      opening.catch(() => {
        if (opened === opening) opened = undefined // the next use tries again
      })
      return opening
    },
    [Symbol.asyncDispose]: async () => {
      const closing = opened
      opened = undefined
      const executor = await closing?.catch(() => undefined)
      await executor?.close()
    }
  }
}
