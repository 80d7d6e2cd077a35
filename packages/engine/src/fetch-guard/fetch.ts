/**
 * Fetching what a caller's URL names, without becoming the caller's hands in our network: the name is looked up once,
 * its addresses are checked, and the connection goes to a checked address and no other; the same at every redirect.
 */
import { lookup } from "node:dns/promises"
import { request as requestHttp, type IncomingMessage } from "node:http"
import { request as requestHttps } from "node:https"
import { isIP } from "node:net"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { WireError, wireError } from "../protocol/wire-error.ts"
import { Settings, type SettingsValue } from "../settings.ts"
import { isPublicAddress } from "./addresses.ts"
import { checkUrl } from "./policy.ts"

/** What one fetch may bring. */
export interface FetchLimits {
  readonly maxBytes: number
  /** A content type that cannot be this medium; such an answer is not read. */
  readonly refuse: (contentType: string) => boolean
}

/** Fetches the media that inputs name by URL. */
export class Urls extends Context.Service<
  Urls,
  { readonly fetch: (url: string, limits: FetchLimits) => Effect.Effect<Uint8Array<ArrayBuffer>, WireError> }
>()("@sightline/engine/Urls") {
  static readonly layer: Layer.Layer<Urls, never, Settings> = Layer.effect(
    Urls,
    Effect.map(Settings, (settings) => Urls.of({ fetch: (url, limits) => fetchUrl(url, limits, settings) }))
  )
}

const fetchUrl = (url: string, limits: FetchLimits, settings: SettingsValue) =>
  Effect.tryPromise({
    try: (signal) => follow(url, limits, settings, signal),
    catch: (cause) => (cause instanceof WireError ? cause : wireError(30002, describe(cause)))
  }).pipe(
    Effect.timeoutOrElse({
      duration: settings.limits.urlTimeoutMs,
      orElse: () => Effect.fail(wireError(30002, `the URL took longer than ${settings.limits.urlTimeoutMs} ms`))
    })
  )

const follow = async (
  first: string,
  limits: FetchLimits,
  settings: SettingsValue,
  signal: AbortSignal
): Promise<Uint8Array<ArrayBuffer>> => {
  let next = first
  for (let hop = 0; hop <= settings.limits.urlRedirects; hop++) {
    const { trusted, url } = checkUrl(next, settings.allowUrls)
    const address = await resolveHost(url, trusted)
    const response = await ask(url, address, signal)
    const status = response.statusCode ?? 0
    const { location } = response.headers
    if (status >= 300 && status < 400 && location !== undefined) {
      response.destroy()
      if (!URL.canParse(location, url)) throw wireError(30106, "the URL redirects to something that is no URL")
      next = new URL(location, url).href
      continue
    }
    return await readAll(response, limits)
  }
  throw wireError(30002, `the URL redirects more than ${settings.limits.urlRedirects} times`)
}

interface Address {
  readonly address: string
  readonly family: number
}

const resolveHost = async (url: URL, trusted: boolean): Promise<Address> => {
  const host = url.hostname.replace(/^\[|\]$/g, "")
  const family = isIP(host)
  const found = family === 0 ? await lookupHost(host) : [{ address: host, family }]
  // All of them must be public: one private address among them is how a rebinding name looks.
  if (!trusted && !found.every(({ address }) => isPublicAddress(address)))
    throw wireError(30002, `${host} is not a public address; allow it with allowUrls, or send the bytes`)
  const [first] = found
  if (first === undefined) throw wireError(39996, `${host} has no address`)
  return first
}

const lookupHost = async (host: string): Promise<ReadonlyArray<Address>> => {
  try {
    return await lookup(host, { all: true, verbatim: true })
  } catch {
    throw wireError(39996, `the name ${host} cannot be resolved`)
  }
}

const ask = (url: URL, { address, family }: Address, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? requestHttps : requestHttp)(
      url,
      {
        signal,
        agent: false, // a pooled socket would skip the checked look-up
        headers: { accept: "*/*", "accept-encoding": "identity", "user-agent": "sightline-engine" },
        lookup: (_host, options, callback) => {
          if (options.all === true) callback(null, [{ address, family }])
          else callback(null, address, family)
        }
      },
      resolve
    )
    request.on("error", (cause) => {
      reject(signal.aborted ? cause : wireError(39996, `cannot connect to ${url.host}: ${describe(cause)}`))
    })
    request.end()
  })

const readAll = async (response: IncomingMessage, limits: FetchLimits): Promise<Uint8Array<ArrayBuffer>> => {
  const refuse = (error: WireError): never => {
    response.destroy()
    throw error
  }
  const status = response.statusCode ?? 0
  if (status !== 200)
    return refuse(wireError(30002, `${status} ${response.statusMessage ?? ""}`.trim() + " from the URL"))
  const encoding = response.headers["content-encoding"] ?? "identity"
  if (encoding !== "identity")
    return refuse(wireError(30002, `the URL answered with content-encoding ${encoding}, unasked`))
  const type = (response.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? ""
  if (limits.refuse(type)) return refuse(wireError(30101, `the URL answered with ${type}`))
  const tooLarge = () => wireError(30105, `what the URL holds is larger than the limit of ${limits.maxBytes} bytes`)
  if (Number(response.headers["content-length"] ?? 0) > limits.maxBytes) return refuse(tooLarge())
  const chunks: Array<Uint8Array> = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > limits.maxBytes) return refuse(tooLarge())
    chunks.push(chunk)
  }
  if (!response.complete) throw wireError(30002, "the URL's answer ended early")
  const all = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

const describe = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message
}
