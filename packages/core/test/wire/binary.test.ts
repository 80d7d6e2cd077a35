import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { decodeBinary } from "../../src/wire/codec/decode-binary.ts"
import type { Decoded } from "../../src/wire/codec/decode-json.ts"
import { encodeBinary } from "../../src/wire/codec/encode-binary.ts"
import { encode } from "../../src/wire/codec/encode-json.ts"
import { ConceptWire } from "../../src/wire/messages/concept-messages.ts"
import { DataWire, EmbeddingWire } from "../../src/wire/messages/data-messages.ts"
import { InputWire } from "../../src/wire/messages/input-messages.ts"
import type { Message } from "../../src/wire/messages/message.ts"
import { ModelWire, OutputInfoWire } from "../../src/wire/messages/model-messages.ts"
import { MultiOutputResponseWire } from "../../src/wire/messages/output-messages.ts"
import { PointWire } from "../../src/wire/messages/region-messages.ts"
import { StatusWire } from "../../src/wire/messages/status-messages.ts"
import { PostWorkflowResultsRequestWire } from "../../src/wire/messages/workflow-requests.ts"
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
const problem = (decoded: Decoded<unknown>): string => (decoded.ok ? "none" : decoded.problem.problem)
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

describe("decoding the binary form", () => {
  const concept = { id: "a", name: "train", value: 0.998_911_2, created_at: "2024-05-01T10:00:00.123456789Z" }
  it("gives what JSON gives", () => {
    assert.deepStrictEqual<unknown>(value(decodeBinary(ConceptWire, encodeBinary(ConceptWire, concept))), concept)
  })
  it("takes an absent value of a concept for 0, where JSON takes it for 1", () => {
    assert.deepStrictEqual<unknown>(value(decodeBinary(ConceptWire, Uint8Array.of(10, 1, 97))), { id: "a", value: 0 })
    assert.deepStrictEqual(value(decodeBinary(ConceptWire, new Uint8Array())), { value: 0 })
  })
  it("keeps bytes as bytes of their own", () => {
    const message = encodeBinary(DataWire, { image: { base64: "AQID" } })
    const image = value(decodeBinary(DataWire, message)).image?.base64
    assert.deepStrictEqual(image, Uint8Array.of(1, 2, 3))
    assert.notStrictEqual((image as Uint8Array).buffer, message.buffer)
  })
  it("reads lists of numbers packed and not packed", () => {
    const packed = value(decodeBinary(EmbeddingWire, Uint8Array.of(10, 8, 0, 0, 128, 63, 0, 0, 0, 64)))
    const single = value(decodeBinary(EmbeddingWire, Uint8Array.of(13, 0, 0, 128, 63, 13, 0, 0, 0, 64)))
    assert.deepStrictEqual(packed, { vector: [1, 2] })
    assert.deepStrictEqual(single, { vector: [1, 2] })
  })
  it("merges a message that comes in parts, and takes the last of a single value", () => {
    const parts = [
      encodeBinary(InputWire, { id: "a", data: { image: { url: "u" }, concepts: [{ id: "x", value: 1 }] } }),
      encodeBinary(InputWire, { id: "b", data: { image: { allow_duplicate_url: true }, concepts: [{ value: 1 }] } })
    ]
    assert.deepStrictEqual<unknown>(value(decodeBinary(InputWire, Buffer.concat(parts))), {
      id: "b",
      data: { image: { url: "u", allow_duplicate_url: true }, concepts: [{ id: "x", value: 1 }, { value: 1 }] }
    })
  })
  it("skips unknown fields of every wire type, and known fields of another one", () => {
    const unknown = [
      [0xa0, 0x06, 1],
      [0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8],
      [0xa2, 0x06, 2, 1, 2],
      [0xa3, 0x06, 8, 1, 0xa4, 0x06],
      [0xa5, 0x06, 1, 2, 3, 4],
      [8, 1],
      [26, 1, 1]
    ]
    const bytes = Uint8Array.from([...unknown.flat(), 10, 1, 97, ...unknown.flat()])
    assert.deepStrictEqual<unknown>(value(decodeBinary(ConceptWire, bytes)), { id: "a", value: 0 })
  })
  it("reads text of any length and script, and keys that are called __proto__", () => {
    const text = "é😀".repeat(200)
    const metadata = JSON.parse(`{"__proto__":{"a":[1,null,true,{"b":"c"}]},"constructor":"x"}`) as object
    const model = { id: text, metadata: { ...metadata }, name: "x".repeat(300) }
    assert.deepStrictEqual<unknown>(value(decodeBinary(ModelWire, encodeBinary(ModelWire, model))), model)
    const selectors = JSON.parse(`{"__proto__":{"deployment":{"id":"d"}},"n":{}}`) as Record<string, object>
    const request = { inputs: [], node_runner_selectors: selectors }
    const back = value(
      decodeBinary(PostWorkflowResultsRequestWire, encodeBinary(PostWorkflowResultsRequestWire, request))
    )
    assert.deepStrictEqual(Object.entries(back.node_runner_selectors ?? {}), Object.entries(selectors))
    assert.strictEqual(Object.getPrototypeOf(back.node_runner_selectors), Object.prototype)
  })
  it("reads numbers at the ends of their ranges", () => {
    const data = { int_value: -Number.MAX_SAFE_INTEGER, float_value: -Number.MIN_VALUE }
    assert.deepStrictEqual(value(decodeBinary(DataWire, encodeBinary(DataWire, data))), data)
    const point = { row: 3.402_823_5e38, col: -1e-45, z: Number.NaN, visibility: -1 }
    assert.deepStrictEqual<unknown>(value(decodeBinary(PointWire, encodeBinary(PointWire, point))), point)
    const status = { code: 2 ** 31 - 1, percent_completed: 2 ** 32 - 1 }
    assert.deepStrictEqual<unknown>(value(decodeBinary(StatusWire, encodeBinary(StatusWire, status))), status)
  })
})

