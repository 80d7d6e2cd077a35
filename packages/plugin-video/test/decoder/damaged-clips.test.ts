// A few damaged clips of each container; many more in long/hostile-set.long.ts.
import { assert, describe, it } from "@effect/vitest"
import { hasFfmpeg } from "../oracle.ts"
import { assertBounded, damagedClips, settleAll } from "./damaged-clips.ts"

describe.skipIf(!hasFfmpeg)("damaged clips", () => {
  it(
    "settle with frames or a typed error, in bounded memory, with the event loop free",
    { timeout: 300_000 },
    async () => {
      const all = await settleAll(damagedClips(3, 1))
      all.forEach(assertBounded)
      assert.isAbove(all.length, 20)
    }
  )
})
