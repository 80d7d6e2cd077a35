/** Trainings that are interrupted twice, at any two of their moments. */
import { describe, expect, it } from "vitest"
import { cases, findDifferences } from "./interruptions.ts"

describe.each(cases)("$name", (one) => {
  it("has the same outcome when it is interrupted at any two moments", { timeout: 900_000 }, async () => {
    const { different, killed } = await findDifferences(one, (moments) =>
      moments.flatMap((a) => moments.map((b) => [a, b]))
    )
    console.log(`${one.name}: ${killed.length} kills`)
    expect(different).toEqual([])
  })
})
