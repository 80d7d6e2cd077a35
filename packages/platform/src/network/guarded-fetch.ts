/**
 * An SSRF-safe `fetch` for downloads from addresses that a stranger may have given. Every name is looked up once, every
 * address that it resolves to is checked, and the connection goes to a checked address; the same for every redirect.
 */
import { lookup } from "node:dns/promises"
import type { IncomingMessage } from "node:http"
import { isIP } from "node:net"
import { pipeline, Readable } from "node:stream"
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib"
import { isPublicAddress } from "./addresses.ts"
import { GuardedFetchError } from "./fetch-error.ts"
import { type Connect, hostnameOf, requestAddress, type ResolvedAddress } from "./request-address.ts"

export { type FetchReason, GuardedFetchError } from "./fetch-error.ts"
export type { Connect, ConnectTarget, ResolvedAddress } from "./request-address.ts"

/** Looks up all addresses of a name. */
export type Resolve = (hostname: string) => Promise<ReadonlyArray<ResolvedAddress>>

/** What a guarded fetch may reach. */
export interface GuardedFetchOptions {
  /**
   * Whether addresses that are not public may be reached: always, never, or for URLs that the function accepts.
   * It is asked again for every redirect.
   *
   * @default false
   */
  readonly allowPrivate?: boolean | ((url: URL) => boolean)
  /** Called with every URL before it is looked up, redirects included. What it throws is what the fetch throws. */
  readonly check?: (url: URL) => void
  /** @default the operating system's resolver */
  readonly resolve?: Resolve
  /** Opens connections. @default a TCP connection to the address */
  readonly connect?: Connect
  /** @default 5 */
  readonly maxRedirects?: number
  /** @default "sightline" */
  readonly userAgent?: string
}

/** A `fetch` for `GET` and `HEAD`. */
export type GuardedFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

const redirectStatuses = new Set([301, 302, 303, 307, 308])
/** Statuses whose `Response` must not have a body. */
const bodiless = new Set([101, 103, 204, 205, 304])
/** The other addresses of a name are tried after these. */
const tryNext = /: (ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL|ETIMEDOUT)$/

const parseUrl = (text: string | URL, base?: URL): URL => {
  if (!URL.canParse(text, base)) throw new GuardedFetchError("invalid-url", "not an absolute URL")
  const url = new URL(text, base)
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new GuardedFetchError("invalid-url", `only http and https URLs can be fetched, not ${url.protocol}`)
  if (url.username !== "" || url.password !== "")
    throw new GuardedFetchError("invalid-url", "a URL must not carry a user name or password")
  return url
}

const systemLookup: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true })

/** Rejects with the signal's reason as soon as it aborts: a lookup cannot be cancelled. */
const unlessAborted = <A>(work: Promise<A>, signal: AbortSignal | undefined): Promise<A> =>
  signal === undefined
    ? work
    : new Promise((resolve, reject) => {
        const onAbort = () => reject(signal.reason)
        if (signal.aborted) return onAbort()
        signal.addEventListener("abort", onAbort, { once: true })
        work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort))
      })

const resolveHost = async (url: URL, options: GuardedFetchOptions): Promise<ReadonlyArray<ResolvedAddress>> => {
  const { allowPrivate = false, resolve = systemLookup } = options
  const host = hostnameOf(url)
  const family = isIP(host)
  const unresolved = () => new GuardedFetchError("unresolved", `the name ${host} cannot be resolved`)
  const found =
    family === 0
      ? await resolve(host).catch(() => {
          throw unresolved()
        })
      : [{ address: host, family }]
  if (found.length === 0) throw unresolved()
  const trusted = typeof allowPrivate === "function" ? allowPrivate(url) : allowPrivate
  // All of them must be public: one private address among them is what DNS rebinding looks like.
  if (!trusted && !found.every(({ address }) => isPublicAddress(address)))
    throw new GuardedFetchError("refused", `${host} is not a public address`)
  return found
}

/** Headers that must not travel to another origin. */
const credentials = new Set(["authorization", "cookie", "proxy-authorization"])

const headersFor = (given: Headers, userAgent: string, sameOrigin: boolean): Record<string, string> => {
  const headers: Record<string, string> = { accept: "*/*", "accept-encoding": "identity", "user-agent": userAgent }
  given.forEach((value, name) => {
    if (name !== "host" && (sameOrigin || !credentials.has(name))) headers[name] = value
  })
  return headers
}

const decoders = { gzip: createGunzip, "x-gzip": createGunzip, deflate: createInflate, br: createBrotliDecompress }

