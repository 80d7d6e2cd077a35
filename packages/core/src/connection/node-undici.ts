/** Sends requests with undici. Loaded when the first request is made: loading it takes longer than all of core. */
import { Agent, type Dispatcher, EnvHttpProxyAgent, getGlobalDispatcher, request } from "undici"
import { decompressed } from "./node-decompress.ts"
import { NodeResponse } from "./node-response.ts"

/** The dispatcher that a program set for undici. */
export const globalDispatcher = getGlobalDispatcher

/** A dispatcher with separate sockets. It uses the proxies of the environment where Node is configured to. */
export const makeDispatcher = (): Dispatcher =>
  process.env["NODE_USE_ENV_PROXY"] === "1" ? new EnvHttpProxyAgent() : new Agent()

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

/** Sends one request; `headers` are those of `init`, known to be plain. */
export const sendRequest = async (
  dispatcher: Dispatcher,
  url: string,
  init: RequestInit,
  headers: Record<string, string>
) => {
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
