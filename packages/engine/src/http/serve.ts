/** The engine on a socket: Node's HTTP server in front of the same handler. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { isIP } from "node:net"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Handle } from "../engine.ts"
import { EngineOptionError, ServeError } from "../errors.ts"
import { WireError, wireError } from "../protocol/wire-error.ts"
import type { WireRequest, WireResponse } from "../protocol/request.ts"
import type { SettingsValue } from "../settings.ts"
import { listenGrpc } from "../grpc/serve-grpc.ts"

/** Where to listen. */
export interface ServeOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number
  /** 127.0.0.1 by default. Any address beyond this machine needs a key. */
  readonly host?: string
  /** The key that callers must send (`Authorization: Key <key>`); the engine's own `key` when not given. */
  readonly key?: string
  /**
   * Also serves gRPC, in plaintext: on this port, or with `true` on any free one.
   *
   * @default false
   */
  readonly grpc?: boolean | number
}

/** A socket that is open. */
export interface Served {
  readonly url: string
  /** Host and port of the gRPC server, where there is one. */
  readonly grpcAddress?: string
  /** Stops listening and ends open connections. */
  readonly close: () => Promise<void>
}

/** Opens the socket. Rejects with `EngineOptionError` (no key beyond this machine) or `ServeError`. */
export const listen = async (options: ServeOptions, settings: SettingsValue, handle: Handle): Promise<Served> => {
  const { host = "127.0.0.1", port = 0 } = options
  const key = options.key ?? settings.key
  if (key === undefined && !isLoopback(host))
    throw new EngineOptionError({
      option: "key",
      details: `serving on ${host}, which other machines can reach, needs a key`
    })
  if (key === "")
    throw new EngineOptionError({ option: "key", details: "an empty key protects nothing; leave it out or set one" })
  const server = createServer(
    { requestTimeout: 300_000, headersTimeout: 30_000, maxHeaderSize: 32_768 },
    (request, response) => {
      void answer(request, response, key, settings, handle)
    }
  )
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
  })
  await open(server, host, port)
  const { port: actual } = server.address() as AddressInfo // listening on TCP, so not a pipe's name
  const url = `http://${isIP(host) === 6 ? `[${host}]` : host}:${actual}`
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  if (options.grpc === undefined || options.grpc === false) return { url, close }
  try {
    const port = options.grpc === true ? 0 : options.grpc
    const { bodyBytes } = settings.limits
    const grpc = await listenGrpc({ port, host, key, origin: url, maxRequestBytes: bodyBytes }, handle)
    return {
      url,
      grpcAddress: new URL(grpc.url).host,
      close: async () => {
        await Promise.all([close(), grpc.close()])
      }
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."))

const open = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(new ServeError({ host, port, details: cause.message })))
    server.listen(port, host, () => resolve())
  })

const answer = async (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  key: string | undefined,
  settings: SettingsValue,
  handle: Handle
): Promise<void> => {
  const gone = new AbortController()
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) gone.abort(new Error("the client closed the connection"))
  })
  try {
    const response = await handle(toRequest(incoming, settings.limits.bodyBytes), { key, signal: gone.signal })
    await send(outgoing, response, gone.signal)
  } catch (cause) {
    if (!outgoing.headersSent && !gone.signal.aborted) outgoing.writeHead(500, { "content-length": 0 })
    outgoing.end()
    if (!gone.signal.aborted) Effect.runFork(Effect.logError("a request could not be answered", cause))
  }
}

const toRequest = (incoming: IncomingMessage, maxBytes: number): WireRequest => {
  const origin = `http://${/^[\w.:[\]-]{1,255}$/.test(incoming.headers.host ?? "") ? incoming.headers.host : "localhost"}`
  const [path = "/", ...query] = (incoming.url ?? "/").split("?")
  return {
    method: (incoming.method ?? "GET").toUpperCase(),
    path,
    query: new URLSearchParams(query.join("?")),
    header: (name) => {
      const value = incoming.headers[name]
      return Array.isArray(value) ? value[0] : value
    },
    origin,
    bodyBytes: bodySize(incoming, maxBytes),
    body: Effect.tryPromise({
      try: () => readBody(incoming, maxBytes),
      catch: (cause) => (cause instanceof WireError ? cause : wireError(11100, "the request body ended early"))
    })
  }
}

/** What the client says; chunked bodies say nothing, and may come to the limit. */
const bodySize = ({ headers }: IncomingMessage, maxBytes: number): number => {
  if (headers["transfer-encoding"] !== undefined) return maxBytes
  const size = Number(headers["content-length"] ?? 0)
  return Number.isFinite(size) && size > 0 ? size : 0
}

const readBody = async (incoming: IncomingMessage, maxBytes: number): Promise<string> => {
  const tooLarge = () => wireError(40033, `the request body is larger than the limit of ${maxBytes} bytes`)
  const chunks: Array<Uint8Array> = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

const send = async (outgoing: ServerResponse, response: WireResponse, signal: AbortSignal): Promise<void> => {
  const { body, headers, status } = response
  if (typeof body === "string" || body instanceof Uint8Array) {
    const bytes = typeof body === "string" ? Buffer.from(body) : body
    // A request refused before its body was read leaves the rest on the line: such a connection is not used again.
    const unread = outgoing.req.complete ? {} : { connection: "close" }
    outgoing.writeHead(status, { ...headers, ...unread, ...(status === 204 ? {} : { "content-length": bytes.length }) })
    outgoing.end(status === 204 || outgoing.req.method === "HEAD" ? undefined : bytes)
    return
  }
  outgoing.writeHead(status, headers)
  for await (const line of Stream.toAsyncIterable(body)) {
    if (signal.aborted) break
    if (!outgoing.write(line)) await drained(outgoing, signal)
  }
  outgoing.end()
}

const drained = (outgoing: ServerResponse, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    outgoing.once("drain", resolve)
    signal.addEventListener("abort", () => resolve(), { once: true })
  })
