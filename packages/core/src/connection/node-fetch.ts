/**
 * A lean `fetch` for Node over its own `node:http`, with connections kept open: about half the cost of the global one
 * for the only thing that it does, a call with a body of bytes and no redirects. Everything else goes to the global.
 */
import type { Fetch } from "./connection.ts"
import { type Octets, type ReadJson, readJson } from "../wire/codec/parse-json.ts"
import { Collected } from "./body-buffer.ts"
import type { ReadsItself } from "./response-body.ts"

interface Emitter {
  readonly on: (event: string, listener: (value: never) => void) => unknown
  readonly once: (event: string, listener: (value: never) => void) => unknown
  readonly destroy: (cause?: unknown) => unknown
}
interface Incoming extends Emitter {
  readonly statusCode: number
  readonly statusMessage: string
  readonly rawHeaders: ReadonlyArray<string>
  readonly headers: Readonly<Record<string, string | undefined>>
}
interface Outgoing extends Emitter {
  readonly end: (body?: Uint8Array) => void
}
interface Agent {
  readonly destroy: () => void
}
interface Http {
  readonly Agent: new (options: object) => Agent
  readonly request: (options: object, answered: (incoming: Incoming) => void) => Outgoing
}
interface Urls {
  readonly urlToHttpOptions: (url: URL) => object
}
interface Streams {
  readonly Readable: { readonly toWeb: (stream: Emitter) => ReadableStream<Uint8Array<ArrayBuffer>> }
  readonly pipeline: (from: Emitter, to: Emitter, done: () => void) => Emitter
}
interface Zlib {
  readonly createGunzip: () => Emitter
  readonly createInflate: () => Emitter
  readonly createBrotliDecompress: () => Emitter
}
interface Host {
  readonly process?: {
    readonly versions?: Readonly<Record<string, string | undefined>>
    readonly execArgv?: ReadonlyArray<string>
    readonly getBuiltinModule?: (id: string) => unknown
  }
  readonly Deno?: unknown
}

/** What all calls to one address share. */
interface Line {
  readonly http: Http
  /** The address in parts, and who keeps its connections. */
  readonly to: object
}

/** As many as an app has models, and more; addresses are found again in microseconds. */
const mostLines = 100

/** How long an idle connection is kept, in milliseconds; servers keep theirs longer, so that none is half closed. */
const idleMs = 4000

const unpackers: Readonly<Record<string, (zlib: Zlib) => Emitter>> = {
  gzip: (zlib) => zlib.createGunzip(),
  "x-gzip": (zlib) => zlib.createGunzip(),
  deflate: (zlib) => zlib.createInflate(),
  br: (zlib) => zlib.createBrotliDecompress()
}

const headersOf = (raw: ReadonlyArray<string>): Headers => {
  const headers = new Headers()
  for (let i = 0; i + 1 < raw.length; i += 2) headers.append(raw[i] ?? "", raw[i + 1] ?? "")
  return headers
}

/** Statuses that a Response of the platform can be made with. */
const constructible = (status: number): number => (status >= 200 && status <= 599 ? status : 500)

/** The text as `fetch` gives it: without a byte order mark. */
const textOf = (body: Octets): string =>
  body.toString("utf8", body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0)

/** What an answer is; anything else is looked at, to say what came instead. */
const isObject = (json: unknown): boolean => typeof json === "object" && json !== null && !Array.isArray(json)

/** A Response whose parts are made when they are asked for; its body is read without a web stream. */
class LeanResponse extends Response implements ReadsItself {
  readonly #incoming: Incoming
  readonly #stream: Emitter
  readonly #streams: Streams
  #headers: Headers | undefined
  #whole: Response | undefined

  constructor(incoming: Incoming, stream: Emitter, streams: Streams) {
    super(null)
    this.#incoming = incoming
    this.#stream = stream
    this.#streams = streams
  }
  override get status(): number {
    return this.#incoming.statusCode
  }
  override get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }
  override get statusText(): string {
    return this.#incoming.statusMessage
  }
  override get headers(): Headers {
    return (this.#headers ??= headersOf(this.#incoming.rawHeaders))
  }
  override get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#made().body
  }
  override get bodyUsed(): boolean {
    return this.#whole?.bodyUsed ?? false
  }
  override text(): Promise<string> {
    return this.#made().text()
  }
  override json(): Promise<unknown> {
    return this.#made().json()
  }
  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.#made().arrayBuffer()
  }
  override bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#made().bytes()
  }
  override blob(): Promise<Blob> {
    return this.#made().blob()
  }
  override formData(): Promise<FormData> {
    return this.#made().formData()
  }
  override clone(): Response {
    return this.#made().clone()
  }
  "~sightline/header"(name: string): string | null {
    return this.#incoming.headers[name] ?? null
  }
  "~sightline/text"(limit: number): Promise<string | undefined> {
    return this.#read(limit, textOf)
  }
  "~sightline/json"(limit: number): Promise<ReadJson | string | undefined> {
    return this.#read(limit, (body) => {
      const json = readJson(body, "model") // all outputs of an answer tell the same model
      return isObject(json?.value) ? json : textOf(body)
    })
  }
  #read<A>(limit: number, read: (body: Octets) => A): Promise<A | undefined> {
    return new Promise((resolve, reject) => {
      const stream = this.#stream
      const told = stream === this.#incoming ? Number(this.#incoming.headers["content-length"]) : Number.NaN
      const body = new Collected(told)
      const stop = () => {
        resolve(undefined)
        stream.destroy()
        this.#incoming.destroy()
      }
      if (told > limit) return stop()
      stream.on("data", (chunk: Octets) => {
        body.add(chunk)
        if (body.length > limit) stop()
      })
      stream.once("end", () => {
        try {
          resolve(body.read(read))
        } catch (thrown) {
          reject(thrown)
        }
      })
      stream.once("error", reject)
      stream.once("close", () => reject(new Error("the connection closed before the answer's end")))
    })
  }
  #made(): Response {
    const { statusText } = this
    const status = constructible(this.status)
    const empty = status === 204 || status === 205 || status === 304
    return (this.#whole ??= new Response(empty ? null : this.#streams.Readable.toWeb(this.#stream), {
      status,
      statusText,
      headers: this.headers
    }))
  }
}

