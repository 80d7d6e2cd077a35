/** A model whose runtime is not installed. */
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { assert, it } from "@effect/vitest"
import { missingPackageOf, missingRuntime } from "../../src/onnx/runtime-package.ts"
import { freshFolder } from "../support/fresh-engine.ts"

const module = pathToFileURL(join(import.meta.dirname, "../../src/onnx/runtime-package.ts")).href

/** As a program of another folder sees it: without `NODE_PATH`, in which runners of tests name all packages. */
const missingIn = (folder: string): unknown => {
  const from = JSON.stringify(pathToFileURL(join(folder, "program.js")).href)
  const program = `import { missingPackageOf } from ${JSON.stringify(module)}
    console.log(JSON.stringify(["onnx", "transformers"].map((runtime) => missingPackageOf({ runtime }, ${from}))))`
  const { NODE_PATH: _, ...env } = process.env
  return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", program], { env, encoding: "utf8" }))
}

it("names its package with the command that installs it, and none where it is installed or cannot be known", () => {
  using folder = freshFolder()
  assert.deepStrictEqual(missingIn(folder.path), ["onnxruntime-node", "@huggingface/transformers"])
  assert.isUndefined(missingPackageOf({ runtime: "onnx" }))
  assert.isUndefined(missingPackageOf({ runtime: "onnx" }, "https://x.test/program.js"))
  assert.match(missingRuntime("onnxruntime-node"), /; npm install onnxruntime-node$/)
})
