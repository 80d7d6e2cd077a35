/**
 * The transport of Node: undici, which owns sockets, pools and proxies. Handles what core's calls need, a body of bytes
 * and no redirects; everything else goes to the platform's `fetch`, and so does all where that was replaced.
 */
import type { Dispatcher } from "undici"
import type { Fetch } from "./connection.ts"
import { chosenDispatcher, keepNodeDispatcher } from "./global-dispatcher.ts"
import type * as Loaded from "./node-undici.ts"
import type { ReleasingFetch, Transport } from "./transport.ts"

type Undici = typeof Loaded
let undici: Undici | undefined
let loading: Promise<Undici> | undefined

/** Loads undici with the first request of the process. */
const loadUndici = (): Promise<Undici> =>
  (loading ??= keepNodeDispatcher(() => import("./node-undici.ts")).then((loaded) => (undici = loaded)))

/** The global `fetch` as it was at first: one that was put in its place since, by a test or a tool, is respected. */
const first = globalThis.fetch

const isPlain = (headers: HeadersInit): headers is Record<string, string> =>
  !Array.isArray(headers) && !(headers instanceof Headers)

/** Makes the transport of one connection, with separate sockets unless a global dispatcher was set. */
export const makeTransport = (): Transport => {
  let own: Dispatcher | undefined
  const send = (
    { globalDispatcher, makeDispatcher, sendRequest }: Undici,
    chosen: "undici" | "own",
    ...rest: readonly [url: string, init: RequestInit, headers: Record<string, string>]
  ) => sendRequest(chosen === "undici" ? globalDispatcher() : (own ??= makeDispatcher()), ...rest)
  const fetch: Fetch = (input, init = {}) => {
    const { body = null, headers = {}, redirect, signal } = init
    const simple =
      typeof input === "string" &&
      redirect === "manual" &&
      isPlain(headers) &&
      (body === null || body instanceof Uint8Array)
    const chosen = simple && globalThis.fetch === first ? chosenDispatcher() : "node"
    if (!simple || chosen === "node") return globalThis.fetch(input, init)
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    return undici === undefined
      ? loadUndici().then((loaded) => send(loaded, chosen, input, init, headers))
      : send(undici, chosen, input, init, headers)
  }
  const releasing: ReleasingFetch = Object.assign(fetch, {
    "~sightline/releasesBodies": () => globalThis.fetch === first && chosenDispatcher() !== "node"
  })
  return {
    fetch: releasing,
    close: async () => {
      const closing = own
      own = undefined
      await closing?.destroy()
    }
  }
}
