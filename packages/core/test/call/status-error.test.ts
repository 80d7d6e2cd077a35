import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as errors from "../../src/errors/errors.ts"
import { statusError, isRetryable, isRetryableItem, isSuccess } from "../../src/call/status-error.ts"
import { noSecrets } from "../../src/errors/secrets.ts"
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
