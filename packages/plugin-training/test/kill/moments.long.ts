/** Trainings that are killed twice, at any two of their moments. */
import { describe, expect, it } from "vitest"
import { cases, differing } from "./cut.ts"

describe.each(cases)("$name", (one) => {
  it("comes to the same when it is killed at any two of its moments", { timeout: 900_000 }, async () => {
    const { different, killed } = await differing(one, (moments) => moments.flatMap((a) => moments.map((b) => [a, b])))
    console.log(`${one.name}: ${killed.length} kills`)
    expect(different).toEqual([])
  })
})
