/** An image encoder by the name of an added model. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { engine } from "../../src/index.ts"
import { addDrawn, ask, freshFolder, trainDrawn } from "../support/fresh-engine.ts"
import { drawBase64 } from "../support/draw-picture.ts"
import { putClassifier, putEmbedder } from "../models/pretrained/tiny-models.ts"

const refusal = async (directory: string, embedder: string): Promise<string> => {
  await using made = engine({ directory, embedder, workers: 1 })
  return await made.fetch("/v2/status_codes/10000").then(
    () => "opened",
    (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))
  )
}

describe("an embedder by name", () => {
  it("is a model of the folder of models, and its hash is part of each version", async () => {
    using folder = freshFolder()
    const models = join(folder.path, "models")
    putEmbedder(models, "own")
    {
      await using made = engine({ directory: folder.path, embedder: "own", workers: 1 })
      await addDrawn(made.fetch, ["across", "down"], 6)
      const trained = await trainDrawn(made.fetch, "motifs", ["across", "down"])
      assert.strictEqual(trained.body.model_version.status.code, 21100)
    }
    putClassifier(models, "own", { type: "visual-embedder", outputs: { normalize: true }, image: { order: "bgr" } })
    await using changed = engine({ directory: folder.path, embedder: "own", workers: 1 })
    const { body } = await ask(changed.fetch, "POST /v2/models/motifs/outputs", {
      inputs: [{ data: { image: { base64: await drawBase64("down", 50) } } }]
    })
    assert.match(body.status.details, /trained with the embedder onnx-own-[0-9a-f]{12}, the engine runs onnx-own-/)
  })

  it("that is not there is refused with the command that adds it, or where it was looked for", async () => {
    using folder = freshFolder()
    const models = join(folder.path, "models")
    mkdirSync(models)
    assert.include(await refusal(folder.path, "image-embedding"), "sightline models add image-embedding (24 MB)")
    assert.include(await refusal(folder.path, "nothing"), "has no model of that name")
    putClassifier(models, "labels")
    assert.include(await refusal(folder.path, "labels"), "it is a visual-classifier")
  })
})
