/** A training that is interrupted at each of its moments: after every journal entry, before and after every call. */
import { describe, expect, it } from "vitest"
import { cases, findDifferences } from "./interruptions.ts"

describe.each(cases)("$name", (one) => {
  it("has the same outcome when it is interrupted at any moment", { timeout: 120_000 }, async () => {
    const { different, killed } = await findDifferences(one, (moments) => moments.map((at) => [at]))
    expect(killed).toContain("after recording done")
    expect(killed.length).toBeGreaterThan(10)
    expect(different).toEqual([])
  })
})
