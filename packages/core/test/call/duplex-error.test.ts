import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { duplexNetworkError, duplexStatusError } from "../../src/call/duplex-error.ts"
import type { CallError } from "../../src/errors/errors.ts"
import type { DuplexCall } from "../../src/connection/duplex.ts"

const call: DuplexCall = {
  settings: {
    baseUrl: "https://x.test/v2?key=1",
    authorization: Redacted.make("Key authorization-1"),
    sessionToken: undefined,
    userId: undefined,
    appId: undefined,
    keyIsAppBound: true
  },
  path: "/v2/models/outputs/stream",
  model: "m",
  timeoutMs: 5,
  requests: Stream.empty
}

describe("the error of a stream both ways", () => {
  it("that the network broke says where it went, without secrets", () => {
    const error = duplexNetworkError(call, new Error("reset with authorization-1"))
    assert(error._tag === "Unreachable")
    assert.deepInclude(error, { model: "m", sent: true, reason: "reset with <redacted>" })
    assert.include(error.origin, "x.test")
    const refused = duplexNetworkError(call, Object.assign(new Error("no"), { code: "ECONNREFUSED" }))
    assert.deepInclude(refused, { _tag: "Unreachable", sent: false })
  })
  it.each<[number, CallError["_tag"]]>([
    [401, "Unauthorized"],
    [404, "NotFound"],
    [429, "RateLimited"],
    [503, "ServiceUnavailable"],
    [500, "ServiceFailed"],
    [400, "InvalidRequest"]
  ])("that the service ended goes by the status that HTTP has for it (%i)", (http, tag) => {
    const error = duplexStatusError(call, http, "why")
    assert.deepInclude(error, { _tag: tag, model: "m", details: "why" })
  })
})
