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

it("counts what a program loads at first, and not what it imports later", async () => {
  const later = await bundleSize(`export const load = () => import("effect/Stream")`)
  const first = await bundleSize(`import * as Stream from "effect/Stream"; export const load = () => Stream`)
  expect(later.gzipKb).toBeLessThan(1)
  expect(first.gzipKb).toBeGreaterThan(10)
})
