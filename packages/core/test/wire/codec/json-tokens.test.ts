import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { hasMoreTokens } from "../../../src/wire/codec/json-tokens.ts"

/** The text, its bytes, and the bytes as Node's `Buffer`. */
const formsOf = (text: string) => [text, new TextEncoder().encode(text), Buffer.from(text)]

describe("the number of a JSON text's tokens", () => {
  it.each([
    [`{"a":[1,2]}`, 4],
    ["[[[[]]]]", 4],
    ["[{},{},{}]", 6],
    ["[1,2,3,4]", 4],
    [`{"a":1,"b":2}`, 4],
    [`"a,b:[{"`, 0],
    [`{"a":"}{][,:","b":1}`, 4],
    [String.raw`["\"",",\\",","]`, 3],
    [String.raw`["\\\"[[[[",1]`, 2],
    [String.raw`["\\\\",[],"\\\\"]`, 4],
    [`["",[],""]`, 4],
    [`["é,ü","漢,字"]`, 2],
    ["é[漢{", 2]
  ])("of %s is %i", (text, tokens) => {
    for (const form of formsOf(text)) {
      if (tokens > 0) assert.isTrue(hasMoreTokens(form, tokens - 1))
      assert.isFalse(hasMoreTokens(form, tokens))
    }
  })
  it("does not count within a text that has no end, which is never parsed to its end", () => {
    for (const form of formsOf(`[1,"${",".repeat(50)}`)) {
      assert.isFalse(hasMoreTokens(form, 2))
      assert.isTrue(hasMoreTokens(form, 1))
    }
  })
  it("costs nothing where there are no more characters than tokens allowed", () => {
    const untouched = new Proxy(new Uint8Array(10), {
      get: (bytes, name) => (name === "length" ? bytes.length : assert.fail(`it read ${String(name)}`))
    })
    assert.isFalse(hasMoreTokens(untouched, 10))
  })
  it("is that of commas, colons and opening brackets outside of strings", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const tokens = text.replaceAll(/"(?:[^"\\]|\\.)*"/gsu, "").match(/[,:[{]/g)?.length ?? 0
        for (const form of formsOf(text)) {
          if (tokens > 0) assert.isTrue(hasMoreTokens(form, tokens - 1))
          assert.isFalse(hasMoreTokens(form, tokens))
        }
      })
    )
  })
})
