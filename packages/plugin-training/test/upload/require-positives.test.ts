/** Concepts without a positive example are reported before a version is requested. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { engine } from "@sightline/engine"
import { describe, expect, it } from "vitest"
import { type Examples, folder, NoPositives, NoTrainingData, type Training } from "../../src/index.ts"
import { appOf } from "../support/backends.ts"
import { scoredBy, openPets, pets, trainPets } from "../support/pets.ts"
import { drawExamples, drawImage, temporaryFolder, writePhotos } from "../support/images.ts"

const errorOf = async (call: Training<string>) => {
  const result = await call.result()
  if (result.ok) throw new Error("it did not fail")
  return result.error
}
type Over = ReturnType<typeof openPets>
const asking = (at: Over, concepts: ReadonlyArray<string>, examples?: Examples) => {
  const call = at.app.train("pets").concepts(...concepts)
  return examples === undefined ? call : call.examples(examples)
}
/** The calls that change something on the service. */
const changes = ({ service }: Over) => service.calls.filter((call) => !call.startsWith("GET"))

describe("a concept without a positive example", () => {
  it("of a folder is reported with the sub-folders and the most similar one, before anything is sent", async () => {
    using at = openPets(scoredBy([]))
    const photos = join(at.folder, "photos")
    writePhotos(photos, ["cat", "dog", "fox"], 2)
    const error = await errorOf(asking(at, ["cat", "doog"], folder(photos)))
    expect(error).toBeInstanceOf(NoPositives)
    expect(error).toMatchObject({ model: "pets", code: 21111, concepts: ["doog"], labels: ["cat", "dog", "fox"] })
    expect(error.message).toMatch(/^pets: no positive examples \(21111\): nothing is labelled "doog"/)
    expect(error.message).toContain(`the labels are "cat", "dog", "fox"; did you mean "dog" for "doog"?`)
    expect(error.message).not.toContain("\n")
    expect(changes(at)).toEqual([])
    // With the right name, the same call succeeds.
    expect((await asking(at, pets, folder(photos)).run()).tally?.added).toBe(6)
  })

  it("of any other examples is reported, and nothing is trained", async () => {
    using at = openPets(scoredBy([]))
    const error = await errorOf(asking(at, ["cat", "dog", "Zebra"], drawExamples(pets, 2)))
    expect(error).toMatchObject({ _tag: "NoPositives", concepts: ["Zebra"], labels: ["cat", "dog"] })
    expect(error.message).not.toContain("did you mean")
    expect(at.service.models.size).toBe(0)
    await expect(at.app.training("pets")).rejects.toThrow(/with its examples/)
    await trainPets(at.app, drawExamples(pets, 2)).run()
    expect(at.versionIds()).toEqual(["v1"])
  })

  it("is reported if it has only negative examples, or an empty folder", async () => {
    using at = openPets(scoredBy([]))
    const negative = [...drawExamples(["cat"], 2), { input: drawImage("fox", 1), concepts: [], notConcepts: ["dog"] }]
    expect(await errorOf(asking(at, pets, negative))).toMatchObject({ _tag: "NoPositives", concepts: ["dog"] })
    const photos = join(at.folder, "photos")
    writePhotos(photos, ["cat"], 2, 20)
    mkdirSync(join(photos, "dog"))
    expect(await errorOf(asking(at, pets, folder(photos)))).toMatchObject({ _tag: "NoPositives", concepts: ["dog"] })
  })

  it("is not reported if the app has examples of it", async () => {
    using at = openPets(scoredBy([]))
    await at.pipeline.run()
    const more = await trainPets(at.app, drawExamples(["cat"], 2, 50)).run()
    expect([more.versionId, more.tally?.added]).toEqual(["v2", 2])
    const photos = join(at.folder, "photos")
    writePhotos(photos, ["cat"], 2, 70)
    expect((await trainPets(at.app, folder(photos)).run()).versionId).toBe("v3")
  })

  it("is reported from the inputs of the app, if no examples are given", async () => {
    using at = openPets(scoredBy([]))
    await at.pipeline.run()
    const error = await errorOf(asking(at, ["cat", "dogs"]))
    expect(error).toMatchObject({ _tag: "NoPositives", concepts: ["dogs"], labels: ["cat", "dog"] })
    expect(error.message).toContain(`did you mean "dog" for "dogs"?`)
    expect(at.versionIds()).toEqual(["v1"])
  })

  it("is left to the service if a parameter asks for it", async () => {
    const asked: Array<unknown> = []
    using at = openPets({
      ...scoredBy([]),
      override: ({ body, method, path }) => void (method === "POST" && path.endsWith("/versions") && asked.push(body))
    })
    await asking(at, ["cat", "dog", "zebra"], drawExamples(pets, 2))
      .params({ fail_on_missing_positive_examples: false })
      .run()
    await at.pipeline.run()
    const config = (fail: boolean) => ({
      model_versions: [{ output_info: { output_config: { fail_on_missing_positive_examples: fail } } }]
    })
    expect(asked).toMatchObject([config(false), config(true)])
  })
})

describe("examples without any of the concepts", () => {
  it("are reported as no training data, with their labels", async () => {
    using at = openPets(scoredBy([]))
    const photos = join(at.folder, "photos")
    const names = Array.from({ length: 14 }, (_, i) => `kind-${String(i).padStart(2, "0")}`)
    writePhotos(photos, names, 1)
    for (const examples of [folder(photos), drawExamples(names, 1)]) {
      const error = await errorOf(asking(at, pets, examples))
      expect(error).toBeInstanceOf(NoTrainingData)
      expect(error).toMatchObject({ code: 21110, concepts: pets, labels: names })
      expect(error.message).toContain(`"kind-00", "kind-01"`)
      expect(error.message).toContain(`"kind-09" and 4 more`)
    }
    expect(at.service.inputs.size).toBe(0)
    const none = await errorOf(asking(at, pets, []))
    expect(none).toMatchObject({ _tag: "NoTrainingData", labels: [] })
    expect(none.message).toContain("there are no labels")
  })
})

describe("a concept of which the service can process no image", () => {
  it("ends the training with NoPositives", async () => {
    using place = temporaryFolder()
    await using local = engine({ directory: join(place.path, "engine"), embedder: "fast", workers: 1 })
    const photos = join(place.path, "photos")
    writePhotos(photos, pets, 3)
    mkdirSync(join(photos, "fox"))
    for (const i of [1, 2])
      writeFileSync(join(photos, "fox", `${i}.bmp`), Buffer.concat([drawImage("fox", i).subarray(0, 60), Buffer.of(i)]))
    const app = appOf({ connection: local, folder: place.path })
    const error = await errorOf(
      app
        .train("pets")
        .concepts(...pets, "fox")
        .examples(folder(photos))
    )
    expect(error).toMatchObject({ _tag: "NoPositives", code: 21111 })
    expect(error.message).toContain("fox")
  })
})
