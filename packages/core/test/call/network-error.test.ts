import { assert, describe, it } from "@effect/vitest"
import { HookError } from "../../src/connection/http.ts"
import { networkError, truncatedAnswer } from "../../src/call/network-error.ts"
import { toCallSettings } from "../../src/call/call-runtime.ts"
import type { Call } from "../../src/call/attempt.ts"
import * as Redacted from "effect/Redacted"

const settings = toCallSettings({
  baseUrl: "https://user:pass@api.test/proxy?x=1",
  authorization: Redacted.make("Key 0123456789abcdef"),
  sessionToken: undefined,
  userId: "u",
  appId: "a",
  keyIsAppBound: false
})
const call: Call = {
  method: "POST",
  path: "/v2/x",
  body: undefined,
  model: "m",
  timeoutMs: 1,
  secrets: ["third-party-key"]
}

const coded = (code: string, message = code, more: object = {}) => Object.assign(new Error(message), { code, ...more })
const failed = (cause: unknown) => new TypeError("fetch failed", { cause })
const connect = (code: string) => coded(code, `connect ${code} 192.0.2.1:443`, { syscall: "connect" })

const errorOf = (thrown: unknown) => {
  const error = networkError(call, settings, thrown)
  assert(error._tag === "Unreachable")
  return error
}

describe("a request that never left", () => {
  it.each<[string, unknown]>([
    ["a refused connection", failed(connect("ECONNREFUSED"))],
    ["a name that is not known", failed(coded("ENOTFOUND", "getaddrinfo ENOTFOUND x", { syscall: "getaddrinfo" }))],
    ["a connect that timed out", failed(connect("ETIMEDOUT"))],
    ["undici's own limit for connecting", failed(coded("UND_ERR_CONNECT_TIMEOUT"))],
    [
      "every address that a name has",
      failed(
        Object.assign(new AggregateError([connect("ETIMEDOUT"), connect("ENETUNREACH")], ""), { code: "ETIMEDOUT" })
      )
    ],
    [
      "a socket that was reset before TLS stood",
      failed(coded("ECONNRESET", "Client network socket disconnected before secure TLS connection was established"))
    ],
    [
      "Deno's connect error",
      new TypeError(
        "error sending request for url (https://x/): client error (Connect): tcp connect error: Connection refused (os error 111)"
      )
    ],
    [
      "Deno's name error",
      new TypeError(
        "error sending request for url (https://x/): client error (Connect): dns error: failed to lookup address information"
      )
    ],
    [
      "Deno's handshake that ended early",
      new TypeError("error sending request for url (https://x/): client error (Connect): tls handshake eof")
    ],
    ["Bun's connect error", coded("ConnectionRefused", "Unable to connect. Is the computer able to access the url?")],
    ["Bun's socket error", coded("FailedToOpenSocket", "Was there a typo in the url or port?")],
    ["what the transport noted", Object.assign(failed(coded("ECONNRESET")), { sent: false })]
  ])("%s: it is retryable", (_, thrown) => {
    const error = errorOf(thrown)
    assert.deepStrictEqual([error.sent, error.lasting, error.retryable], [false, false, true])
    assert.notInclude(error.message, "may have been done")
  })

  it.each<[string, unknown]>([
    ["a server without TLS", failed(coded("ERR_SSL_WRONG_VERSION_NUMBER"))],
    [
      "EPROTO",
      failed(coded("EPROTO", "write EPROTO 0A00010B:SSL routines::wrong version number", { syscall: "write" }))
    ],
    ["a certificate for another name", failed(coded("ERR_TLS_CERT_ALTNAME_INVALID"))],
    ["a certificate that is self-signed", failed(coded("DEPTH_ZERO_SELF_SIGNED_CERT"))],
    ["an expired certificate", failed(coded("CERT_HAS_EXPIRED"))],
    [
      "Deno's certificate error",
      new TypeError(
        "error sending request for url (https://x/): client error (Connect): invalid peer certificate: UnknownIssuer"
      )
    ]
  ])("%s: a repeat would give the same", (_, thrown) => {
    const error = errorOf(thrown)
    assert.deepStrictEqual([error.sent, error.lasting, error.retryable], [false, true, false])
  })
})

