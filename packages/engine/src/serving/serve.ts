/** Opens sockets for an engine: HTTP, and gRPC beside it where asked. */
import { StatusCode } from "@sightline/core/status"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { createServer as createTlsServer } from "node:https"
import type { AddressInfo } from "node:net"
import type { Duplex } from "node:stream"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Run } from "../engine.ts"
import { EngineOptionError, ServeError } from "../errors.ts"
import type { EngineLimits } from "../limits.ts"
import type { WireRequest, WireResponse } from "../protocol/request.ts"
import { WireError, wireError } from "../protocol/wire-error.ts"
import type { SettingsValue } from "../settings.ts"
import { makeGrpcServer } from "../grpc/serve-grpc.ts"
import { hostAndPort, isLoopbackHost } from "../http/access.ts"
import type { BodyLease } from "../http/body-budget.ts"
import { collectBody, toBodyError } from "../http/read-body.ts"
import { answerRequest } from "../http/router.ts"
import { sharePort } from "./shared-port.ts"

/** A private key and its certificate, both PEM. */
export interface TlsOptions {
  readonly key: string | Uint8Array
  readonly cert: string | Uint8Array
}

/** Options of `serve`. */
export interface ServeOptions {
  /** 0 takes any free port. @default 0 */
  readonly port?: number
  /** Any address that other machines can reach needs a key. @default "127.0.0.1" */
  readonly host?: string
  /** The key that callers must send (`Authorization: Key <key>`). @default the engine's `key` */
  readonly key?: string
  /**
   * Serves over TLS, HTTP and gRPC alike, with this private key and certificate (with its chain), both PEM.
   *
   * @default plaintext
   */
  readonly tls?: TlsOptions
  /**
   * Also serves gRPC: with `true` on the port of HTTP, or on a port for it alone; 0 takes any free one.
   *
   * @default false
   */
  readonly grpc?: boolean | number
}

/** An open socket. */
export interface Served {
  readonly url: string
  /** Host and port of gRPC, if it is served. */
  readonly grpcAddress?: string
  /** Stops listening and closes open connections. */
  readonly close: () => Promise<void>
}

const checkOptions = (host: string, port: number, key: string | undefined): void => {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new EngineOptionError({ option: "port", details: `${port} is not a port; use an integer from 0 to 65535` })
  if (key === undefined && !isLoopbackHost(host))
    throw new EngineOptionError({
      option: "key",
      details: `serving on ${host}, which other machines can reach, needs a key`
    })
  if (key === "")
    throw new EngineOptionError({ option: "key", details: "an empty key protects nothing; leave it out or set one" })
}

/** How long a client may take to send its headers, and a whole request; milliseconds. */
const headersTimeoutMs = 10_000
const requestTimeoutMs = 300_000

/** Opens the socket. Rejects with `EngineOptionError` or `ServeError`. */
export const listen = async (options: ServeOptions, settings: SettingsValue, run: Run): Promise<Served> => {
  const { host = "127.0.0.1", port = 0 } = options
  const key = options.key ?? settings.key
  checkOptions(host, port, key)
  let url = ""
  const { bodyBytes, connections } = settings.limits
  const grpc =
    options.grpc === undefined || options.grpc === false
      ? undefined
      : await makeGrpcServer({ key, origin: () => url, maxRequestBytes: bodyBytes }, run)
  const server = makeServer(
    options.tls,
    options.grpc === true ? ["h2", "http/1.1"] : ["http/1.1"],
    boundPipelines((request, response) => {
      void answer(request, response, key, settings, run)
    })
  )
  server.maxConnections = connections
  server.on("clientError", refuseConnection)
  const stopSharing =
    grpc !== undefined && options.grpc === true ? sharePort(server, grpc.accept, headersTimeoutMs) : undefined
  await open(server, host, port)
  const { port: actual } = server.address() as AddressInfo // listening on TCP, so it is not a pipe's name
  const address = hostAndPort(host, actual)
  url = `${options.tls === undefined ? "http" : "https"}://${address}`
  const closeHttp = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
      stopSharing?.()
    })
  if (grpc === undefined) return { url, close: closeHttp }
  const close = async () => {
    await Promise.all([closeHttp(), grpc.close()])
  }
  if (typeof options.grpc !== "number") return { url, grpcAddress: address, close }
  try {
    return { url, grpcAddress: await grpc.listen({ port: options.grpc, host, tls: options.tls }), close }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** Requests of one connection that may wait for their answers. Few clients send a second one before the first is answered. */
const maxPipelined = 64

/** Refuses a request that arrives while too many of its connection are unanswered, and reads no more of the connection. */
const boundPipelines = (listener: Listener): Listener => {
  const unanswered = new WeakMap<Duplex, number>()
  return (request, response) => {
    const { socket } = request
    const count = (unanswered.get(socket) ?? 0) + 1
    unanswered.set(socket, count)
    if (count > maxPipelined + 1) return // parsed before the connection was paused; it closes after the refusal
    if (count > maxPipelined) {
      socket.pause()
      response.writeHead(503, { connection: "close", "content-length": 0 }).end()
      return
    }
    response.once("close", () => {
      const left = unanswered.get(socket) ?? 0
      if (left <= maxPipelined) unanswered.set(socket, left - 1) // a connection that was refused one stays refused
    })
    listener(request, response)
  }
}

const makeServer = (tls: TlsOptions | undefined, ALPNProtocols: Array<string>, listener: Listener): Server => {
  const limits = {
    requestTimeout: requestTimeoutMs,
    headersTimeout: headersTimeoutMs,
    connectionsCheckingInterval: 2000,
    maxHeaderSize: 32_768
  }
  if (tls === undefined) return createServer(limits, listener)
  try {
    return createTlsServer(
      { ...limits, key: Buffer.from(tls.key), cert: Buffer.from(tls.cert), ALPNProtocols },
      listener
    )
  } catch {
    // The library's message is about its own parsing, and may be about the key.
    throw new EngineOptionError({
      option: "tls",
      details: "key and cert must be a private key and its certificate, both PEM, and belong together"
    })
  }
}

const refusals: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large"
}

