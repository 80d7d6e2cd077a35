import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { folderOf, headsIn, learn } from "./large-folders.ts"

describe("training on many examples", { timeout: 240_000 }, () => {
  it("takes no more memory for eight times as many", async () => {
    const peaks: Array<number> = []
    for (const count of [500, 4000]) {
      using folder = folderOf(count)
      const learned = await learn(folder.path)
      if (learned === "killed") assert.fail("it ended by a signal")
      assert.strictEqual(learned.code, 21100)
      peaks.push(learned.trainedMb)
    }
    const [few = 0, many = 0] = peaks
    // 247 MB of vectors more; peaks of the same training differ by up to 60
    assert.isBelow(many - few, 120, `peaks of ${peaks.join(" and ")} MB`)
  })

  it("killed amid it, leaves no vectors behind and learns the same after all", async () => {
    using folder = folderOf(500)
    assert.strictEqual(await learn(folder.path, { killAfterMs: 100 }), "killed")
    const left = join(folder.path, "training.vectors")
    assert.isTrue(!existsSync(left) || statSync(left).size === 0)
    assert.deepStrictEqual(headsIn(folder.path), [undefined])
    const learned = await learn(folder.path)
    assert.strictEqual(learned === "killed" ? 0 : learned.code, 21100)
    const [after, undisturbed] = headsIn(folder.path)
    assert.instanceOf(after, Uint8Array)
    assert.deepStrictEqual(after, undisturbed)
  })
})
