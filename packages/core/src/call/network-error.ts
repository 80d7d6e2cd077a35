/** What a broken call means: whether the request can have left, and what may be shown of the cause. */
import * as Redacted from "effect/Redacted"
import type { Settings } from "../connection/connection.ts"
import { HookError } from "../connection/http.ts"
import { MalformedAnswer, Unreachable } from "../errors/errors.ts"
import { redactUrl, scrub } from "../errors/redact.ts"
import type { Call } from "./attempt.ts"

/** Failures that happen before a connection exists: the request certainly never left. */
const neverSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT"
])

/** Failures of the handshake before any request: trying again gives the same. */
const handshake = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/

interface Caused {
  readonly code?: unknown
  readonly message?: unknown
  readonly cause?: unknown
  readonly syscall?: unknown
  readonly _tag?: unknown
}

/** The innermost cause that says something: a code, or a tagged error of the connection's own. */
const rootOf = (thrown: unknown): Caused => {
  let at: Caused = Object(thrown) as Caused // boxed, so that its fields can be asked for
  for (let depth = 0; depth < 8; depth++) {
    if (typeof at._tag === "string" || typeof at.code === "string") return at
    if (typeof at.cause !== "object" || at.cause === null) return at
    at = at.cause
  }
  return at
}

/** Those of a connection are found once: every answer is read with them at hand. */
const known = new WeakMap<Settings, ReadonlyArray<string>>()

const ownSecrets = (settings: Settings): ReadonlyArray<string> =>
  [settings.authorization, settings.sessionToken, ...Object.values(settings.secretHeaders ?? {})]
    .filter((secret) => secret !== undefined)
    .flatMap((secret) => {
      const value = Redacted.value(secret)
      return [value, value.replace(/^\S+\s+/, "")]
    })

/** Texts that must never be shown for a call: the credential with and without its scheme word, and the call's own. */
export const secretsOf = (settings: Settings, others: ReadonlyArray<string> = []): ReadonlyArray<string> => {
  const own = known.get(settings) ?? ownSecrets(settings)
  known.set(settings, own)
  return others.length === 0 ? own : [...own, ...others]
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

const reasonOf = (root: Caused, secrets: ReadonlyArray<string>): string =>
  scrub(textOf(root.code) ?? textOf(root.message) ?? "the connection broke", secrets)

/** A hook of the user's ky failed: trying again would give the same. */
const brokenHook = (call: Call, settings: Settings, { message, sent }: HookError): Unreachable => {
  const reason = `${scrub(message, secretsOf(settings, call.secrets))}; fix the hook`
  return new Unreachable({
    ...(call.model === undefined ? {} : { model: call.model }),
    origin: redactUrl(settings.baseUrl),
    reason,
    sent,
    lasting: true,
    refused: true,
    cause: new Error(reason)
  })
}

/** No answer arrived: the error with what is known of whether the request left. */
export const unreachable = (call: Call, settings: Settings, thrown: unknown): Unreachable => {
  if (thrown instanceof HookError) return brokenHook(call, settings, thrown)
  const root = rootOf(thrown)
  const own = textOf(root._tag)
  const code = textOf(root.code) ?? ""
  const secrets = secretsOf(settings, call.secrets)
  const reason = own === undefined ? reasonOf(root, secrets) : scrub(textOf(root.message) ?? own, secrets)
  const shook = handshake.test(code)
  const refused = neverSent.has(code) || root.syscall === "connect" || root.syscall === "getaddrinfo"
  return new Unreachable({
    ...(call.model === undefined ? {} : { model: call.model }),
    origin: redactUrl(settings.baseUrl),
    reason,
    sent: own === undefined && !refused && !shook,
    lasting: own !== undefined || shook,
    ...(own === undefined ? {} : { refused: true }),
    cause: new Error(own === undefined ? reason : `${own}: ${reason}`)
  })
}

/** An answer began and its body cannot be read to the end. */
export const cutShort = (call: Call, settings: Settings, httpStatus: number, thrown: unknown): MalformedAnswer =>
  new MalformedAnswer({
    ...(call.model === undefined ? {} : { model: call.model }),
    httpStatus,
    problem: `it broke off (${reasonOf(rootOf(thrown), secretsOf(settings, call.secrets))})`
  })
