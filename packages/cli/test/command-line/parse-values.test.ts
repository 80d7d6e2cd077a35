import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseDuration, parseInteger, parseNames, parseParam, parseShare } from "../../src/command-line/parse-values.ts"

describe("values of options", () => {
  it.each([
    ["500ms", 500],
    ["2s", 2000],
    ["1.5s", 1500],
    ["3", 3000],
    ["5m", 300_000],
    ["5min", 300_000],
    ["1h", 3_600_000]
  ])("the duration %s is %i ms", (text, ms) => expect(parseDuration(text)).toBe(ms))

  it.each(["", "0", "-1s", "5 days", "ms", "1e3s", "0ms"])("%j is not a duration", (text) =>
    expect(() => parseDuration(text)).toThrow(/must be a duration/)
  )

  it("accepts whole numbers in their range only", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (n) => {
        const parse = parseInteger(1, 200)
        if (n >= 1 && n <= 200) expect(parse(String(n))).toBe(n)
        else expect(() => parse(String(n))).toThrow(/from 1 to 200/)
      })
    )
    for (const text of ["1.5", "+1", "1e1", "", " 1", "0x1"]) expect(() => parseInteger(1, 200)(text)).toThrow()
  })

  it("accepts shares from 0 to 1", () => {
    expect(["0", "1", ".5", "0.25"].map(parseShare())).toEqual([0, 1, 0.5, 0.25])
    for (const text of ["", "-0.1", "1.1", "50%", "NaN"]) expect(() => parseShare()(text)).toThrow()
    expect(() => parseShare({ below: true })("1")).toThrow(/below 1/)
  })

  it("joins names of several options", () => {
    expect(parseNames("a, b", parseNames("c"))).toEqual(["c", "a", "b"])
    expect(() => parseNames("a,")).toThrow(/empty name/)
  })

  it("reads parameters as JSON or text, and any name as a name", () => {
    const all = ["temperature=0.2", "stop=[1,2]", "text=hello world", "x=a=b", "empty=", "__proto__=1", "flag=true"]
    const read = all.reduce<Readonly<Record<string, unknown>>>(
      (previous, text) => parseParam(text, previous as never),
      {}
    )
    expect(Object.entries(read)).toEqual([
      ["temperature", 0.2],
      ["stop", [1, 2]],
      ["text", "hello world"],
      ["x", "a=b"],
      ["empty", ""],
      ["__proto__", 1],
      ["flag", true]
    ])
    for (const text of ["x", "=1", ""]) expect(() => parseParam(text)).toThrow(/name=value/)
  })
})
