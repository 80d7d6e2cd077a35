// Every hostile file and many damaged clips: each settles by its deadline, in bounded memory, with the event loop free.
import { assert, describe, it } from "@effect/vitest"
import { dataBytes, dataJson, hasData } from "@sightline/fixtures"
import { assertSettled, damagedClips, settleAll, worst } from "../decoder/damaged-clips.ts"
import { hasFfmpeg } from "../oracle.ts"

const minutes = 60_000

describe("hostile files", () => {
  it.skipIf(!hasData("hostile"))("of the set settle", { timeout: 20 * minutes }, async () => {
    const { files } = dataJson("hostile", "expected.json") as { readonly files: object } // the file states its shape
    const all = await settleAll(Object.keys(files).map((name) => [name, dataBytes("hostile", name)] as const))
    console.info(worst(all))
    all.forEach(assertSettled)
  })
  it.skipIf(!hasFfmpeg)("made by damaging clips settle", { timeout: 30 * minutes }, async () => {
    const all = await settleAll(damagedClips(60, 7))
    console.info(worst(all))
    all.forEach(assertSettled)
    assert.isAbove(all.length, 500)
  })
})
