/** A training that is killed at each of its moments: after every line of its journal, before and after every call. */
import { describe, expect, it } from "vitest"
import { cases, differing } from "./cut.ts"

describe.each(cases)("$name", (one) => {
  it("comes to the same when it is killed at any of its moments", { timeout: 120_000 }, async () => {
    const { different, killed } = await differing(one, (moments) => moments.map((at) => [at]))
    expect(killed).toContain("after noting done")
    expect(killed.length).toBeGreaterThan(10)
    expect(different).toEqual([])
  })
})
