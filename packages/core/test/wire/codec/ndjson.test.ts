import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { makeStreamReader, type StreamMessage } from "../../../src/wire/codec/ndjson.ts"

const encoder = new TextEncoder()
const pieces = ["The", " future", " of", "", " Zürich", " 🚂🚃", "\n\n", "\u2028 “train”", " 日本"]
const status = { code: 10000, description: "Ok" }
const lineOf = (raw: string) =>
  `${JSON.stringify({ result: { status, outputs: [{ status, data: { text: { raw } } }] } })}\n`
const whole = encoder.encode(pieces.map(lineOf).join(""))

const textOf = (messages: ReadonlyArray<StreamMessage>): string =>
  messages.map((m) => (m.type === "result" ? (m.result.outputs[0]?.data?.text?.raw ?? "") : "")).join("")
const read = (...chunks: ReadonlyArray<Uint8Array>): ReadonlyArray<StreamMessage> => {
  const reader = makeStreamReader()
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()]
}

describe("a streamed answer", () => {
  it("is whole however its bytes are cut into two", () => {
    for (let at = 0; at <= whole.length; at++) {
      const messages = read(whole.subarray(0, at), whole.subarray(at))
      assert.strictEqual(textOf(messages), pieces.join(""))
      assert.isTrue(messages.every((m) => m.type === "result"))
    }
  })
  it("is whole however its bytes are cut into many", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length)), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), whole.length]
        const chunks = at.slice(1).map((end, i) => whole.slice(at[i], end))
        assert.strictEqual(textOf(read(...chunks)), pieces.join(""))
      }),
      { numRuns: 200 }
    )
  })
  it("that ends early gives exactly the text so far, and says so", () => {
    let ends = 0
    const lineEnds = pieces.map((raw) => (ends += encoder.encode(lineOf(raw)).length))
    for (let at = 0; at <= whole.length; at++) {
      const messages = read(whole.subarray(0, at))
      const complete = lineEnds.filter((end) => end <= at + 1).length // the line break itself may be missing
      assert.strictEqual(textOf(messages), pieces.slice(0, complete).join(""))
      const between = at === 0 || lineEnds.includes(at) || lineEnds.includes(at + 1)
      const last = messages.at(-1)
      if (between) assert.notStrictEqual(last?.type, "malformed")
      else
        assert.deepStrictEqual(last, {
          type: "malformed",
          problem: { path: "", problem: "the stream ends in the middle of a message" }
        })
    }
  })
  it("may be cut within a buffer that is used again", () => {
    const reader = makeStreamReader()
    const buffer = new Uint8Array(7)
    const messages: Array<StreamMessage> = []
    for (let at = 0; at < whole.length; at += 7) {
      const part = whole.subarray(at, at + 7)
      buffer.set(part)
      messages.push(...reader.push(buffer.subarray(0, part.length)))
    }
    assert.strictEqual(textOf([...messages, ...reader.end()]), pieces.join(""))
  })
  it("may have blank lines, CRLF, no last line break and no envelope", () => {
    const bare = JSON.stringify({ status, outputs: [{ data: { text: { raw: "c" } } }] })
    const text = `\n${lineOf("a").trim()}\r\n\r\n  \n${lineOf("b")}${bare}`
    const messages = read(encoder.encode(text))
    assert.strictEqual(textOf(messages), "abc")
    assert.lengthOf(messages, 3)
  })
  it("ends with an error line of either age", () => {
    assert.deepStrictEqual(
      read(encoder.encode(`${lineOf("a")}{"error":{"code":13,"message":"boom","details":[]}}\n`)).at(-1),
      {
        type: "error",
        error: { code: 13, message: "boom", details: [] } as object
      }
    )
    const old = read(encoder.encode(`{"error":{"grpc_code":14,"http_code":503,"message":"m","http_status":"x"}}`))[0]
    assert.isTrue(old?.type === "error" && old.error.grpc_code === 14 && old.error.http_code === 503)
  })
  it("says what is wrong with a line", () => {
    const problem = (text: string) => {
      const message = read(encoder.encode(`${text}\n`))[0]
      return message?.type === "malformed" ? `${message.problem.path}: ${message.problem.problem}` : message?.type
    }
    assert.strictEqual(problem("<html>"), ": expected a line of JSON, found other text")
    assert.strictEqual(problem(`{"result":{"outputs":[]}}`), "result.status: expected a value, found nothing")
    assert.strictEqual(problem(`{"other":1}`), "status: expected a value, found nothing")
    const spoiled = encoder.encode(lineOf("é")).map((byte) => (byte === 0xc3 ? 0xff : byte))
    assert.strictEqual(read(spoiled)[0]?.type, "malformed")
  })
  it("that never ends its line is refused before it fills the memory", () => {
    const reader = makeStreamReader({ maxLineBytes: 1000 })
    const messages = Array.from({ length: 20 }, () => reader.push(new Uint8Array(100).fill(0x61))).flat()
    assert.deepStrictEqual(messages[0], {
      type: "malformed",
      problem: { path: "", problem: "expected lines of at most 1000 bytes, found a longer one" }
    })
  })
  it("may have lines of just as many bytes as are allowed, in parts", () => {
    const line = encoder.encode(lineOf("a").trim().padEnd(1000))
    for (const maxLineBytes of [999, 1000]) {
      const reader = makeStreamReader({ maxLineBytes })
      const messages = [line.subarray(0, 400), line.subarray(400)].flatMap((part) => reader.push(part))
      assert.deepStrictEqual(
        messages.map(({ type }) => type),
        maxLineBytes === 1000 ? [] : ["malformed"]
      )
      if (maxLineBytes === 1000) assert.strictEqual(textOf(reader.push(Uint8Array.of(10))), "a")
    }
  })
  it("counts the bytes of each line by themselves", () => {
    const line = encoder.encode(lineOf("a"))
    const reader = makeStreamReader({ maxLineBytes: line.length })
    for (let lines = 0; lines < 5; lines++)
      assert.lengthOf(
        [line.subarray(0, 9), line.subarray(9)].flatMap((part) => reader.push(part)),
        1
      )
  })
  it("is malformed by a line of so many values that it would fill the memory", () => {
    assert.deepStrictEqual(read(encoder.encode(`${"[".repeat(6_000_001)}\n`)), [
      {
        type: "malformed",
        problem: { path: "", problem: "expected lines of at most 6000000 values, found one of more" }
      }
    ])
  })
})
