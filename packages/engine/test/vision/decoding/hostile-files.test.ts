/** Hostile files as bytes: a part of them here, all of them in hostile.long.ts. */
import { assert, describe, it } from "@effect/vitest"
import { hasData } from "@sightline/fixtures"
import { addDrawn, freshEngine, trainDrawn } from "../../support/fresh-engine.ts"
import { drawBase64 } from "../../support/draw-picture.ts"
import { check, hostileFiles, predictFile } from "./hostile-files.ts"

describe.skipIf(!hasData("hostile"))("hostile files", () => {
  it("are answered one by one, and the engine goes on", { timeout: 240_000 }, async () => {
    await using local = freshEngine({ workers: 2 })
    await addDrawn(local.fetch, ["across", "down"], 4)
    await trainDrawn(local.fetch, "stripes", ["across", "down"])
    const some = hostileFiles().filter((_, index) => index % 5 === 0)
    for (const file of some) check(await predictFile(local.fetch, file))
    const { body } = await local.ask("POST /v2/models/stripes/outputs", {
      inputs: [{ data: { image: { base64: await drawBase64("down", 9) } } }]
    })
    assert.strictEqual(body.outputs[0].data.concepts[0].id, "down")
  })
})
