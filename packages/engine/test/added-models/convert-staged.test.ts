/** Converting the graph of a model that is being added. */
import { existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { convertStaged } from "../../src/added-models/convert-staged.ts"
import { freshFolder } from "../support/fresh-engine.ts"
import { colourScores, putTfjs } from "../tfjs/write-tfjs.ts"

describe("a manifest that names the graph's file", () => {
  it.each(["../outside.onnx", "/../outside.onnx", "..", "sub/../../outside.onnx"])(
    "as %s writes nothing outside the folder of the model",
    async (file) => {
      using folder = freshFolder()
      const staging = join(folder.path, "staging")
      mkdirSync(staging)
      putTfjs(staging, colourScores)
      const manifest = { type: "visual-classifier", runtime: "onnx", file } as const
      const thrown: unknown = await convertStaged("m", staging, manifest).catch((cause: unknown) => cause)
      assert.deepInclude(thrown, { _tag: "ModelNotAdded", reason: "manifest" })
      assert.isFalse(existsSync(join(folder.path, "outside.onnx")))
      assert.isTrue(existsSync(join(staging, "model.json")))
    }
  )
})
