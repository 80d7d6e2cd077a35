import { expect, it } from "vitest"
import { bundleSize, wholeDoor } from "../budgets/bundle.ts"

it("what a bundle pulls in is counted, and what is not used is not", async () => {
  const one = await bundleSize(`import { succeed } from "effect/Effect"; console.log(succeed(1))`)
  const all = await bundleSize(wholeDoor("effect/Effect"))
  expect(one.gzipKb).toBeGreaterThan(1)
  expect(all.minifiedKb).toBeGreaterThan(one.minifiedKb)
  expect(all.minifiedKb).toBeGreaterThan(all.gzipKb)
  expect(all.heaviest[0]?.[0]).toContain("effect")
})

it("a Node module in a bundle for the browser is told", async () => {
  const { nodeImports } = await bundleSize(`import { readFileSync } from "node:fs"; console.log(readFileSync("x"))`)
  expect(nodeImports).toEqual(["node:fs"])
})
