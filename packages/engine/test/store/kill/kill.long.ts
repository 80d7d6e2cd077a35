/** `kill -9` at two hundred random moments of adding, training and predicting. */
import { assert, describe, it } from "@effect/vitest"
import { freshFolder } from "../../support/fresh-engine.ts"
import { seeded } from "../../support/draw-picture.ts"
import { killMany } from "./kill.ts"

const moments = 200
const perFolder = 20

describe("an engine that is killed two hundred times", () => {
  it.each(Array.from({ length: moments / perFolder }, (_, index) => index + 1))(
    "loses nothing in folder %i",
    { timeout: 1_800_000 },
    async (seed) => {
      using folder = freshFolder()
      const known = await killMany(folder.path, perFolder, 2000, seeded(seed))
      console.log(
        `folder ${seed}: ${known.inputs.size} inputs, ${known.trained.size} trained, ${known.predictions} predictions`
      )
      assert.isAtLeast(known.inputs.size, perFolder / 2)
    }
  )
})
