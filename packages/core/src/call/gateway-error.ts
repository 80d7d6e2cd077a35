/** The error of the gateway before the service, which has gRPC's status numbers: https://grpc.io/docs/guides/status-codes/ */
import {
  type CallError,
  Forbidden,
  InvalidRequest,
  NotFound,
  ServiceFailed,
  ServiceUnavailable,
  Unauthorized
} from "../errors/errors.ts"
import { scrub } from "../errors/redact.ts"
import type { Secrets } from "../errors/secrets.ts"
import type { StreamErrorWire } from "../wire/codec/ndjson.ts"
import { type Call } from "./attempt.ts"
import { modelOf } from "./network-error.ts"

const grpc = { invalidArgument: 3, notFound: 5, denied: 7, exhausted: 8, unavailable: 14, unauthenticated: 16 } as const

/** The typed error of an error line in a streamed answer. */
export const gatewayError = (error: StreamErrorWire, call: Call, secrets: Secrets): CallError => {
  const about = { ...modelOf(call), details: scrub(error.message ?? "the stream broke", secrets) }
  switch (error.code ?? error.grpc_code) {
    case grpc.invalidArgument:
      return new InvalidRequest(about)
    case grpc.notFound:
      return new NotFound(about)
    case grpc.denied:
      return new Forbidden(about)
    case grpc.exhausted:
    case grpc.unavailable:
      return new ServiceUnavailable(about)
    case grpc.unauthenticated:
      return new Unauthorized(about)
    default:
      return new ServiceFailed(about)
  }
}
