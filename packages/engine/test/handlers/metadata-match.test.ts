import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { metadataMatcher } from "../../src/handlers/metadata-match.ts"
import { WireError } from "../../src/protocol/wire-error.ts"
import { matchesWildcard } from "../../src/store/wildcard.ts"

/** The definition, without regard to time. */
const contains = (stored: unknown, filter: unknown): boolean => {
  if (typeof filter !== "object" || filter === null) return stored === filter
  if (Array.isArray(filter))
    return Array.isArray(stored) && filter.every((item) => stored.some((one) => contains(one, item)))
  return (
    typeof stored === "object" &&
    stored !== null &&
    !Array.isArray(stored) &&
    Object.entries(filter).every(
      ([key, value]) => Object.hasOwn(stored, key) && contains((stored as Record<string, unknown>)[key], value)
    )
  )
}

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(0, 1, "a", "b", null, true),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("x", "y", "__proto__", "toString"), tie("value"), { maxKeys: 3 })
  )
})).value

describe("a metadata filter", () => {
  it("matches what contains it", () => {
    fc.assert(
      fc.property(json, json, (stored, filter) => {
        assert.strictEqual(metadataMatcher(filter)(stored), contains(stored, filter))
        assert.isTrue(metadataMatcher(stored)(stored))
      }),
      { numRuns: 1000 }
    )
  })

  it("takes time linear in the filter and the metadata", () => {
    const timeOf = (size: number): number => {
      const object = Object.fromEntries(Array.from({ length: size }, (_, n) => [`k${n}`, n]))
      const list = { list: Array.from({ length: size }, (_, n) => n) }
      const before = process.cpuUsage() // time of the processor, whatever else the machine does
      for (let round = 0; round < 3; round++) {
        assert.isTrue(metadataMatcher(object)(object))
        assert.isFalse(metadataMatcher({ ...object, last: 1 })({ ...object, last: 2 }))
        assert.isTrue(metadataMatcher(list)(list))
        assert.isFalse(metadataMatcher({ list: [...list.list, -1] })(list))
      }
      const { system, user } = process.cpuUsage(before)
      return system + user
    }
    timeOf(2000)
    assert.isBelow(timeOf(64_000) / timeOf(4000), 100) // 16 if linear, 256 if quadratic
  })

  it("that compares too many objects within lists fails instead of taking long", () => {
    const filter = { a: Array.from({ length: 3000 }, (_, n) => ({ n })) }
    const stored = { a: Array.from({ length: 3000 }, (_, n) => ({ n: -n })) }
    const started = performance.now()
    assert.isFalse(metadataMatcher({ a: [{ n: 1 }] })(stored))
    const last = { a: Array.from({ length: 3000 }, (_, n) => ({ n: 2999 - n })) }
    assert.throws(() => metadataMatcher(filter)(last), WireError, /too many objects within lists/)
    assert.isBelow(performance.now() - started, 1000)
  })
})

describe("a name with wildcards", () => {
  it.each([
    ["", "", true],
    ["*", "", true],
    ["*", "anything", true],
    ["cat", "CAT", true],
    ["cat", "cats", false],
    ["c*t", "cat", true],
    ["c*t", "c", false],
    ["c*c", "c", false],
    ["*a*b*", "xaxbx", true],
    ["a*b*c", "abc", true],
    ["a*bc*c", "abc", false],
    ["**", "x", true],
    ["[a]?", "[a]?", true],
    ["[a]?", "ab", false]
  ])("%j is matched by %j: %s", (pattern, name, expected) => {
    assert.strictEqual(matchesWildcard(pattern, name), expected)
  })

  it("is matched in linear time", () => {
    const started = performance.now()
    assert.isFalse(matchesWildcard(`${"a*".repeat(2000)}b`, "a".repeat(20_000)))
    assert.isFalse(matchesWildcard(`${"*a".repeat(2000)}*b*`, "a".repeat(20_000)))
    assert.isBelow(performance.now() - started, 500)
  })
})
