import { assert, describe, it } from "@effect/vitest"
import { gatewayError } from "../../src/call/gateway-error.ts"
import { noSecrets, Secrets } from "../../src/errors/secrets.ts"
import { prediction } from "./runtime.ts"

describe("an error line of a gateway", () => {
  it.each([
    [3, "InvalidRequest"],
    [5, "NotFound"],
    [7, "Forbidden"],
    [8, "ServiceUnavailable"],
    [14, "ServiceUnavailable"],
    [16, "Unauthorized"],
    [13, "ServiceFailed"],
    [undefined, "ServiceFailed"]
  ])("has the class of its gRPC number %s", (code, tag) => {
    assert.strictEqual(gatewayError(code === undefined ? {} : { code }, prediction, noSecrets)._tag, tag)
    assert.strictEqual(gatewayError(code === undefined ? {} : { grpc_code: code }, prediction, noSecrets)._tag, tag)
  })
  it("goes by the newer number where there are both", () => {
    assert.strictEqual(gatewayError({ code: 5, grpc_code: 16 }, prediction, noSecrets)._tag, "NotFound")
  })
  it("has its message without secrets, and the model", () => {
    const error = gatewayError(
      { code: 13, message: "broke with third-party-key" },
      prediction,
      new Secrets(["third-party-key"])
    )
    assert.deepInclude(error, { model: "m", details: "broke with <redacted>" })
    assert.deepInclude(gatewayError({ code: 13 }, prediction, noSecrets), { details: "the stream broke" })
  })
})
