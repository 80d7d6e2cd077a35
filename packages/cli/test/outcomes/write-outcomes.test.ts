/** The formats of outcomes. */
import { describe, expect, it } from "vitest"
import type { Output } from "@sightline/core"
import { answerToPlain } from "../../src/outcomes/plain-answer.ts"
import type { OutcomeLine } from "../../src/outcomes/outcome-line.ts"
import { toOutcomeError } from "../../src/outcomes/outcome-line.ts"
import { makeOutcomeWriter, outcomeCsv, outcomeRow, outcomeTable } from "../../src/outcomes/write-outcomes.ts"
import { textWidth } from "../../src/terminal/table.ts"

const concept = (name: string, score: number) => ({ id: name, name, score })
const answered = (input: string, answer: Extract<OutcomeLine, { ok: true }>["answer"]): OutcomeLine => ({
  input,
  ok: true,
  answer
})
const concepts = answered("a.jpg", { concepts: [concept("cat", 0.9), concept("dog", 0.25)] })
const failed: OutcomeLine = {
  input: 'b,"1".jpg',
  ok: false,
  error: { tag: "InputRejected", message: "it is not\nan image", retryable: false }
}
const box = { top: 0.1, left: 0.2, bottom: 0.5, right: 0.75 }

describe("JSON", () => {
  it("has one object a line, without empty members and without what differs between equal runs", async () => {
    let text = ""
    const writer = makeOutcomeWriter("json", async (more) => void (text += more), {
      total: 2,
      width: () => 80,
      hasColor: false
    })
    await writer.head()
    await writer.outcome(concepts)
    await writer.outcome(failed)
    expect(
      text
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line))
    ).toEqual([concepts, failed])
  })

  it("contains vectors as arrays, masks and generated media as base64 or as files", () => {
    const output = {
      id: "x",
      createdAt: "now",
      inputId: "i",
      model: { id: "m" },
      concepts: [],
      embeddings: [{ vector: new Float32Array([0.5, -1]) }],
      text: undefined,
      image: { bytes: new Uint8Array([1, 2, 3]), format: "PNG", width: 2 },
      audio: { bytes: new Uint8Array(), url: "https://a.example/a.wav" },
      value: Number.NaN,
      metadata: {}
    } as unknown as Output
    expect(answerToPlain(output, () => undefined)).toEqual({
      embeddings: [{ vector: [0.5, -1] }],
      image: { format: "PNG", width: 2, base64: "AQID" },
      audio: { url: "https://a.example/a.wav" },
      value: null
    })
    const saved: Array<string> = []
    const plain = answerToPlain(
      output,
      (bytes, extension) => (saved.push(`${bytes.length}.${extension}`), `out/1.${extension}`)
    )
    expect(plain["image"]).toEqual({ format: "PNG", width: 2, file: "out/1.png" })
    expect(saved).toEqual(["3.png"])
  })

  it("has errors without the position and the request, which differ between equal runs", () => {
    const error = Object.assign(new Error("pets, input 17: not found: gone [request abc]"), {
      _tag: "NotFound",
      retryable: false
    })
    expect(toOutcomeError(error)).toEqual({ tag: "NotFound", message: "pets: not found: gone", retryable: false })
    expect(toOutcomeError(new Error("input 3: cannot use image a.jpg")).message).toBe("cannot use image a.jpg")
  })
})

describe("CSV", () => {
  it("has one row for each result, with quotes where they are needed", () => {
    expect(outcomeCsv(concepts)).toBe("a.jpg,true,,cat,0.9,,,,,,\r\na.jpg,true,,dog,0.25,,,,,,\r\n")
    expect(outcomeCsv(failed)).toBe(`"b,""1"".jpg",false,,,,,,,,,"it is not\nan image"\r\n`)
    expect(outcomeCsv(answered("c", {}))).toBe("c,true,,,,,,,,,\r\n")
    const regions = answered("d", { regions: [{ box, concepts: [concept("face", 0.8)], text: "hi" }] })
    expect(outcomeCsv(regions)).toBe("d,true,,face,0.8,0.1,0.2,0.5,0.75,hi,\r\n")
    const frames = answered("e", {
      frames: [{ timeMs: 500, concepts: [concept("cat", 1)], regions: [{ box, score: 0.5 }] }]
    })
    expect(outcomeCsv(frames)).toBe("e,true,500,cat,1,,,,,,\r\ne,true,500,,0.5,0.1,0.2,0.5,0.75,,\r\n")
  })
})

describe("a table", () => {
  it("of a single input has only the columns that are used", () => {
    expect(outcomeTable(concepts)).toBe("CONCEPT   SCORE\ncat      90.0 %\ndog      25.0 %\n")
    expect(outcomeTable(answered("t", { text: "a caption" }))).toBe("a caption\n")
    expect(outcomeTable(answered("n", {}))).toBe("no result\n")
    expect(outcomeTable(answered("v", { embeddings: [{ vector: [1, 2] }] }))).toBe("embedding of 2 numbers\n")
    expect(outcomeTable(answered("f", { frames: [{ timeMs: 1500, concepts: [concept("cat", 0.5)] }] }))).toBe(
      " TIME  CONCEPT   SCORE\n1.5 s  cat      50.0 %\n"
    )
  })

  it("of several inputs has one line each, as wide as the terminal", () => {
    expect(outcomeRow(concepts, 60, false)).toBe("a.jpg  cat 90.0 %, dog 25.0 %\n")
    const long = answered("x".repeat(200), {
      concepts: Array.from({ length: 9 }, (_, i) => concept(`concept number ${i}`, 0.5))
    })
    for (const width of [30, 60, 100])
      expect(textWidth(outcomeRow(long, width, false).trimEnd())).toBeLessThanOrEqual(Math.max(width, 28))
    expect(outcomeRow(failed, 80, true)).toContain("\u001b[31mfailed: it is not")
  })

  it("does not let names and labels control the terminal", () => {
    const hostile = answered("a\u001b[2J.jpg", { concepts: [concept("c\rat", 0.9)] })
    for (const text of [outcomeRow(hostile, 80, false), outcomeTable(hostile)])
      expect(text.split("").filter((unit) => unit < " " && unit !== "\n")).toEqual([])
  })
})