const isPlain = (headers: HeadersInit): headers is Record<string, string> =>
  !Array.isArray(headers) && !(headers instanceof Headers)

interface LeanCall {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | null
  readonly signal: AbortSignal | null
}

/** A fetch with connections of its own. */
export interface LeanFetch {
  readonly fetch: Fetch
  /** Closes the connections that it keeps open. */
  readonly close: () => void
}

/** The global fetch as it was at first: one that was put in its place since, by a test or a proxy, is respected. */
const first = globalThis.fetch

const lean = new WeakSet<Fetch>()

/** Whether this fetch is done with a body once its answer was read. One that somebody brought may keep it for later. */
export const forgetsBodies = (fetch: Fetch): boolean => lean.has(fetch) && globalThis.fetch === first

/** Lean fetch where this is Node and nothing asks for the global one; undefined elsewhere. */
export const leanFetch = (useGlobal: boolean): LeanFetch | undefined => {
  const { Deno, process } = globalThis as Host
  const builtin = process?.getBuiltinModule
  if (useGlobal || Deno !== undefined || process?.versions?.["bun"] !== undefined || builtin === undefined)
    return undefined
  if (process?.versions?.["node"] === undefined || process.execArgv?.includes("--use-env-proxy")) return undefined
  const agents = new Map<string, Agent>()
  const lines = new Map<string, Line>()
  const streams = builtin("node:stream") as Streams
  const agentOf = (protocol: string, http: Http): Agent => {
    const agent = agents.get(protocol) ?? new http.Agent({ keepAlive: true, timeout: idleMs })
    agents.set(protocol, agent)
    return agent
  }
  const lineTo = (url: string): Line => {
    const known = lines.get(url)
    if (known !== undefined) return known
    if (lines.size >= mostLines) lines.clear()
    const protocol = /^https:/i.test(url) ? "https:" : "http:"
    const http = builtin(protocol === "https:" ? "node:https" : "node:http") as Http
    const { urlToHttpOptions } = builtin("node:url") as Urls
    const line = { http, to: { ...urlToHttpOptions(new URL(url)), agent: agentOf(protocol, http) } }
    lines.set(url, line)
    return line
  }
  const call = ({ body, headers, method, signal, url }: LeanCall): Promise<Response> =>
    new Promise((resolve, reject) => {
      const { http, to } = lineTo(url)
      const failed = (cause: unknown) => reject(new TypeError("fetch failed", { cause }))
      const request = http.request(
        {
          ...to,
          method,
          headers: {
            "accept-encoding": "gzip, deflate, br",
            ...headers,
            ...(body ? { "content-length": body.byteLength } : {})
          }
        },
        (incoming) => {
          const unpack = unpackers[incoming.headers["content-encoding"]?.toLowerCase() ?? ""]
          const stream =
            unpack === undefined ? incoming : streams.pipeline(incoming, unpack(builtin("node:zlib") as Zlib), () => {})
          resolve(new LeanResponse(incoming, stream, streams))
        }
      )
      request.once("error", failed)
      if (signal) {
        const abort = () => {
          reject(signal.reason)
          request.destroy(signal.reason)
        }
        signal.addEventListener("abort", abort, { once: true })
        request.once("close", () => signal.removeEventListener("abort", abort))
      }
      request.end(body ?? undefined)
    })
  const fetch: Fetch = (input, init = {}) => {
    const { body = null, headers = {}, method = "GET", redirect, signal = null } = init
    const bytes = body instanceof Uint8Array || body === null ? body : undefined
    const simple = typeof input === "string" && redirect === "manual" && isPlain(headers) && bytes !== undefined
    if (!simple || globalThis.fetch !== first) return globalThis.fetch(input, init)
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    return call({ url: input, body: bytes, headers, method, signal })
  }
  lean.add(fetch)
  return {
    fetch,
    close: () => {
      for (const agent of agents.values()) agent.destroy()
      agents.clear()
      lines.clear()
    }
  }
}
