import { assert, describe, it } from "@effect/vitest"
import { dataJson, hasData } from "@sightline/fixtures"
import { decode } from "../../src/wire/codec/decode-json.ts"
import { BaseResponseWire } from "../../src/wire/messages/status-messages.ts"
import { MultiOutputResponseWire } from "../../src/wire/messages/output-messages.ts"

interface Exchange {
  readonly name: string
  readonly response?: string
  readonly statusCode?: number
  readonly outputStatusCodes?: ReadonlyArray<number>
  readonly parses?: boolean
}

describe.skipIf(!hasData("wire"))("recorded answers", () => {
  const exchanges = hasData("wire")
    ? (dataJson("wire/index.json") as { readonly exchanges: ReadonlyArray<Exchange> }).exchanges
    : []
  it.each(exchanges.filter((exchange) => exchange.response !== undefined && exchange.parses !== false))(
    "$name decodes",
    (exchange) => {
      const json: unknown = dataJson("wire", exchange.response ?? "")
      const base = decode(BaseResponseWire, json)
      assert.strictEqual(base.ok && base.value.status.code, exchange.statusCode)
      const outputs = decode(MultiOutputResponseWire, json)
      assert.isTrue(outputs.ok, JSON.stringify(outputs.ok || outputs.problem))
      if (exchange.outputStatusCodes && outputs.ok)
        assert.deepStrictEqual(
          outputs.value.outputs.map((output) => output.status?.code),
          [...exchange.outputStatusCodes]
        )
    }
  )
})
