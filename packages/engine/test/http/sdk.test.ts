/** The SDK against the engine: the same chain in this process and on a socket, with the same answers. */
import { clarifai, sightline } from "@sightline/core"
import { assert, describe, it } from "@effect/vitest"
import { engine } from "../../src/index.ts"
import { addDrawn, freshEngine, freshFolder, trainDrawn } from "../support/fresh-engine.ts"
import { drawPicture } from "../support/draw-picture.ts"

const key = "k".repeat(32)

describe("the SDK", () => {
  it("gets the same answers in this process and over a socket", async () => {
    await using local = freshEngine({ key })
    const headers = { authorization: `Key ${key}` }
    const keyed: typeof local.fetch = (input, init) => local.fetch(input, { ...init, headers })
    await addDrawn(keyed, ["across", "down"], 8)
    await trainDrawn(keyed, "stripes", ["across", "down"], { concepts_mutually_exclusive: true })
    const { url } = await local.serve()
    const here = sightline(local)
    const there = sightline(clarifai({ baseUrl: url, pat: key, userId: "me", appId: "main" }))
    const pictures = await Promise.all(
      [1, 2, 3, 4, 5].map((seed) => drawPicture(seed % 2 === 0 ? "down" : "across", 200 + seed))
    )
    const answers = await Promise.all(
      [here, there].map(async (app) => {
        const names: Array<unknown> = []
        for await (const outcome of app.inputs(pictures).predict("stripes").stream()) {
          assert.isTrue(outcome.ok)
          if (outcome.ok) names.push(JSON.parse(JSON.stringify(outcome.value)).concepts)
        }
        return names
      })
    )
    assert.strictEqual(answers[0]?.length, 5)
    assert.deepStrictEqual(answers[0], answers[1])
  })

  it("tells what is wrong in its own words: an unknown model, an unreadable picture, a folder that is taken", async () => {
    using folder = freshFolder()
    const options = { directory: folder.path, embedder: "fast", workers: 1 } as const
    await using owner = engine(options)
    const app = sightline(owner)
    const unknown = await app
      .input(await drawPicture("down", 1))
      .predict("no-such-model")
      .result()
    assert.isFalse(unknown.ok)
    if (!unknown.ok) {
      assert.strictEqual(unknown.error._tag, "NotFound")
      assert.include(unknown.error.message, "manifest.json")
    }
    await addDrawn(owner.fetch, ["across", "down"], 4)
    await trainDrawn(owner.fetch, "m", ["across", "down"])
    const unreadable = await app.input(new TextEncoder().encode("no picture at all")).predict("m").result()
    assert.isFalse(unreadable.ok)
    await using second = sightline(engine({ ...options, seed: 7 })) // with other options, it cannot be shared
    const taken = await second
      .input(await drawPicture("down", 1))
      .predict("m")
      .result()
    assert.isFalse(taken.ok)
    if (!taken.ok) assert.include(taken.error.message, String(process.pid))
  })
})
