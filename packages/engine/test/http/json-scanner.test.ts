import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { JsonTooComplex, makeJsonScanner } from "../../src/http/json-scanner.ts"

/** Scans a text in chunks of the given sizes, in turn; returns the bound that it is over. */
const scan = (text: string, maxTokens: number, maxDepth: number, sizes: ReadonlyArray<number> = [1 << 20]) => {
  const bytes = Buffer.from(text)
  const push = makeJsonScanner({ maxTokens, maxDepth })
  try {
    for (let at = 0, n = 0; at < bytes.length; n++) {
      const size = sizes[n % sizes.length] ?? 1
      push(bytes.subarray(at, at + size))
      at += size
    }
  } catch (cause) {
    if (cause instanceof JsonTooComplex) return cause.bound
    throw cause
  }
  return undefined
}

/** Tokens and depth of a value, counted on the value itself. */
const measure = (value: unknown): { readonly tokens: number; readonly depth: number } => {
  if (typeof value !== "object" || value === null) return { tokens: 0, depth: 0 }
  const children = Object.values(value).map(measure)
  const own = 1 + Math.max(0, children.length - 1) + (Array.isArray(value) ? 0 : children.length)
  return {
    tokens: children.reduce((sum, { tokens }) => sum + tokens, own),
    depth: 1 + Math.max(0, ...children.map(({ depth }) => depth))
  }
}

describe("scanning JSON", () => {
  it("counts what parsing creates, whatever strings contain and wherever chunks end", () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('"', "\\", '\\"', "{},[]:", "\\\\", "é{"))
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.integer(),
        text,
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(text, tie("value"), { maxKeys: 4 })
      )
    })).value
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 })
    fc.assert(
      fc.property(value, sizes, fc.boolean(), (root, sizes, indent) => {
        const { depth, tokens } = measure(root)
        const json = JSON.stringify(root, null, indent ? 1 : 0)
        assert.isUndefined(scan(json, tokens, depth, sizes))
        if (tokens > 0) assert.strictEqual(scan(json, tokens - 1, depth, sizes), "maxTokens")
        if (depth > 0) assert.strictEqual(scan(json, tokens, depth - 1, sizes), "maxDepth")
      })
    )
  })

  it("stops at the bound, not at the end", () => {
    assert.strictEqual(scan(`[${"{},".repeat(100)}`, 50, 10), "maxTokens")
    assert.strictEqual(scan("[".repeat(100), 1000, 64), "maxDepth")
    assert.isUndefined(scan("]".repeat(100), 1000, 64))
  })

  it("counts nothing inside a large string", () => {
    assert.isUndefined(scan(`{"a":"${"[,{:".repeat(16 << 20)}"}`, 10, 10))
  })
})
