/** The standard health service of gRPC, `grpc.health.v1.Health`, for the whole server and for the service by its name. */
import type * as Grpc from "@grpc/grpc-js"
import { serviceName } from "@sightline/core/protobuf"

/** HealthCheckResponse: field 1 is its status. */
const statuses = {
  serving: Uint8Array.of(8, 1),
  notServing: Uint8Array.of(8, 2),
  unknown: Uint8Array.of(8, 3)
}

/** HealthCheckRequest: field 1 is the name of a service; undefined for bytes that are something else. */
const serviceOf = (request: Uint8Array): string | undefined => {
  if (request.length === 0) return ""
  const [tag, length = 0] = request
  return tag === 10 && length < 128 && request.length === length + 2
    ? new TextDecoder().decode(request.subarray(2))
    : undefined
}

const isServed = (request: Uint8Array): boolean => ["", serviceName].includes(serviceOf(request) ?? "?")

/** Longest wait for a watcher to take the news, in milliseconds. */
const newsWithinMs = 1000

type Watcher = Grpc.ServerWritableStream<Uint8Array, Uint8Array>

/** `Check`. */
const check: Grpc.handleUnaryCall<Uint8Array, Uint8Array> = ({ request }, callback) => {
  if (isServed(request)) callback(null, statuses.serving)
  else callback(notFound)
}

const notFound = { code: 5, details: "unknown service" }

/** Answers `Check` and `Watch`. */
export const makeHealth = () => {
  const watchers = new Set<Watcher>()
  /** The status now, and again when it changes: when the server closes. */
  const watch: Grpc.handleServerStreamingCall<Uint8Array, Uint8Array> = (call) => {
    watchers.add(call)
    call.on("cancelled", () => watchers.delete(call))
    call.write(isServed(call.request) ? statuses.serving : statuses.unknown)
  }
  /** Reports to the watchers that the server closes, and waits until they have it. */
  const close = async (): Promise<void> => {
    const reports = [...watchers].map(
      (call) =>
        new Promise<void>((resolve) => {
          const late = setTimeout(resolve, newsWithinMs)
          call.once("finish", () => {
            clearTimeout(late)
            // Its status is sent in the next turn.
            setImmediate(resolve)
          })
          if (isServed(call.request)) call.write(statuses.notServing)
          call.end()
        })
    )
    watchers.clear()
    await Promise.all(reports)
  }
  return { check, watch, close }
}
