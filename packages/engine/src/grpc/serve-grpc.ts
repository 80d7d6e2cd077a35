/** The engine over gRPC: every method whose HTTP form it serves, by the same handlers, health and reflection. */
import type * as Grpc from "@grpc/grpc-js"
import type { Duplex } from "node:stream"
import { type Method, methods, PostModelOutputs, serviceName } from "@sightline/core/protobuf"
import type { Access, Run } from "../engine.ts"
import { ServeError } from "../errors.ts"
import { hostAndPort } from "../http/access.ts"
import type { TlsOptions } from "../serving/serve.ts"
import { answerGrpc, type GrpcCaller, MalformedRequest } from "./answer-grpc.ts"
import { makeHealth } from "./health.ts"
import { reflect, reflectionPaths, requestsOf } from "./reflection.ts"

/** What callers must know, and what they may send. */
export interface GrpcServeOptions {
  readonly key: string | undefined
  /** Where hosted media of the answers are: the address of the HTTP server. Asked for when a call arrives. */
  readonly origin: () => string
  /** The largest request, in bytes. */
  readonly maxRequestBytes: number
}

/** A port for gRPC alone. */
export interface GrpcPort {
  readonly port: number
  readonly host: string
  /** Plaintext where it is undefined. */
  readonly tls: TlsOptions | undefined
}

/** A gRPC server; it has connections once it listens, or is given them. */
export interface GrpcServer {
  /** Serves a connection that another server accepted; after its TLS handshake, if it has one. */
  readonly accept: (socket: Duplex) => void
  /** Opens a port; resolves with its host and number. Rejects with `ServeError`. */
  readonly listen: (port: GrpcPort) => Promise<string>
  /** Closes the port and all connections. */
  readonly close: () => Promise<void>
}

/** How long a connection without calls stays open, in milliseconds. Clients open another for their next call. */
const idleConnectionMs = 300_000

/** Calls of one connection at a time. Clients keep further ones back. */
const maxStreams = 100

/** What the three kinds of calls have in common. */
interface Call {
  readonly metadata: Grpc.Metadata
  readonly on: (event: "cancelled", listener: () => void) => unknown
}

/** A call whose response is a stream. */
interface Writable {
  readonly write: (message: Uint8Array) => boolean
  readonly once: (event: "drain" | "cancelled", listener: () => void) => unknown
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Makes the server. The library is loaded here, so that an engine without gRPC starts without. */
export const makeGrpcServer = async (options: GrpcServeOptions, run: Run): Promise<GrpcServer> => {
  const grpc = await import("@grpc/grpc-js")
  const server = new grpc.Server({
    "grpc.max_receive_message_length": options.maxRequestBytes,
    "grpc.max_send_message_length": -1,
    "grpc.max_connection_idle_ms": idleConnectionMs,
    "grpc.max_concurrent_streams": maxStreams
  })
  const serving = makeHandlers(options, run)
  for (const method of methods) server.register(`/${serviceName}/${method.name}`, ...serving(method))
  const health = makeHealth()
  server.register("/grpc.health.v1.Health/Check", health.check, asBuffer, identity, "unary")
  server.register("/grpc.health.v1.Health/Watch", health.watch, asBuffer, identity, "serverStream")
  for (const path of reflectionPaths) server.register(path, reflect, asBuffer, identity, "bidi")
  const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure())
  return {
    accept: (socket) => injector.injectConnection(socket),
    listen: ({ host, port, tls }) => {
      const credentials =
        tls === undefined
          ? grpc.ServerCredentials.createInsecure()
          : grpc.ServerCredentials.createSsl(null, [
              { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) }
            ])
      return new Promise((resolve, reject) => {
        server.bindAsync(hostAndPort(host, port), credentials, (error, bound) => {
          if (error === null) resolve(hostAndPort(host, bound))
          else reject(new ServeError({ host, port, details: error.message }))
        })
      })
    },
    close: async () => {
      await health.close()
      server.forceShutdown()
    }
  }
}

type Registration = readonly [
  handler: Grpc.UntypedHandleCall,
  serialize: (bytes: Uint8Array) => Buffer,
  deserialize: (bytes: Buffer) => Uint8Array,
  type: string
]

const identity = (bytes: Buffer): Uint8Array => bytes

/** Writes a message and waits until the caller takes more, or is gone. */
const write = (call: Writable, message: Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    if (call.write(message)) resolve()
    else {
      call.once("drain", resolve)
      call.once("cancelled", resolve)
    }
  })

/** The gRPC status of a failure that the handlers do not answer themselves: 3 invalid argument, 13 internal. */
const toStatus = (thrown: unknown) => ({
  code: thrown instanceof MalformedRequest ? 3 : 13,
  details: thrown instanceof Error ? thrown.message : "the engine failed"
})

const makeHandlers =
  (options: GrpcServeOptions, run: Run) =>
  (method: Method): [...Registration] => {
    const { key, origin } = options
    const started = (call: Call): { readonly caller: GrpcCaller; readonly access: Access } => {
      const gone = new AbortController()
      call.on("cancelled", () => gone.abort(new Error("the caller cancelled the call")))
      const header = (name: string) => {
        const [value] = call.metadata.get(name)
        return value === undefined ? undefined : String(value)
      }
      return { caller: { header, origin: origin() }, access: { key, signal: gone.signal } }
    }
    const unary: Grpc.handleUnaryCall<Uint8Array, Uint8Array> = (call, callback) => {
      const { access, caller } = started(call)
      const answer = async () => {
        for await (const message of answerGrpc(method, call.request, caller, run, access)) return message
        return new Uint8Array()
      }
      answer().then(
        (message) => callback(null, message),
        (thrown: unknown) => callback(toStatus(thrown))
      )
    }
    const serverStream: Grpc.handleServerStreamingCall<Uint8Array, Uint8Array> = (call) => {
      const { access, caller } = started(call)
      const answer = async () => {
        for await (const message of answerGrpc(method, call.request, caller, run, access)) {
          if (access.signal?.aborted === true) return
          await write(call, message)
        }
        call.end()
      }
      answer().catch((thrown: unknown) => call.emit("error", toStatus(thrown)))
    }
    // Each request is answered before the next is read: the caller sends no faster than the engine answers.
    const bothWays: Grpc.handleBidiStreamingCall<Uint8Array, Uint8Array> = (call) => {
      const { access, caller } = started(call)
      const answer = async () => {
        for await (const request of requestsOf(call)) {
          if (access.signal?.aborted === true) return
          for await (const message of answerGrpc(PostModelOutputs, request, caller, run, access))
            await write(call, message)
        }
        call.end()
      }
      answer().catch((thrown: unknown) => call.emit("error", toStatus(thrown)))
    }
    if (method.requestStream) return [bothWays, asBuffer, identity, "bidi"]
    return method.responseStream
      ? [serverStream, asBuffer, identity, "serverStream"]
      : [unary, asBuffer, identity, "unary"]
  }
