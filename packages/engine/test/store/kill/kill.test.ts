/** `kill -9` at any moment: a few moments here, two hundred in kill.long.ts. */
import { assert, describe, it } from "@effect/vitest"
import { freshFolder } from "../../support/fresh-engine.ts"
import { seeded } from "../../support/draw-picture.ts"
import { killMany } from "./kill.ts"

describe("an engine that is killed", () => {
  it("loses nothing that it acknowledged, and claims nothing that is not done", { timeout: 180_000 }, async () => {
    using folder = freshFolder()
    const known = await killMany(folder.path, 4, 1500, seeded(Date.now() & 0xffff))
    assert.isAtLeast(known.inputs.size, 2)
  })
})
