import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as errors from "../../src/errors/errors.ts"
import {
  httpStatusError,
  isRetryable,
  isRetryableItem,
  isSuccess,
  mayBeOneInput,
  statusError
} from "../../src/call/status-error.ts"
import { noSecrets, Secrets } from "../../src/errors/secrets.ts"
import * as Status from "../../src/wire/messages/status-codes.ts"
import type { StatusClass } from "../../src/wire/messages/status-index.ts"
import { statusInfo, statusInfos } from "../../src/wire/messages/status-info.ts"

/** The classes that each class of status may end in, one decision of the caller each. */
const endings: Readonly<Record<StatusClass, ReadonlyArray<string>>> = {
  success: [],
  mixed: ["MalformedAnswer"],
  pending: ["StillPending", "ModelNotReady"],
  auth: ["Unauthorized", "Forbidden", "QuotaExceeded"],
  "rate-limit": ["RateLimited", "QuotaExceeded"],
  "not-found": ["NotFound"],
  invalid: ["InvalidRequest", "Conflict", "MalformedAnswer"],
  input: ["InputRejected", "Conflict"],
  "model-training": ["TrainingFailed", "ModelNotReady", "ServiceFailed"],
  "transient-retryable": ["ServiceUnavailable", "ModelNotReady"],
  server: ["ServiceFailed"]
}

const none = { secrets: noSecrets }

const classes: ReadonlyArray<unknown> = Object.values(errors)

describe("every published status", () => {
  it.for(statusInfos())("$code $name becomes one class of error", (info) => {
    if (info.class === "success") {
      assert.isTrue(isSuccess({ code: info.code }))
      return
    }
    assert.isFalse(isSuccess({ code: info.code }))
    const error = statusError(
      { code: info.code, description: "d", details: "why", req_id: "r" },
      { model: "m", secrets: noSecrets }
    )
    assert.include(endings[info.class], error._tag)
    assert.isTrue(classes.includes(error.constructor))
    assert.strictEqual(error.constructor.name, error._tag)
    assert.deepInclude(Object.fromEntries(Object.entries(error)), {
      code: info.code,
      model: "m",
      requestId: "r",
      details: "why"
    })
    assert.isFalse(/[\r\n]/.test(error.message))
    assert.include(error.message, String(info.code))
  })

  it("is repeated only where the table says that the work was not done", () => {
    for (const { class: kind, code, retryable } of statusInfos()) {
      if (kind === "success") continue
      const error = statusError({ code }, none)
      assert.strictEqual(isRetryable(error), retryable && kind !== "input", `${code}`)
      assert.strictEqual(isRetryableItem(error), retryable, `${code}`)
    }
  })
})

it("a rejected input is told what to do about its own reason", () => {
  const remedyOf = (code: number) => statusError({ code }, none).message
  assert.include(remedyOf(30101), "send it in a format that the service supports")
  assert.include(remedyOf(30104), "the kind of medium that the model takes")
  assert.include(remedyOf(30002), "check that it is reachable and whole")
  assert.match(remedyOf(30300), /; check that it is whole$/)
})

it("a remedy that the service gives is not followed by another", () => {
  const told = (code: number, details: string) => statusError({ code, details }, none).message
  assert.match(told(30101, "not a known image format; send JPEG or PNG"), /; send JPEG or PNG$/)
  assert.match(told(21350, "no runtime; npm install onnxruntime-node"), /; npm install onnxruntime-node$/)
  assert.match(told(21350, "its graph is damaged"), /; repair or deploy it first$/)
})

it("a failure inside a model is no failed training, and is not to be tried again", () => {
  for (const [code, what] of [
    [21313, "the model failed (21313): it ran out of memory"],
    [21350, "the model could not be loaded (21350): it ran out of memory"]
  ] as const) {
    const error = statusError({ code, details: "it ran out of memory" }, none)
    assert.strictEqual(error._tag, "ServiceFailed")
    assert.include(error.message, what)
    assert.notMatch(error.message, /train|try again/)
    assert.isFalse(error.retryable)
  }
  assert.include(statusError({ code: 98004 }, none).message, "try again knowing")
  assert.strictEqual(statusError({ code: 21312 }, none)._tag, "TrainingFailed")
})

it("a header of the credential that is missing or wrong is the credential's, though its number is that of any envelope", () => {
  const details = "Empty or malformed authorization header"
  assert.strictEqual(statusError({ code: 11102, details }, none)._tag, "Unauthorized")
  assert.strictEqual(statusError({ code: 11102, details: "Bad page" }, none)._tag, "InvalidRequest")
  assert.strictEqual(statusError({ code: 11102 }, none)._tag, "InvalidRequest")
  assert.strictEqual(statusError({ code: 21202, details }, none)._tag, "InvalidRequest")
})

it("a number that was never published survives, with all that came with it", () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000_000_000 }), fc.string(), (code, details) => {
      fc.pre(statusInfo(code) === undefined)
      const error = statusError({ code, details, req_id: "r1" }, none)
      assert.strictEqual(error._tag, "UnknownStatus")
      assert.deepInclude(Object.fromEntries(Object.entries(error)), { code, requestId: "r1" })
      assert.isFalse(isRetryable(error))
    })
  ))