/** The body without its content encodings. Some servers compress although they were asked not to. */
const decoded = (message: IncomingMessage, url: URL): Readable => {
  const encodings = (message.headers["content-encoding"] ?? "").split(",").map((name) => name.trim().toLowerCase())
  return encodings
    .filter((name) => name !== "" && name !== "identity")
    .toReversed()
    .reduce<Readable>((body, name, index) => {
      const makeDecoder = Object.hasOwn(decoders, name) ? decoders[name as keyof typeof decoders] : undefined
      if (makeDecoder === undefined || index > 1) {
        message.destroy()
        throw new GuardedFetchError("response", `${url.host} answered with content-encoding ${name}, unasked`)
      }
      // The error of a broken body reaches the reader through the last stream.
      return pipeline(body, makeDecoder(), () => {})
    }, message)
}

const toResponse = (message: IncomingMessage, url: URL, method: string, redirected: boolean): Response => {
  const status = message.statusCode ?? 0
  if (status < 200 || status > 599) {
    message.destroy()
    throw new GuardedFetchError("response", `${url.host} answered with HTTP ${status}`)
  }
  const headers = new Headers()
  for (let at = 0; at + 1 < message.rawHeaders.length; at += 2)
    headers.append(message.rawHeaders[at] ?? "", message.rawHeaders[at + 1] ?? "")
  const hasBody = method !== "HEAD" && !bodiless.has(status)
  if (!hasBody) message.resume()
  // Node's web stream and the platform's differ in types only.
  const body = hasBody ? (Readable.toWeb(decoded(message, url)) as unknown as ReadableStream<Uint8Array>) : null
  const response = new Response(body, { status, statusText: message.statusMessage ?? "", headers })
  return Object.defineProperties(response, { url: { value: url.href }, redirected: { value: redirected } })
}

/** Asks the addresses of a name in turn until one takes the connection. */
const requestAny = async (
  addresses: ReadonlyArray<ResolvedAddress>,
  request: (address: ResolvedAddress) => Promise<IncomingMessage>
): Promise<IncomingMessage> => {
  let failure: unknown
  for (const address of addresses.slice(0, 8)) {
    try {
      return await request(address)
    } catch (cause) {
      failure = cause
      if (!(cause instanceof GuardedFetchError && tryNext.test(cause.message))) break
    }
  }
  throw failure
}

/**
 * Makes an SSRF-safe `fetch` for `GET` and `HEAD`. It follows redirects with a check of each, does not use proxies, pools no
 * connections and drops credentials on a redirect to another origin. The body is as bounded as its reader: see `readBody`.
 *
 * @throws {GuardedFetchError} from the returned function; or `signal.reason` once the signal aborts.
 * @example const response = await guardedFetch()("https://example.com/photo.jpg", { signal })
 */
export const guardedFetch = (options: GuardedFetchOptions = {}): GuardedFetch => {
  const { check, connect, maxRedirects = 5, userAgent = "sightline" } = options
  return async (input, init = {}) => {
    const asked = input instanceof Request ? input : undefined
    const method = (init.method ?? asked?.method ?? "GET").toUpperCase()
    if (method !== "GET" && method !== "HEAD")
      throw new TypeError(`a guarded fetch downloads; it cannot send ${method}`)
    const signal = init.signal ?? asked?.signal ?? undefined
    const redirect = init.redirect ?? asked?.redirect ?? "follow"
    const headers = new Headers(init.headers ?? asked?.headers)
    const first = parseUrl(asked?.url ?? (input as string | URL))
    let url = first
    let sameOrigin = true // as fetch does: credentials stay dropped after a way back
    for (let hop = 0; hop <= maxRedirects; hop++) {
      signal?.throwIfAborted()
      check?.(url)
      const addresses = await unlessAborted(resolveHost(url, options), signal)
      const sent = { url, method, signal, connect, headers: headersFor(headers, userAgent, sameOrigin) }
      const message = await requestAny(addresses, (address) => requestAddress({ ...sent, address }))
      const { location } = message.headers
      if (!redirectStatuses.has(message.statusCode ?? 0) || location === undefined || redirect === "manual")
        return toResponse(message, url, method, hop > 0)
      message.destroy()
      if (redirect === "error") throw new GuardedFetchError("redirects", `${url.host} redirects`)
      url = parseUrl(location, url)
      sameOrigin &&= url.origin === first.origin
    }
    throw new GuardedFetchError("redirects", `${first.host} redirects more than ${maxRedirects} times`)
  }
}
