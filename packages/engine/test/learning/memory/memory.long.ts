import { assert, describe, it } from "@effect/vitest"
import { folderOf, learn } from "./large-folders.ts"

describe("training and evaluating with the built-in embedder's vectors", { timeout: 1_800_000 }, () => {
  it("takes no more memory for 10,000 pictures than for 2,000", async () => {
    const peaks: Array<readonly [number, number]> = []
    for (const count of [2000, 10_000]) {
      using folder = folderOf(count)
      const learned = await learn(folder.path, { evaluate: true })
      if (learned === "killed") assert.fail("it ended by a signal")
      assert.deepStrictEqual([learned.code, learned.evaluation?.code], [21100, 21300])
      assert.isAbove(learned.evaluation?.accuracy ?? 0, 0.9)
      peaks.push([learned.trainedMb, learned.evaluation?.mb ?? 0])
    }
    console.log(`most memory, trained and then evaluated: ${JSON.stringify(peaks)} MB`)
    const [[few, fewJudged] = [0, 0], [many, manyJudged] = [0, 0]] = peaks
    // 566 MB of vectors more
    assert.isBelow(many - few, 100)
    assert.isBelow(manyJudged - fewJudged, 150)
  })
})