/** Answers bytes that are not HTTP, and requests that do not arrive, then destroys the connection: its peer may never close it. */
const refuseConnection = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  const written = "bytesWritten" in socket && typeof socket.bytesWritten === "number" ? socket.bytesWritten : 0
  if (!socket.writable || written > 0) return void socket.destroy()
  const status = refusals[error.code ?? ""] ?? "400 Bad Request"
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy())
}

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
  run: Run
): Promise<void> => {
  const gone = new AbortController()
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) gone.abort(new Error("the client closed the connection"))
  })
  try {
    const request = toRequest(incoming, settings.limits)
    const response = await run(answerRequest(request), { key, signal: gone.signal })
    await send(outgoing, response, gone.signal, settings.limits.idleTimeoutMs)
  } catch (cause) {
    if (!outgoing.headersSent && !gone.signal.aborted) outgoing.writeHead(500, { "content-length": 0 })
    outgoing.end()
    if (!gone.signal.aborted) Effect.runFork(Effect.logError("a request could not be answered", cause))
  }
}

const toRequest = (incoming: IncomingMessage, limits: EngineLimits): WireRequest => {
  const scheme = "encrypted" in incoming.socket ? "https" : "http"
  const origin = `${scheme}://${/^[\w.:[\]-]{1,255}$/.test(incoming.headers.host ?? "") ? incoming.headers.host : "localhost"}`
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
    overNetwork: true,
    bodyBytes: bodySize(incoming),
    readBody: (lease) =>
      Effect.tryPromise({
        try: () => readBody(incoming, limits, lease),
        catch: (cause) => {
          const error = toBodyError(cause, limits)
          return error instanceof WireError
            ? error
            : wireError(StatusCode.CONN_BAD_REQUEST_FORMAT, "the request body ended early")
        }
      })
  }
}

/** The size that the client declares; 0 for chunked bodies, which declare none. */
const bodySize = ({ headers }: IncomingMessage): number => {
  const size = Number(headers["content-length"] ?? 0)
  return Number.isFinite(size) && size > 0 ? size : 0
}

/** Reads the body. A client that sends nothing for a while is answered and disconnected. */
const readBody = async (incoming: IncomingMessage, limits: EngineLimits, lease: BodyLease): Promise<string> => {
  const body = collectBody(limits, lease)
  // The connection stays usable for the answer when reading ends early.
  const chunks: AsyncIterator<Uint8Array> = incoming.iterator({ destroyOnReturn: false })
  for (;;) {
    const idle = Promise.withResolvers<never>()
    const timer = setTimeout(
      () =>
        idle.reject(
          wireError(
            StatusCode.CONN_BAD_REQUEST_FORMAT,
            `no part of the request body arrived for ${limits.idleTimeoutMs} ms`
          )
        ),
      limits.idleTimeoutMs
    )
    try {
      const next = await Promise.race([chunks.next(), idle.promise, lease.evicted])
      if (next.done === true) return body.end()
      clearTimeout(timer) // waiting for memory is not the client's fault
      await body.push(next.value)
    } finally {
      clearTimeout(timer)
    }
  }
}

const send = async (
  outgoing: ServerResponse,
  response: WireResponse,
  signal: AbortSignal,
  idleTimeoutMs: number
): Promise<void> => {
  const { body, headers, status } = response
  // A request that was refused before its body arrived leaves the rest on the connection, which is not used again.
  const unread = outgoing.req.complete ? {} : { connection: "close" }
  if (typeof body === "string" || body instanceof Uint8Array) {
    const bytes = typeof body === "string" ? Buffer.from(body) : body
    outgoing.writeHead(status, { ...headers, ...unread, ...(status === 204 ? {} : { "content-length": bytes.length }) })
    outgoing.setTimeout(idleTimeoutMs, () => outgoing.destroy()) // a client that does not read
    outgoing.end(status === 204 || outgoing.req.method === "HEAD" ? undefined : bytes)
    return
  }
  outgoing.writeHead(status, { ...headers, ...unread })
  for await (const line of Stream.toAsyncIterable(body)) {
    if (signal.aborted) break
    if (!outgoing.write(line)) await drained(outgoing, signal, idleTimeoutMs)
  }
  outgoing.setTimeout(idleTimeoutMs, () => outgoing.destroy())
  outgoing.end()
}

/** Waits until the client has taken what was written. One that takes nothing for a while is disconnected. */
const drained = (outgoing: ServerResponse, signal: AbortSignal, idleTimeoutMs: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => outgoing.destroy(), idleTimeoutMs)
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    outgoing.once("drain", done)
    signal.addEventListener("abort", done, { once: true })
  })
