/** The transport of browsers, Bun, Deno and workers: the platform's own `fetch`. */
import type { Transport } from "./transport.ts"

/** A transport over `globalThis.fetch`, as it is when a request is made. */
export const makeTransport = (): Transport => ({
  fetch: (input, init) => globalThis.fetch(input, init),
  close: () => Promise.resolve()
})
