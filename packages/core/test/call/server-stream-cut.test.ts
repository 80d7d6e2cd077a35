// Streams that are cut: whatever arrived before is exact, and whatever did not is told.
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { createServer, type Server, type Socket } from "node:net"
import { afterAll, beforeAll } from "vitest"
import { clarifai, model, type PredictError, sightline } from "../../src/index.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"
import { runs } from "../wire/runs.ts"
import { cutsOf } from "./cuts.ts"

const llm = model({ id: "llm", task: "text-to-text" })
const encoder = new TextEncoder()
const lineOf = (raw: string, end = "\n") =>
  `${JSON.stringify({ result: { status: { code: 10000 }, outputs: [{ status: { code: 10000 }, data: { text: { raw } } }] } })}${end}`

/** The text so far, and how it ended. */
const read = async (generation: AsyncIterable<{ readonly text: string }>) => {
  let text = ""
  try {
    for await (const piece of generation) text += piece.text
    return { text, error: undefined }
  } catch (error) {
    return { text, error: error as PredictError }
  }
}

const joined = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** The bytes in chunks of those sizes, over and over. */
const chunksOf = (bytes: Uint8Array, sizes: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const chunks: Array<Uint8Array> = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    chunks.push(bytes.slice(at, at + size))
    at += size
  }
  return chunks
}

const bodyOf = (chunks: ReadonlyArray<Uint8Array>, end: "close" | "break") => {
  let at = 0
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = chunks[at++]
      if (chunk !== undefined) controller.enqueue(chunk)
      else if (end === "close") controller.close()
      else controller.error(new TypeError("terminated"))
    }
  })
}

const written = fc.record({
  pieces: fc.array(fc.string({ unit: "grapheme", maxLength: 6 }), { minLength: 1, maxLength: 4 }),
  ends: fc.constantFrom("\n", "\r\n", "\n\n", "\n \n"),
  sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 })
})

describe("a streamed answer of any text, in chunks of any size", () => {
  it("that breaks after any byte gives the exact text so far and a typed error", async () => {
    await fc.assert(
      fc.asyncProperty(written, async ({ ends, pieces, sizes }) => {
        const lines = pieces.map((piece) => encoder.encode(lineOf(piece, ends)))
        const body = joined(lines)
        for (const cut of cutsOf(body)) {
          const chunks = chunksOf(body.slice(0, cut), sizes)
          const app = sightline(fakeConnection(() => new Response(bodyOf(chunks, "break"))))
          const { error, text } = await read(app.text("q").generate(llm))
          const complete = pieces.filter((piece, i) => {
            const before = lines.slice(0, i).reduce((sum, line) => sum + line.length, 0)
            return before + encoder.encode(lineOf(piece)).length - 1 + ends.indexOf("\n") + 1 <= cut
          })
          assert.strictEqual(text, complete.join(""), `cut after byte ${cut}`)
          assert.strictEqual(error?._tag, "MalformedAnswer", `cut after byte ${cut}`)
        }
      }),
      { numRuns: runs(3) }
    )
  })
  it("that ends after any byte gives a typed error unless it ends between pieces, and never a broken piece", async () => {
    await fc.assert(
      fc.asyncProperty(written, async ({ ends, pieces, sizes }) => {
        const lines = pieces.map((piece) => encoder.encode(lineOf(piece, ends)))
        const body = joined(lines)
        let at = 0
        // A message is whole without its line's end too: nothing of it is missing.
        const whole = pieces.map((piece, i) => {
          const from = at
          at += lines[i]?.length ?? 0
          return { from, to: at, json: from + encoder.encode(lineOf(piece, "")).length }
        })
        for (const cut of cutsOf(body)) {
          const chunks = chunksOf(body.slice(0, cut), sizes)
          const app = sightline(fakeConnection(() => new Response(bodyOf(chunks, "close"))))
          const { error, text } = await read(app.text("q").generate(llm))
          const complete = whole.filter(({ json }) => json <= cut).length
          assert.strictEqual(text, pieces.slice(0, complete).join(""), `cut after byte ${cut}`)
          const between = cut > 0 && whole.every(({ from, json }) => cut <= from || cut >= json)
          assert.strictEqual(error?._tag, between ? undefined : "MalformedAnswer", `cut after byte ${cut}`)
        }
      }),
      { numRuns: runs(3) }
    )
  })
})

describe("a streamed answer over a socket", () => {
  const pieces = ["The", " future", " of", " Zürich", " 🚂", ""]
  const lines = pieces.map((piece) => encoder.encode(lineOf(piece)))
  const chunk = (bytes: Uint8Array) =>
    joined([encoder.encode(`${bytes.length.toString(16)}\r\n`), bytes, encoder.encode("\r\n")])
  const head = encoder.encode("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
  const answer = joined([head, ...lines.map(chunk), encoder.encode("0\r\n\r\n")])
  // where each piece's line is complete on the wire
  const complete = lines.map((_, i) => head.length + joined(lines.slice(0, i + 1).map(chunk)).length - 2)

  let server: Server | undefined
  let cut = 0
  let hard = false
  const serve = (socket: Socket) => {
    let asked = ""
    socket.on("error", () => {})
    socket.on("data", (data) => {
      asked += data.toString("latin1")
      const [top = "", rest] = asked.split("\r\n\r\n")
      if (rest === undefined || rest.length < Number(/content-length: (\d+)/i.exec(top)?.[1] ?? 0)) return
      asked = ""
      socket.write(answer.slice(0, cut), () => (hard ? socket.resetAndDestroy() : socket.end()))
    })
  }
  beforeAll(async () => {
    server = createServer(serve)
    await new Promise<void>((done) => {
      server?.listen(0, "127.0.0.1", done)
    })
  })
  afterAll(() => server?.close())

  it("that is closed after any byte gives the exact text so far and a typed error, or the exact whole", async () => {
    const address = server?.address()
    const baseUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
    const connection = clarifai({ apiKey: "k", baseUrl, rate: { perSecond: Infinity }, limits: { maxAttempts: 1 } })
    await using app = sightline(connection)
    for (cut of cutsOf(answer)) {
      const { error, text } = await read(app.text("q").generate(llm))
      const expected = pieces.filter((_, i) => (complete[i] ?? 0) <= cut).join("")
      assert.strictEqual(text, expected, `cut after byte ${cut}`)
      if (cut >= answer.length) assert.isUndefined(error)
      else assert.include(["MalformedAnswer", "Unreachable"], error?._tag, `cut after byte ${cut}`)
    }
  })
  it("that is reset after any byte gives no other text than what was written, and a typed error", async () => {
    const address = server?.address()
    const baseUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
    const connection = clarifai({ apiKey: "k", baseUrl, rate: { perSecond: Infinity }, limits: { maxAttempts: 1 } })
    await using app = sightline(connection)
    hard = true
    for (cut = 0; cut < answer.length; cut += 7) {
      const { error, text } = await read(app.text("q").generate(llm))
      // a reset may overtake what was written before it
      const most = pieces.filter((_, i) => (complete[i] ?? 0) <= cut).join("")
      assert.isTrue(most.startsWith(text), `cut after byte ${cut}`)
      assert.include(["MalformedAnswer", "Unreachable"], error?._tag, `cut after byte ${cut}`)
    }
  })
})
