import { assert, describe, it } from "@effect/vitest"
import { dataJson, hasData } from "@sightline/fixtures"
import { decode } from "../../src/wire/codec/decode-json.ts"
import { statusCode, statusInfo, statusInfos } from "../../src/wire/messages/status-info.ts"
import { StatusWire } from "../../src/wire/messages/status-messages.ts"

describe("status numbers", () => {
  it("say what a caller may do", () => {
    assert.deepStrictEqual(statusInfo(11005), {
      code: 11005,
      name: "CONN_THROTTLED",
      class: "rate-limit",
      retryable: true,
      http: 429
    })
    assert.strictEqual(statusInfo(10010)?.class, "mixed")
    assert.strictEqual(statusInfo(21351)?.class, "transient-retryable")
    assert.strictEqual(statusInfo(21102)?.class, "model-training")
    assert.strictEqual(statusInfo(21103)?.class, "pending")
    assert.strictEqual(statusInfo(98004)?.class, "server")
    assert.isUndefined(statusInfo(12345))
  })
  it("only what was not done may be repeated", () => {
    for (const info of statusInfos())
      if (info.retryable) assert.include(["rate-limit", "transient-retryable", "input"], info.class, info.name)
  })
  it("are found by name, deprecated ones too", () => {
    for (const info of statusInfos()) assert.strictEqual(statusCode(info.name), info.code)
    assert.strictEqual(statusCode("INPUT_DOWNLOAD_PENDING"), 30001)
    assert.isUndefined(statusCode("SOMETHING_ELSE"))
    assert.isUndefined(statusCode("constructor"))
  })
  it.skipIf(!hasData("wire"))("are all of those that were published", () => {
    const published = dataJson("wire/status-codes.json") as Record<string, string>
    for (const [code, name] of Object.entries(published)) assert.strictEqual(statusCode(name), Number(code))
  })
})

describe("a status", () => {
  it("has its number as a number or by name, and keeps what is new", () => {
    assert.deepStrictEqual(decode(StatusWire, { code: "CONN_THROTTLED", mood: "grumpy" }), {
      ok: true,
      value: { code: 11005, mood: "grumpy" } as StatusWire
    })
    assert.deepStrictEqual(decode(StatusWire, { code: "10000" }), { ok: true, value: { code: 10000 } })
    assert.deepStrictEqual(decode(StatusWire, { code: 4711 }), { ok: true, value: { code: 4711 } })
    assert.deepStrictEqual(decode(StatusWire, { code: "BRAND_NEW" }), { ok: true, value: { code: 0 } })
  })
})
