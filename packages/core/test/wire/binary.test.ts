import * as fc from "fast-check"
import { describe, assert, it } from "@effect/vitest"
import { decodeBinary } from "../../src/wire/codec/decode-binary.ts"
import type { Decoded } from "../../src/wire/codec/decode-json.ts"
import { encodeBinary } from "../../src/wire/codec/encode-binary.ts"
import { encode } from "../../src/wire/codec/encode-json.ts"
import { arbitrary } from "./arbitrary.ts"
import { known, oneOrder, today } from "./differences.ts"
import { messages } from "./messages.ts"
import { fromProtoJson, meaning, meaningOfBytes, protoType } from "./protocol.ts"
import { protoJson } from "./proto-json.ts"
import { runs } from "./runs.ts"

const value = <A>(decoded: Decoded<A>): A => {
  if (!decoded.ok) throw new Error(decoded.problem.problem)
  return decoded.value
}
const both = messages.filter(({ name }) => name !== "StreamError").map((message) => [message.name, message] as const)

describe("the binary form of every message is the official one", () => {
  it.each(both)("%s, as we write it", (name, message) => {
    const type = protoType(name)
    fc.assert(
      fc.property(arbitrary(message, { loose: false, depth: 4 }), (given) => {
        const bytes = encodeBinary(message, given)
        const json = today(name, encode(message, given))
        assert.deepStrictEqual(meaningOfBytes(type, bytes), meaning(type, json))
        assert.deepStrictEqual(encodeBinary(message, value(decodeBinary(message, bytes))), bytes)
      }),
      { numRuns: runs(10) }
    )
  })
  it.each(both)("%s, as the official client writes it", (name, message) => {
    const type = protoType(name)
    fc.assert(
      fc.property(protoJson(type, 4).map(oneOrder), (json) => {
        const bytes = type.encode(fromProtoJson(type, json)).finish()
        const written = encode(message, value(decodeBinary(message, bytes)))
        assert.deepStrictEqual(meaning(type, written), meaning(type, known(message, json)))
      }),
      { numRuns: runs(10) }
    )
  })
})
