import { assert, describe, it } from "@effect/vitest"
import type { Call } from "../../src/call/attempt.ts"
import { retryAfterOf, retryRequest } from "../../src/call/retry-decision.ts"
import {
  type CallError,
  Conflict,
  InputRejected,
  MalformedAnswer,
  ModelNotReady,
  NotFound,
  RateLimited,
  ServiceFailed,
  ServiceUnavailable,
  TimedOut,
  Unreachable
} from "../../src/errors/errors.ts"
import { prediction } from "./runtime.ts"

const { intent: _, ...write } = prediction
const read: Call = { ...write, method: "GET" }
const reset = new Unreachable({ reason: "reset", sent: true, cause: undefined })
const unsent = new Unreachable({ reason: "refused", sent: false, cause: undefined })

describe("a failure of work that was certainly not done", () => {
  it.each<[string, CallError, object]>([
    ["throttling", new RateLimited({}), { cause: "throttle", retryAfterMs: undefined }],
    ["throttling for a time", new RateLimited({ retryAfterMs: 7 }), { cause: "throttle", retryAfterMs: 7 }],
    ["an outage", new ServiceUnavailable({}), { cause: "failure", retryAfterMs: undefined }],
    ["an outage for a time", new ServiceUnavailable({ retryAfterMs: 9 }), { cause: "throttle", retryAfterMs: 9 }],
    ["a request that never left", unsent, { cause: "failure", retryAfterMs: undefined }],
    [
      "a model that loads",
      new ModelNotReady({ code: 21355, willBeReady: true }),
      { cause: "warm-up", retryAfterMs: undefined }
    ]
  ])("is repeated whatever the call: %s", (_name, error, request) => {
    for (const call of [read, write, prediction]) assert.deepStrictEqual(retryRequest(error, call, "safe"), request)
  })
})

describe("a failure that leaves open whether the work was done", () => {
  const undecided: ReadonlyArray<[string, CallError]> = [
    ["a reset connection", reset],
    ["an attempt that took too long", new TimedOut({ what: "attempt", timeoutMs: 1 })],
    ["an answer that broke off", new MalformedAnswer({ problem: "it broke off (ECONNRESET)" })],
    ["a gateway's 408", new ServiceFailed({ httpStatus: 408 })],
    ["a gateway's 502", new ServiceFailed({ httpStatus: 502 })],
    ["a gateway's 504", new ServiceFailed({ httpStatus: 504 })],
    ["a gateway's 409", new Conflict({})]
  ]
  it.each(undecided)("is repeated for a read: %s", (_name, error) => {
    assert.deepStrictEqual(retryRequest(error, read, "safe"), { cause: "failure", retryAfterMs: undefined })
    assert.isDefined(retryRequest(error, { ...write, intent: "read" }, undefined))
  })
  it.each(undecided)("is repeated for a prediction where the caller wants that: %s", (_name, error) => {
    assert.isUndefined(retryRequest(error, prediction, "safe"))
    assert.isUndefined(retryRequest(error, prediction, undefined))
    assert.isDefined(retryRequest(error, prediction, "always"))
  })
  it.each(undecided)("is never repeated for a write: %s", (_name, error) => {
    assert.isUndefined(retryRequest(error, write, "always"))
    assert.isUndefined(retryRequest(error, { ...read, intent: "write" }, "always"))
  })
})

describe("a failure that lasts", () => {
  it.each<[string, CallError]>([
    ["a certificate", new Unreachable({ reason: "CERT", sent: true, lasting: true, cause: undefined })],
    ["the run's own deadline", new TimedOut({ what: "run", timeoutMs: 1 })],
    ["a malformed answer", new MalformedAnswer({ problem: "it has no status" })],
    ["a fault inside the service", new ServiceFailed({ httpStatus: 500 })],
    ["a fault with a status", new ServiceFailed({ code: 98004, httpStatus: 502 })],
    ["a fault without a number", new ServiceFailed({})],
    ["an id in use", new Conflict({ code: 30100 })],
    ["a model that nobody deployed", new ModelNotReady({ code: 21102, willBeReady: false })],
    ["a bad input", new InputRejected({ retryable: true })],
    ["a wrong id", new NotFound({})]
  ])("is repeated for no call: %s", (_name, error) => {
    for (const call of [read, write, prediction]) assert.isUndefined(retryRequest(error, call, "always"))
  })
})

it("how long a failure asks to wait is its own", () => {
  assert.strictEqual(retryAfterOf(new RateLimited({ retryAfterMs: 5 })), 5)
  assert.isUndefined(retryAfterOf(new NotFound({})))
})
