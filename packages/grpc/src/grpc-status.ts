// What a gRPC status means to core: an HTTP response of the gateway's form, or a network error.
import { type ServiceError, status } from "@grpc/grpc-js"

/** HTTP statuses as the official gateway maps gRPC's. */
const httpStatuses: Readonly<Record<number, number>> = {
  [status.CANCELLED]: 499,
  [status.UNKNOWN]: 500,
  [status.INVALID_ARGUMENT]: 400,
  [status.DEADLINE_EXCEEDED]: 504,
  [status.NOT_FOUND]: 404,
  [status.ALREADY_EXISTS]: 409,
  [status.PERMISSION_DENIED]: 403,
  [status.RESOURCE_EXHAUSTED]: 429,
  [status.FAILED_PRECONDITION]: 400,
  [status.ABORTED]: 409,
  [status.OUT_OF_RANGE]: 400,
  [status.UNIMPLEMENTED]: 404,
  [status.INTERNAL]: 500,
  [status.UNAVAILABLE]: 503,
  [status.DATA_LOSS]: 500,
  [status.UNAUTHENTICATED]: 401
}

/** Narrows what a call threw. */
export const isServiceError = (thrown: unknown): thrown is ServiceError =>
  thrown instanceof Error && "code" in thrown && typeof thrown.code === "number" && "details" in thrown

/** A failure below gRPC, with the code that Node gives it. */
class NetworkError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** What TLS says of a certificate, with the code that Node gives it; the library passes on the words alone. */
const certificateProblems: ReadonlyArray<readonly [RegExp, string]> = [
  [/certificate has expired/i, "CERT_HAS_EXPIRED"],
  [/certificate is not yet valid/i, "CERT_NOT_YET_VALID"],
  [/self[- ]signed certificate/i, "SELF_SIGNED_CERT"],
  [/does not match certificate/i, "ERR_TLS_CERT_ALTNAME_INVALID"],
  [/unable to (get|verify)/i, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"]
]

/** Failures before a request left, as grpc-js words them; undefined for a status that a server sent. */
const networkErrorOf = ({ code, details }: ServiceError): NetworkError | undefined => {
  if (code !== status.UNAVAILABLE && code !== status.INTERNAL) return undefined
  const known = /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ECONNRESET)\b/.exec(
    details
  )?.[1]
  if (known !== undefined) return new NetworkError(known, details)
  const certificate = certificateProblems.find(([words]) => words.test(details))?.[1]
  if (certificate !== undefined) return new NetworkError(certificate, details)
  if (/certificate|SSL routines|wrong version number|TLS|EPROTO/i.test(details))
    return new NetworkError("ERR_TLS_HANDSHAKE", details)
  if (/Name resolution failed/i.test(details)) return new NetworkError("ENOTFOUND", details)
  if (/No connection established|Connection dropped|socket hang up|connection closed/i.test(details))
    return new NetworkError("ECONNRESET", details)
  return undefined
}

/** The response for a failed call. Throws where the failure is the network's. */
export const responseOf = (error: ServiceError): Response => {
  const network = networkErrorOf(error)
  if (network !== undefined) throw network
  const tooLarge = error.code === status.RESOURCE_EXHAUSTED && /larger than max/i.test(error.details)
  return Response.json(
    { code: error.code, message: error.details === "" ? `gRPC status ${error.code}` : error.details, details: [] },
    { status: tooLarge ? 413 : (httpStatuses[error.code] ?? 500) }
  )
}

/** The same for a stream that had answered other requests: a service that becomes unavailable may have done the work. */
export const responseAfterAnswers = (error: ServiceError): Response => {
  if (error.code === status.UNAVAILABLE) throw networkErrorOf(error) ?? new NetworkError("ECONNRESET", error.details)
  return responseOf(error)
}
