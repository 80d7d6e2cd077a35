import { sightline } from "@sightline/core"
import { engine } from "@sightline/engine"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { folder, memoryJournal, training } from "../../src/index.ts"

/** Images of one grey pixel. */
const dark = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgBQAABwAGLUUYBwAAAABJRU5ErkJggg==",
  "base64"
)
const light = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4BQAA/AD7i/8yzAAAAABJRU5ErkJggg==",
  "base64"
)

describe("images that cannot be processed", () => {
  let place = ""
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), "training-"))
    for (const [name, drawImage] of [["night", dark] as const, ["noon", light] as const]) {
      await mkdir(join(place, "photos", name), { recursive: true })
      // Bytes after the end of a PNG change the file but not the image.
      for (let i = 0; i < 3; i++)
        await writeFile(join(place, "photos", name, `${i}.png`), Buffer.concat([drawImage, Buffer.of(i)]))
    }
    await writeFile(join(place, "photos", "noon", "broken.png"), light.subarray(0, 30))
  })
  afterAll(() => rm(place, { recursive: true, force: true }))

  const trained = (directory: string) => {
    const app = sightline(engine({ directory: join(place, directory) })).use(training({ journal: memoryJournal() }))
    return {
      app,
      call: app
        .train("times")
        .concepts("night", "noon")
        .examples(folder(join(place, "photos")))
    }
  }

  it("are reported by name, and the others are used", async () => {
    const { app, call } = trained("lenient")
    await using _ = app
    const model = await call.run()
    assert.deepStrictEqual(
      model.tally?.unusable.map(({ name }) => name),
      [join("noon", "broken.png")]
    )
    assert.strictEqual((await app.input(light).predict(model).run()).concepts[0]?.name, "noon")
  })

  it("end a strict training before a version is requested", async () => {
    const { app, call } = trained("strict")
    await using _ = app
    const result = await call.strict().result()
    assert.strictEqual(result.ok ? "" : result.error._tag, "BadExamples")
    assert.include(result.ok ? "" : result.error.message, "broken.png")
  })
})
