import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { compileKernels, kernelTarget } from "../kernels/compile.ts"

it("the engine's matrix kernels are compiled from their source as it is", async () => {
  expect(readFileSync(kernelTarget, "utf8")).toBe(await compileKernels())
})

it("a mistake in the source of a kernel is named with its line", async () => {
  await expect(compileKernels("(module\n  (func (i32.nonsense)))")).rejects.toThrow(/matrix\.wat:2/)
})
