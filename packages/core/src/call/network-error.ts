/** Turns what the network threw into a typed error: whether the request can have left, and what may be shown of it. */
import { HookError } from "../connection/http.ts"
import { type CallError, MalformedAnswer, Unreachable } from "../errors/errors.ts"
import { redactUrl, scrub } from "../errors/redact.ts"
import type { Secrets } from "../errors/secrets.ts"
import type { Call } from "./attempt.ts"
import type { CallSettings } from "./call-runtime.ts"

/** The model that the errors of a call name. */
export const modelOf = (call: Call) => (call.model === undefined ? {} : { model: call.model })

/** Codes of failures before a connection exists: the request certainly never left. Node's, undici's and Bun's. */
const neverSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "ConnectionRefused",
  "FailedToOpenSocket",
  "DNSResolveFailed"
])
const connecting = new Set(["connect", "getaddrinfo"])

/** Codes of a TLS handshake that failed: no request was sent, and a repeat fails alike. Bun writes them without `ERR_`. */
const handshake =
  /^(?:ERR_)?(?:TLS_|SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|UNKNOWN_CERTIFICATE)|^EPROTO$|_CERT_|^HOSTNAME_MISMATCH$/

/** Messages of a connection that was never opened, where there is no code: Node before TLS stands, Deno, workerd. */
const neverSentMessage =
  /before secure TLS connection was established|client error \(Connect\)|dns error|^(?:Network connection refused|connect(?:ion)? refused)/i
/** The same for a certificate that is not accepted, in Deno. A handshake that merely ended early may do better again. */
const handshakeMessage = /invalid peer certificate|received corrupt message|tls handshake(?! eof)|wrong version number/i

interface Thrown {
  readonly code?: unknown
  readonly message?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
  readonly syscall?: unknown
  readonly sent?: unknown
  readonly _tag?: unknown
}

const maxDepth = 8

const asThrown = (value: unknown): Thrown => Object(value) as Thrown // boxed, so that its fields can be read

/** The errors from the outermost to the innermost cause. */
const causesOf = (thrown: unknown): ReadonlyArray<Thrown> => {
  const causes: Array<Thrown> = []
  for (let at: unknown = thrown; at !== undefined && at !== null && causes.length < maxDepth; at = asThrown(at).cause)
    causes.push(asThrown(at))
  return causes
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

/** The innermost cause with information: a code, or a tagged error of the connection. */
const rootOf = (causes: ReadonlyArray<Thrown>): Thrown =>
  causes.find(({ _tag, code }) => textOf(_tag) !== undefined || textOf(code) !== undefined) ??
  causes.findLast(({ message }) => textOf(message) !== undefined) ??
  {}

const failedHandshake = (causes: ReadonlyArray<Thrown>): boolean =>
  causes.some(({ code, message }) => handshake.test(textOf(code) ?? "") || handshakeMessage.test(textOf(message) ?? ""))

/** True if one of the causes says that no connection was opened; of several addresses tried, that of each. */
const neverConnected = (causes: ReadonlyArray<Thrown>): boolean =>
  causes.some(
    ({ code, errors, message, syscall }) =>
      neverSent.has(textOf(code) ?? "") ||
      connecting.has(textOf(syscall) ?? "") ||
      neverSentMessage.test(textOf(message) ?? "") ||
      (Array.isArray(errors) && errors.length > 0 && errors.every((one) => neverConnected(causesOf(one))))
  )

const reasonOf = ({ code, message }: Thrown, secrets: Secrets): string =>
  scrub(textOf(code) ?? textOf(message) ?? "the connection broke", secrets)

/** No answer arrived: the error, with what is known of whether the request left. */
export const networkError = (call: Call, settings: CallSettings, thrown: unknown): CallError => {
  const secrets = settings.secrets.with(call.secrets ?? [])
  const origin = redactUrl(settings.baseUrl)
  if (thrown instanceof HookError) {
    // a repeat would give the same
    const reason = `${scrub(thrown.message, secrets)}; fix the hook`
    const { sent } = thrown
    const cause = new Error(reason)
    return new Unreachable({ ...modelOf(call), origin, reason, sent, lasting: true, refused: true, cause })
  }
  const causes = causesOf(thrown)
  const root = rootOf(causes)
  const own = textOf(root._tag)
  if (own !== undefined) {
    // the connection could not be opened, such as an engine whose folder is locked
    const reason = scrub(textOf(root.message) ?? own, secrets)
    const cause = new Error(`${own}: ${reason}`)
    return new Unreachable({ ...modelOf(call), origin, reason, sent: false, lasting: true, refused: true, cause })
  }
  const reason = reasonOf(root, secrets)
  const lasting = failedHandshake(causes)
  const unsent = lasting || neverConnected(causes) || causes.some(({ sent }) => sent === false)
  return new Unreachable({ ...modelOf(call), origin, reason, sent: !unsent, lasting, cause: new Error(reason) })
}

/** An answer began, and its body cannot be read to the end. */
export const truncatedAnswer = (
  call: Call,
  { secrets }: CallSettings,
  httpStatus: number,
  thrown: unknown
): MalformedAnswer =>
  new MalformedAnswer({
    ...modelOf(call),
    httpStatus,
    problem: `it broke off (${reasonOf(rootOf(causesOf(thrown)), secrets.with(call.secrets ?? []))})`
  })
