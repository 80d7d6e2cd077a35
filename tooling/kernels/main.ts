// `pnpm kernels`: compiles the engine's matrix kernels. A test in tooling checks that the result is up to date.
import { writeFileSync } from "node:fs"
import { compileKernels, kernelTarget } from "./compile.ts"

const text = await compileKernels()
writeFileSync(kernelTarget, text)
console.log(`wrote ${text.length} bytes`)
