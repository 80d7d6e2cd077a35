/** Concepts that are left out: the sub-folders name them. */
import { rmSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { ExamplesUnreadable, folder, manifest } from "../../src/index.ts"
import { appOf, backends } from "../support/backends.ts"
import { drawExamples, drawImage, writePhotos } from "../support/images.ts"
import { openPets, pets, scoredBy } from "../support/pets.ts"
import { write } from "../support/sources.ts"

describe.each(backends)("a training from a folder without concepts, over $name", ({ open }) => {
  it("learns the sub-folders' names, and is resumed and reused as with the names given", async () => {
    await using backend = await open()
    const photos = join(backend.folder, "photos")
    writePhotos(photos, pets, 4)
    const app = appOf(backend)
    const training = app.train("pets").examples(folder(photos))
    const model = await training.run()
    expect(model.concepts).toEqual(["cat", "dog"])
    expect((await app.input(drawImage("dog", 99)).predict(model).run()).concepts[0]?.name).toBe("dog")
    expect((await training.run()).versionId).toBe(model.versionId)
    expect((await (await app.training("pets")).run()).concepts).toEqual(["cat", "dog"])
    const named = await app.train("pets").concepts("dog", "cat").examples(folder(photos)).run()
    expect(named.versionId).toBe(model.versionId)
    // Another sub-folder is another training.
    writePhotos(photos, ["fox"], 4)
    const more = await training.run()
    expect(more.concepts).toEqual(["cat", "dog", "fox"])
    expect(more.versionId).not.toBe(model.versionId)
  })
})

describe("a training without concepts", () => {
  it("from a folder that does not exist fails with the reason", async () => {
    using at = openPets(scoredBy([]))
    const photos = join(at.folder, "photos")
    const result = await at.app.train("pets").examples(folder(photos)).result()
    expect(result.ok ? undefined : result.error).toBeInstanceOf(ExamplesUnreadable)
    writePhotos(photos, pets, 2)
    expect((await at.app.train("pets").examples(folder(photos)).run()).versionId).toBe("v1")
    rmSync(photos, { recursive: true })
  })

  it("from other examples, or none, fails and sends nothing", async () => {
    using at = openPets(scoredBy([]))
    const path = write(at.folder, "m.jsonl", JSON.stringify({ file: "a.jpg", concept: "cat" }))
    for (const examples of [drawExamples(pets, 2), manifest(path)]) {
      const result = await at.app.train("pets").examples(examples).result()
      expect(result.ok ? "" : result.error.message).toMatch(/concepts are missing: name them, or .*folder\(\.\.\)/)
    }
    const none = await at.app.train("pets").result()
    expect(none.ok ? "" : none.error.message).toMatch(/concepts are missing/)
    expect(at.service.counts()).toBe(0)
  })
})