describe("malformed bytes are a problem, never a crash", () => {
  const whole = encodeBinary(MultiOutputResponseWire, {
    status: { code: 10000, description: "Ok" },
    outputs: [
      {
        id: "o",
        created_at: "2024-05-01T10:00:00Z",
        data: {
          concepts: [{ id: "a", name: "ä", value: 0.5 }],
          embeddings: [{ vector: [1, 2, 3] }],
          metadata: { a: [1, { b: null }] },
          image: { base64: "AQID" }
        }
      }
    ]
  })
  it("when they are cut", () => {
    let problems = 0
    for (let length = 0; length < whole.length; length++) {
      const decoded = decodeBinary(MultiOutputResponseWire, whole.subarray(0, length))
      if (!decoded.ok) problems++
    }
    // It is a message only where the status alone was read.
    assert.strictEqual(problems, whole.length - 1)
  })
  it("when any of them is another", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const bytes = whole.slice()
          for (const [at, byte] of changes) bytes[at] = byte
          const decoded = decodeBinary(MultiOutputResponseWire, bytes)
          if (!decoded.ok)
            assert.match(decoded.problem.problem, /^expected a MultiOutputResponse in protobuf's binary form/)
        }
      ),
      { numRuns: runs(2000) }
    )
  })
  it("when they are random", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(messages.length - 1), (bytes, at) => {
        const message: Message<unknown> = messages[at] ?? StatusWire
        assert.isDefined(decodeBinary(message, bytes).ok)
      }),
      { numRuns: runs(2000) }
    )
  })
  it("when messages nest without end", () => {
    let data: DataWire = {}
    for (let level = 0; level < 200; level++) data = { regions: [{ data }] }
    assert.match(problem(decodeBinary(DataWire, encodeBinary(DataWire, data))), /more than 100 levels/)
    let params: Record<string, unknown> = {}
    for (let level = 0; level < 200; level++) params = { a: [params] }
    assert.match(
      problem(decodeBinary(OutputInfoWire, encodeBinary(OutputInfoWire, { params }))),
      /more than 100 levels/
    )
  })
  it("when a required field is absent, text is not UTF-8, a time is out of range or a number is 0", () => {
    assert.match(problem(decodeBinary(MultiOutputResponseWire, new Uint8Array())), /it has no status$/)
    assert.match(problem(decodeBinary(ConceptWire, Uint8Array.of(10, 1, 0xff))), /^expected a Concept/)
    assert.match(
      problem(decodeBinary(ConceptWire, Uint8Array.of(34, 11, 16, ...Array(9).fill(255), 1))),
      /^expected a Concept/
    )
    assert.match(
      problem(decodeBinary(ConceptWire, Uint8Array.of(34, 10, 8, ...Array(8).fill(255), 127))),
      /out of range$/
    )
    assert.match(problem(decodeBinary(ConceptWire, Uint8Array.of(2, 0))), /number 0$/)
    assert.match(
      problem(decodeBinary(ConceptWire, Uint8Array.of(10, 255, 255, 255, 255, 15, 97))),
      /^expected a Concept/
    )
    assert.match(problem(decodeBinary(EmbeddingWire, Uint8Array.of(10, 3, 0, 0, 0))), /^expected a Embedding/)
    assert.match(problem(decodeBinary(DataWire, Uint8Array.of(10, 2, 10, 1, 97))), /longer than its message$/)
  })
})

