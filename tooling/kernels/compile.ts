/** Compiles a WebAssembly text file into the TypeScript module that holds its bytes. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import loadWabt from "wabt"
import { root } from "../run-command.ts"

const folder = join(root, "packages/engine/src/vision/matrix")

/** The source of the kernels. */
export const kernelSource: string = join(folder, "matrix.wat")
/** The module that `pnpm kernels` writes from it. */
export const kernelTarget: string = join(folder, "kernel-bytes.ts")

/** The text of the module for a WebAssembly text. Throws the compiler's message, with line and column. */
export const compileKernels = async (text: string = readFileSync(kernelSource, "utf8")): Promise<string> => {
  const wabt = await loadWabt()
  const parsed = wabt.parseWat("matrix.wat", text, { simd: true })
  try {
    parsed.validate()
    const { buffer } = parsed.toBinary({ write_debug_names: false })
    const lines =
      Buffer.from(buffer)
        .toString("base64")
        .match(/.{1,110}/g) ?? []
    return `/** The kernels' bytes in base64. Written by tooling/kernels/main.ts from matrix.wat: do not edit. */
export const kernelBytes: string = [
${lines.map((line) => `  "${line}"`).join(",\n")}
].join("")
`
  } finally {
    parsed.destroy()
  }
}
