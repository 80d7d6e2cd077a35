import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fit, printable, table, textWidth } from "../../src/terminal/table.ts"

describe("a table", () => {
  it("is as wide as its content, with numbers at the right", () => {
    const columns = [{ title: "NAME" }, { title: "SCORE", right: true }]
    expect(
      table(columns, [
        ["cat", "98.1 %"],
        ["a longer name", "1.0 %"]
      ])
    ).toBe("NAME            SCORE\ncat            98.1 %\na longer name   1.0 %\n")
    expect(table([{ title: "" }, { title: "" }], [["a", "b"]])).toBe("a  b\n")
    expect(table(columns, [])).toBe("NAME  SCORE\n")
  })

  it("aligns wide characters and ignores colours", () => {
    expect(textWidth("日本")).toBe(4)
    expect(textWidth("e\u0301")).toBe(1)
    expect(textWidth("👩‍👩‍👧")).toBe(2)
    expect(textWidth("\u001b[31mred\u001b[0m")).toBe(3)
    const [first, second] = table(
      [{ title: "" }, { title: "" }],
      [
        ["日本", "x"],
        ["abcd", "y"]
      ]
    ).split("\n")
    expect(first).toBe("日本  x")
    expect(second).toBe("abcd  y")
  })

  it("never writes more than the width that is asked for, and never cuts a character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        const cut = fit(text, width)
        expect(textWidth(cut)).toBeLessThanOrEqual(width)
        if (textWidth(text) <= width) expect(cut).toBe(text)
        else expect(text.startsWith(cut.slice(0, -1))).toBe(true)
      })
    )
  })
})

describe("text from outside", () => {
  it("cannot control the terminal", () => {
    const hostile = "a\u001b[2Jb\rc\u0007d\u202ee\u009bf\ng"
    expect(printable(hostile)).toBe("a�[2Jb�c�d�e�f�g")
    expect(printable("plain ünïcode 日本")).toBe("plain ünïcode 日本")
  })
})