describe("encoding the binary form", () => {
  it("leaves out zero values, unknown and undefined fields", () => {
    const concept = { id: "", name: undefined, value: 0, extra: 1 } as unknown as ConceptWire // as JavaScript callers do
    assert.strictEqual(encodeBinary(ConceptWire, concept).length, 0)
    assert.strictEqual(encodeBinary(ModelWire, { workflow_recommended: false }).length, 3)
    assert.strictEqual(encodeBinary(DataWire, { image: {} }).length, 2)
    assert.strictEqual(encodeBinary(DataWire, { concepts: [], metadata: {} }).length, 2)
    assert.strictEqual(encodeBinary(PointWire, { row: -0, col: 0 }).length, 5)
  })
  it("leaves out of free JSON what JSON.stringify does", () => {
    const metadata = { a: undefined, b: () => 1, c: [undefined, Symbol("s")], d: null }
    assert.deepStrictEqual(value(decodeBinary(DataWire, encodeBinary(DataWire, { metadata }))), {
      metadata: { c: [null, null], d: null }
    })
  })
  it("says which field does not hold what it should, and not what it holds", () => {
    const wrong: ReadonlyArray<readonly [unknown, string]> = [
      [{ id: 5 }, "Concept.id does not hold a value of kind string"],
      [{ value: "secret" }, "Concept.value does not hold a value of kind float"],
      [{ value: 1, created_at: "secret" }, "Concept.created_at does not hold a value of kind timestamp"],
      [{ value: 1, visibility: { gettable: 0.5 } }, "Visibility.gettable does not hold a value of kind enum"]
    ]
    for (const [given, message] of wrong)
      assert.throws(() => encodeBinary(ConceptWire, given as ConceptWire), TypeError, message)
    assert.throws(
      () => encodeBinary(DataWire, { image: { base64: "!" } }),
      "Image.base64 does not hold a value of kind bytes"
    )
    assert.throws(
      () => encodeBinary(DataWire, { concepts: {} as [] }),
      "Data.concepts does not hold a value of kind message"
    )
    assert.throws(() => encodeBinary(StatusWire, { code: 1, percent_completed: -1 }), "Status.percent_completed")
    assert.throws(() => encodeBinary(DataWire, { int_value: 1.5 }), "Data.int_value")
    assert.throws(() => encodeBinary(DataWire, { bool_value: 1 as unknown as boolean }), "Data.bool_value")
  })
  it("writes more than any buffer holds at first", () => {
    const base64 = new Uint8Array(300_000).fill(7)
    const inputs = Array.from({ length: 5 }, (_, at) => ({ id: String(at), data: { image: { base64 } } }))
    for (const input of inputs)
      assert.deepStrictEqual<unknown>(value(decodeBinary(InputWire, encodeBinary(InputWire, input))), input)
  })
})
