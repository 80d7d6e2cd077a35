/** Lines in a map of text, their order, and the characters of a line. */
import { assert, describe, it } from "@effect/vitest"
import { classCharacters, parseDictionary, readCharacters } from "../../../src/onnx/postprocessing/read-characters.ts"
import { findTextLines, readingOrder } from "../../../src/onnx/postprocessing/text-lines.ts"

const tensor = (shape: ReadonlyArray<number>, data: ReadonlyArray<number>) => ({
  name: "out",
  shape,
  integers: false,
  data: Float32Array.from(data)
})

describe("findTextLines", () => {
  it("grows each connected area of text, and leaves out spots and what is uncertain", () => {
    const [width, height] = [60, 40]
    const map = new Float32Array(width * height)
    const paint = (left: number, top: number, wide: number, high: number, value: number) => {
      for (let y = top; y < top + high; y++) map.fill(value, y * width + left, y * width + left + wide)
    }
    paint(10, 10, 20, 4, 0.9)
    paint(40, 10, 1, 1, 0.9)
    paint(10, 25, 20, 4, 0.4)
    const [line, ...others] = findTextLines(map, width, height)
    assert.lengthOf(others, 0)
    // 20 × 4 pixels grow by 20 × 4 × 1.5 / 48 = 2.5 on each side
    assert.deepStrictEqual([line?.left, line?.top, line?.right, line?.bottom], [7.5, 7.5, 32.5, 16.5])
    assert.closeTo(line?.score ?? 0, 0.9, 1e-6)
  })
})

describe("readingOrder", () => {
  it("goes row by row, from left to right", () => {
    const at = (name: string, left: number, top: number) => ({ name, left, top, right: left + 10, bottom: top + 10 })
    const rows = readingOrder([at("d", 0, 30), at("b", 50, 2), at("a", 0, 0), at("c", 80, 4)])
    assert.deepStrictEqual(
      rows.map((row) => row.map(({ name }) => name)),
      [["a", "b", "c"], ["d"]]
    )
  })
})

describe("readCharacters", () => {
  it("leaves out blanks and repetitions, and knows the space after the dictionary", () => {
    const dictionary = parseDictionary("a\nb\n")
    const steps = [1, 1, 0, 1, 3, 2]
    const data = steps.flatMap((best) => [0, 1, 2, 3].map((one) => (one === best ? 0.8 : 0)))
    const output = tensor([1, 6, 4], data)
    const { score, text } = readCharacters(output, classCharacters(output, dictionary))
    assert.strictEqual(text, "aa b")
    assert.closeTo(score, 0.8, 1e-6)
  })

  it("refuses a dictionary of another length with both numbers", () => {
    assert.throws(
      () => classCharacters(tensor([1, 6, 9], []), ["a", "b"]),
      /9 classes, but the dictionary has 2 characters/
    )
  })
})
