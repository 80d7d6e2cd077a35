/**
 * The transport of Node: undici, which owns sockets, pools and proxies. Handles what core's calls need, a body of bytes
 * and no redirects; everything else goes to the platform's `fetch`, and so does all where that was replaced.
 */
import { chosenDispatcher, restoreNodeDispatcher } from "./global-dispatcher.ts"
import { Agent, type Dispatcher, EnvHttpProxyAgent, getGlobalDispatcher, request } from "undici"
import type { Fetch } from "./connection.ts"
import { decompressed } from "./node-decompress.ts"
import { NodeResponse } from "./node-response.ts"
import type { ReleasingFetch, Transport } from "./transport.ts"

restoreNodeDispatcher()

/** The global `fetch` as it was at first: one that was put in its place since, by a test or a tool, is respected. */
const first = globalThis.fetch

/** Effect owns the deadlines. */
const noTimeouts = { headersTimeout: 0, bodyTimeout: 0 }

/** Notes when a request is given to a socket: before that it certainly was not sent. */
const notingStart =
  (started: () => void): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => {
        started()
        handler.onRequestStart?.(controller, context)
      },
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args)
    })

const isPlain = (headers: HeadersInit): headers is Record<string, string> =>
  !Array.isArray(headers) && !(headers instanceof Headers)

/** Sends one request; `headers` are those of `init`, known to be plain. */
const send = async (dispatcher: Dispatcher, url: string, init: RequestInit, headers: Record<string, string>) => {
  let sent = false
  try {
    const {
      body,
      headers: answered,
      statusCode,
      statusText
    } = await request(url, {
      dispatcher: dispatcher.compose(notingStart(() => (sent = true))),
      method: init.method ?? "GET",
      headers: { "accept-encoding": "gzip, deflate, br", ...headers },
      body: (init.body ?? null) as Uint8Array | null, // the caller has looked
      signal: init.signal ?? null,
      ...noTimeouts
    })
    return new NodeResponse(statusCode, statusText, answered, decompressed(body, answered["content-encoding"]))
  } catch (cause) {
    if (init.signal?.aborted === true) throw init.signal.reason
    throw Object.assign(new TypeError("fetch failed", { cause }), { sent })
  }
}

/** Makes the transport of one connection, with separate sockets unless a global dispatcher was set. */
export const makeTransport = (): Transport => {
  let own: Dispatcher | undefined
  const ownDispatcher = (): Dispatcher =>
    (own ??= process.env["NODE_USE_ENV_PROXY"] === "1" ? new EnvHttpProxyAgent() : new Agent())
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
    return send(chosen === "undici" ? getGlobalDispatcher() : ownDispatcher(), input, init, headers)
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