describe("a status, by its number", () => {
  it.each<[number, string, object]>([
    [0, "MalformedAnswer", { problem: "its status has no number" }],
    [Status.MIXED_STATUS, "MalformedAnswer", { problem: "its status does not say what failed" }],
    [Status.CONN_TOKEN_INVALID, "Unauthorized", {}],
    [Status.CONN_THROTTLED, "RateLimited", { retryAfterMs: 7 }],
    [Status.CONN_EXCEEDS_LIMITS, "QuotaExceeded", {}],
    [Status.CONN_INSUFFICIENT_SCOPES, "Forbidden", {}],
    [Status.MODEL_LOADING, "ModelNotReady", { willBeReady: true }],
    [Status.MODEL_UNTRAINED, "ModelNotReady", { willBeReady: false }],
    [21200, "NotFound", {}],
    [Status.INPUT_DUPLICATE, "Conflict", {}]
  ])("%i is %s", (code, tag, fields) => {
    const error = statusError({ code }, { ...none, retryAfterMs: 7 })
    assert.strictEqual(error._tag, tag)
    assert.deepInclude(Object.fromEntries(Object.entries(error)), fields)
  })
  it.each(statusInfos().filter(({ http }) => http === 409))(
    "$code $name, which HTTP calls a conflict, is one",
    ({ code }) => {
      assert.include(["Conflict", "ModelNotReady"], statusError({ code }, none)._tag)
    }
  )
  it("is a success by its class, or by its number alone", () => {
    assert.isTrue(isSuccess({ code: 10000 }))
    assert.isFalse(isSuccess({ code: 1_999_999_999 }))
  })
})

describe("what an error repeats of its status", () => {
  it("is its description and details, without secrets", () => {
    const secrets = new Secrets(["third-party-key"])
    const error = statusError(
      { code: 21200, description: "no third-party-key", details: "see third-party-key" },
      { secrets }
    )
    assert.notInclude(JSON.stringify(error), "third-party-key")
    assert.match(String(error.description), /^no /)
    assert.match(String(error.details), /^see /)
  })
  it("is where the resource moved, if there are no details", () => {
    const redirect_info = { url: "https://user:pass@moved.test/m?token=1" }
    for (const details of [undefined, ""]) {
      const error = statusError({ code: 21200, redirect_info, ...(details === undefined ? {} : { details }) }, none)
      assert.match(String(error.details), /^it moved to https:\/\/moved.test\/m/)
    }
    assert.strictEqual(statusError({ code: 21200, redirect_info, details: "gone" }, none).details, "gone")
  })
  it("is nothing where it says nothing", () => {
    const error = statusError({ code: 21200, details: "", redirect_info: {} }, none)
    assert.notProperty(error, "details")
    assert.notProperty(error, "description")
    assert.notProperty(error, "requestId")
  })
  it("is the id of its request, before that of the call", () => {
    assert.strictEqual(statusError({ code: 21200, req_id: "own" }, { ...none, requestId: "call" }).requestId, "own")
    assert.strictEqual(statusError({ code: 21200 }, { ...none, requestId: "call" }).requestId, "call")
  })
})

describe("an HTTP status without one of the protocol", () => {
  it.each<[number, string | undefined, object]>([
    [200, undefined, {}],
    [299, undefined, {}],
    [300, "NotFound", {}],
    [399, "NotFound", {}],
    [400, undefined, {}],
    [401, "Unauthorized", {}],
    [402, "QuotaExceeded", {}],
    [403, "Forbidden", {}],
    [404, "NotFound", {}],
    [405, "InvalidRequest", {}],
    [407, "Forbidden", {}],
    [408, "ServiceFailed", { httpStatus: 408 }],
    [409, "Conflict", {}],
    [410, "NotFound", {}],
    [413, "InvalidRequest", {}],
    [429, "RateLimited", { retryAfterMs: 7 }],
    [499, "InvalidRequest", {}],
    [500, "ServiceFailed", { httpStatus: 500 }],
    [503, "ServiceUnavailable", { retryAfterMs: 7, httpStatus: 503 }]
  ])("%i is %s", (http, tag, fields) => {
    const error = httpStatusError(http, "a page of a proxy", { ...none, model: "m", retryAfterMs: 7 })
    assert.strictEqual(error?._tag, tag)
    if (error === undefined) return
    const about = { model: "m", details: "a page of a proxy", ...fields }
    assert.deepInclude(Object.fromEntries(Object.entries(error)), about)
  })
})

describe("a call refused as a whole", () => {
  it.each<[string, errors.CallError, boolean]>([
    ["a rejected input", new errors.InputRejected({ retryable: false }), true],
    ["a conflict", new errors.Conflict({}), true],
    ["an invalid request without a number", new errors.InvalidRequest({}), true],
    ["a bad format", new errors.InvalidRequest({ code: Status.CONN_BAD_REQUEST_FORMAT }), true],
    ["a message that is too large", new errors.InvalidRequest({ code: Status.RPC_MAX_MESSAGE_SIZE_EXCEEDED }), true],
    ["a wrong option", new errors.InvalidRequest({ code: Status.CONN_DOES_NOT_EXIST }), false],
    ["an unknown model", new errors.NotFound({}), false],
    [
      "a failure of the service with that number",
      new errors.ServiceFailed({ code: Status.CONN_BAD_REQUEST_FORMAT }),
      false
    ]
  ])("for %s: whether one of its inputs may be the reason", (_, error, expected) => {
    assert.strictEqual(mayBeOneInput(error), expected)
  })
})