describe("a request that may have been answered", () => {
  it.each<[string, unknown]>([
    ["a reset connection", failed(coded("ECONNRESET", "read ECONNRESET", { syscall: "read" }))],
    ["a socket that the server closed", failed(coded("UND_ERR_SOCKET", "other side closed"))],
    ["a browser's failure without a reason", new TypeError("Failed to fetch")],
    ["workerd's failure", new Error("Network connection lost.")],
    [
      "one address of several that was reached",
      failed(Object.assign(new AggregateError([connect("ETIMEDOUT"), coded("ECONNRESET")], ""), { code: "ECONNRESET" }))
    ],
    ["something that is no error", "broken"],
    ["nothing", undefined]
  ])("%s", (_, thrown) => {
    const error = errorOf(thrown)
    assert.deepStrictEqual([error.sent, error.lasting, error.retryable], [true, false, false])
    assert.include(error.message, "may have been done")
  })
})

it("the error names the origin and the code, and hides keys", () => {
  const error = errorOf(failed(new Error("bad header Key 0123456789abcdef and third-party-key")))
  assert.strictEqual(error.origin, "https://api.test/proxy?…")
  assert.notMatch(error.message, /0123456789abcdef|third-party-key|pass/)
  assert.strictEqual(errorOf(failed(coded("ECONNRESET"))).reason, "ECONNRESET")
})

it("a cause that goes round ends", () => {
  const cause: { cause?: unknown; message: string } = { message: "round" }
  cause.cause = cause
  assert.strictEqual(errorOf(cause).reason, "round")
})

it("a connection's own tagged error is its own sentence", () => {
  const error = errorOf(Object.assign(new Error("the folder is locked"), { _tag: "EngineFolderLocked" }))
  assert.deepStrictEqual([error.sent, error.refused, error.message], [false, true, "m: the folder is locked"])
})

it("a hook that threw is named, with what to do, and a repeat would give the same", () => {
  for (const sent of [true, false]) {
    const error = errorOf(new HookError("hook sign: no third-party-key", sent))
    assert.deepStrictEqual([error.sent, error.lasting, error.refused, error.retryable], [sent, true, true, false])
    assert.match(error.reason, /^hook sign: no .*; fix the hook$/)
    assert.notInclude(error.reason, "third-party-key")
    assert.strictEqual(error.model, "m")
  }
})

it("a call without a model names none", () => {
  const { model: _, secrets: __, ...rest } = call
  assert.notProperty(networkError(rest, settings, failed(coded("ECONNRESET"))), "model")
  assert.notProperty(truncatedAnswer(rest, settings, 200, coded("ECONNRESET")), "model")
})

describe("the reason", () => {
  it.each<[string, unknown, string]>([
    [
      "is the outermost code, before a message",
      new Error("outer", { cause: coded("ECONNRESET", "inner") }),
      "ECONNRESET"
    ],
    ["is the innermost message where there is no code", new Error("outer", { cause: new Error("inner") }), "inner"],
    ["is an outer message where the cause is empty", new Error("outer", { cause: new Error("") }), "outer"],
    ["is an outer message where the cause is null", Object.assign(new Error("outer"), { cause: null }), "outer"],
    ["takes no code that is no text", Object.assign(new Error("outer"), { code: 7 }), "outer"],
    ["takes no empty code", Object.assign(new Error("outer"), { code: "" }), "outer"],
    ["is that a connection broke where nothing is known", {}, "the connection broke"],
    ["is the tag of a tagged error without a message", Object.assign(new Error(""), { _tag: "Locked" }), "Locked"]
  ])("%s", (_, thrown, expected) => assert.strictEqual(errorOf(thrown).reason, expected))

  it("of a tagged error has its tag in the cause, and a repeat would give the same", () => {
    const error = errorOf(Object.assign(new Error("the folder is locked"), { _tag: "EngineFolderLocked" }))
    assert.strictEqual((error.cause as Error).message, "EngineFolderLocked: the folder is locked")
    assert.deepStrictEqual([error.lasting, error.refused], [true, true])
  })

  it("is looked for in eight causes at most", () => {
    const nested = (depth: number): Error =>
      depth === 0 ? coded("ECONNREFUSED") : new Error(`${depth}`, { cause: nested(depth - 1) })
    assert.strictEqual(errorOf(nested(7)).reason, "ECONNREFUSED")
    assert.strictEqual(errorOf(nested(8)).reason, "1")
  })

  it("of several addresses without one says nothing of the connection", () => {
    assert.isTrue(errorOf(Object.assign(new Error("none"), { errors: [] })).sent)
  })
})

it("a body that broke off is malformed, with the reason", () => {
  const error = truncatedAnswer(call, settings, 200, coded("UND_ERR_SOCKET", "third-party-key closed"))
  assert.strictEqual(error.problem, "it broke off (UND_ERR_SOCKET)")
  assert.strictEqual(error.httpStatus, 200)
})
