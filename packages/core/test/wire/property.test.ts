import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { decode } from "../../src/wire/codec/decode-json.ts"
import { encode } from "../../src/wire/codec/encode-json.ts"
import type { Message } from "../../src/wire/messages/message.ts"
import { isDecoded } from "../../src/wire/codec/decoded-form.ts"
import { schemaOf } from "../../src/wire/codec/to-schema.ts"
import { arbitrary } from "./arbitrary.ts"
import { messages } from "./messages.ts"
import { runs } from "./runs.ts"

/** The known members only, at every level, as the encoder writes them; old members left out. */
const tidy = (message: Message<unknown>, json: unknown): unknown => {
  const decoded = decode(message, json)
  return decoded.ok ? encode(message, decoded.value) : decoded.problem
}

/** JSON with one value somewhere in it replaced. */
const spoiled = (json: unknown, at: number, by: unknown): unknown => {
  let count = 0
  const walk = (value: unknown): unknown => {
    if (count++ === at) return by
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, walk(member)]))
  }
  return walk(json)
}

describe("every message of the wire", () => {
  it("is one of these", () => assert.isAbove(messages.length, 100))
  it.each(messages.map((message) => [message.name, message] as const))("%s", (_, message) => {
    const fits = Schema.is(schemaOf(message))
    fc.assert(
      fc.property(arbitrary(message, { loose: false, depth: 4 }), (json) => {
        const decoded = decode(message, json)
        assert.isTrue(decoded.ok && Object.is(decoded.value, json), "what fits is given back as it is")
        assert.isTrue(fits(json), "and satisfies the schema")
        assert.deepStrictEqual(tidy(message, encode(message, json)), encode(message, json), "encoding is stable")
      }),
      { numRuns: runs(10) }
    )
    fc.assert(
      fc.property(arbitrary(message, { loose: true, depth: 4 }), (json) => {
        const before = structuredClone(json)
        const decoded = decode(message, json)
        assert.isTrue(decoded.ok, JSON.stringify(decoded))
        assert.deepStrictEqual(json, before, "nothing is mutated")
        if (!decoded.ok) return
        assert.isTrue(fits(decoded.value), "what is given satisfies the schema")
        const again = decode(message, decoded.value)
        assert.isTrue(again.ok && Object.is(again.value, decoded.value), "decoding twice is decoding once")
      }),
      { numRuns: runs(10) }
    )
    fc.assert(
      fc.property(
        arbitrary(message, { loose: false, depth: 4 }),
        fc.nat(20),
        fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom<unknown>(null, [], {}, "x", 0, true, [null], [{}])),
        (json, at, by) => {
          const json2 = spoiled(json, at, by)
          const quick = isDecoded(message, json2)
          const decoded = decode(message, json2)
          if (quick) assert.isTrue(fits(json2), "a recogniser says yes only to what fits")
          if (decoded.ok) assert.isTrue(fits(decoded.value), "what is accepted satisfies the schema")
          else assert.match(decoded.problem.problem, /^expected .+, found /)
        }
      ),
      { numRuns: runs(20) }
    )
  })
})
