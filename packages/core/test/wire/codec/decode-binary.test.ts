import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { decodeBinary } from "../../../src/wire/codec/decode-binary.ts"
import type { Decoded } from "../../../src/wire/codec/decode-json.ts"
import { encodeBinary } from "../../../src/wire/codec/encode-binary.ts"
import { ConceptWire } from "../../../src/wire/messages/concept-messages.ts"
import { DataWire, EmbeddingWire } from "../../../src/wire/messages/data-messages.ts"
import { InputWire } from "../../../src/wire/messages/input-messages.ts"
import type { Message } from "../../../src/wire/messages/message.ts"
import { ModelWire, OutputInfoWire } from "../../../src/wire/messages/model-messages.ts"
import { MultiOutputResponseWire } from "../../../src/wire/messages/output-messages.ts"
import { PointWire } from "../../../src/wire/messages/region-messages.ts"
import { StatusWire } from "../../../src/wire/messages/status-messages.ts"
import { PostWorkflowResultsRequestWire } from "../../../src/wire/messages/workflow-requests.ts"
import { messages } from "../messages.ts"
import { runs } from "../runs.ts"
import { AllKindsWire, binarySamples, fromHex } from "./all-kinds.ts"

const value = <A>(decoded: Decoded<A>): A => {
  if (!decoded.ok) throw new Error(decoded.problem.problem)
  return decoded.value
}
const problem = (decoded: Decoded<unknown>): string => (decoded.ok ? "none" : decoded.problem.problem)

const decodeHex = (hex: string, maxValues?: number) => decodeBinary(AllKindsWire, fromHex(hex), maxValues)

describe("decoding the binary form", () => {
  it.each(binarySamples)("reads %s as protobuf defines it", (_, expected, hex) => {
    assert.deepStrictEqual(value(decodeHex(hex)), expected)
  })
  it("reads numbers of a list together and one at a time, in one message too", () => {
    assert.deepStrictEqual(value(decodeHex("8801 01 8a01 03 02 9601 8801 05")), { numbers: [1, 2, 150, 5] })
    assert.deepStrictEqual(value(decodeHex("9501 0000003f 9201 04 cdcccc3d")), { floats: [0.5, 0.1] })
    assert.deepStrictEqual(value(decodeHex("c801 01 ca01 02 00 01")), { flags: [true, false, true] })
  })
  it("reads a field that only older services send", () => {
    assert.deepStrictEqual(value(decodeHex("c201 01 61")), { old: "a" })
  })
  it("reads a map's entry without a key, without a value, and in any order", () => {
    assert.deepStrictEqual(value(decodeHex("a201 04 12 02 10 01")), { byName: { "": { level: 1 } } })
    assert.deepStrictEqual<unknown>(value(decodeHex("a201 03 0a 01 6b")), { byName: { k: {} } })
    assert.deepStrictEqual(value(decodeHex("a201 07 12 02 10 01 0a 01 6b")), { byName: { k: { level: 1 } } })
  })
  it("takes the last of a map's entries with one key", () => {
    const [first, second] = ["a201 07 0a 01 6b 12 02 10 01", "a201 07 0a 01 6b 12 02 10 02"]
    assert.deepStrictEqual(value(decodeHex(first + second)), { byName: { k: { level: 2 } } })
  })
  it("gives maps whose members can be changed", () => {
    const { byName } = value(decodeHex("a201 07 0a 01 6b 12 02 10 01"))
    assert.deepStrictEqual(Object.getOwnPropertyDescriptor(byName, "k"), {
      value: { level: 1 },
      enumerable: true,
      configurable: true,
      writable: true
    })
  })
  it.each([
    ["a wrapper", "aa01 06 18 05 08 01 20 09", { maybe: true }],
    ["a time", "5a 08 18 05 08 01 22 02 08 09", { time: "1970-01-01T00:00:01Z" }],
    ["a map's entry", "a201 0a 18 05 0a 01 6b 22 01 61 12 00", { byName: { k: { level: 0 } } }],
    ["a list of texts, as a number", "8001 05 8201 01 61", { texts: ["a"] }],
    ["a single value, as a list", "1a 02 08 01 18 05", { int32: 5 }]
  ])("skips fields that it does not know within %s", (_, hex, expected) => {
    assert.deepStrictEqual<unknown>(value(decodeHex(hex)), expected)
  })
  it("counts every value, so that few bytes do not become much memory", () => {
    const few: ReadonlyArray<readonly [hex: string, values: number]> = [
      ["10 01 18 05", 2], // two fields
      ["8201 00 8201 00 8201 00", 3], // items of a list
      ["9201 08 0000003f cdcccc3d", 3], // the list and its two floats
      ["8a01 03 01 02 03", 4], // the list and its three integers
      ["7a 05 0a 01 61 10 07", 3], // a message and its fields
      ["aa01 02 08 01", 2], // a wrapper and its value
      ["5a 04 08 01 10 01", 3], // a time of two numbers
      ["a201 07 0a 01 6b 12 02 10 01", 4], // an entry, its key and value, and the value's field
      ["6a 09 0a 07 0a 01 61 12 02 08 00", 5], // free JSON: an entry, its key and value, and a null
      ["f801 00 f801 00", 2] // fields that the message does not have
    ]
    for (const [hex, values] of few) {
      assert.isTrue(decodeHex(hex, values).ok, `${hex} has ${values} values`)
      assert.match(problem(decodeHex(hex, values - 1)), /it has too many values$/, hex)
    }
  })
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
  it.each([
    ["text", "0a 05 61", ""],
    ["a message", "7a 05 0a 01 61", "it is cut short"],
    ["free JSON", "6a 09 0a 07", "it is cut short"],
    ["a list of floats", "9201 08 0000003f", "it is cut short"],
    ["a list of floats within a number", "9201 05 0000003f 00 10 01 10 01", "a list ends within a number"],
    ["a list of integers within a number", "8a01 01 96 01", "a list ends within a number"],
    ["an inner message by its own length", "7a 02 0a 01 61", "a field is longer than its message"]
  ])("when they cut %s", (_, hex, why) => {
    const decoded = decodeHex(hex)
    if (decoded.ok) return assert.fail("it was decoded")
    assert.strictEqual(decoded.problem.path, "")
    assert.match(decoded.problem.problem, new RegExp(`^expected a AllKinds in protobuf's binary form: .*${why}$`))
  })
  it("when messages nest in each other more than 100 times, and not before", () => {
    const nested = (levels: number): DataWire => {
      let data: DataWire = {}
      for (let level = 0; level < levels; level += 2) data = { regions: [{ data }] }
      return data
    }
    assert.isTrue(decodeBinary(DataWire, encodeBinary(DataWire, nested(100))).ok)
    assert.match(problem(decodeBinary(DataWire, encodeBinary(DataWire, nested(102)))), /: more than 100 levels$/)
  })
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
