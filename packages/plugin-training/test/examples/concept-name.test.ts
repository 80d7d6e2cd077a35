/** Concept names in composed and in decomposed Unicode are the same name in every part of a training. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { folder } from "../../src/index.ts"
import { conceptFinder, conceptName } from "../../src/examples/concept-name.ts"
import { appOf, backends } from "../support/backends.ts"
import { drawImage } from "../support/images.ts"
import { openPets, scoredBy } from "../support/pets.ts"
import { composed, decomposed } from "../support/sources.ts"

describe("a concept's name", () => {
  it("is composed Unicode", () => {
    expect(conceptName(decomposed)).toBe(composed)
    expect(conceptName("\u1100\u1161")).toBe("\uac00") // Hangul, which is decomposed too
    expect(conceptName("cat")).toBe("cat")
  })

  it("is found in the model's own spelling", () => {
    const find = conceptFinder([decomposed, "cat"])
    expect([find(composed), find(decomposed), find("cat"), find("dog")]).toEqual([
      decomposed,
      decomposed,
      "cat",
      undefined
    ])
  })
})

describe.each(backends)("a training over $name", ({ open }) => {
  it.each([
    ["composed", composed],
    ["decomposed", decomposed]
  ])("finds %s concepts in a folder with decomposed names", async (_, name) => {
    await using backend = await open()
    const photos = join(backend.folder, "photos")
    for (const [sub, shows] of [
      [decomposed, "cat"],
      ["dog", "dog"]
    ] as const) {
      mkdirSync(join(photos, sub), { recursive: true })
      for (let i = 0; i < 5; i++) writeFileSync(join(photos, sub, `${i}.bmp`), drawImage(shows, i))
    }
    const app = appOf(backend)
    const model = await app.train("places").concepts(name, "dog").examples(folder(photos)).holdout(0.2).run()
    expect(model.concepts).toEqual([composed, "dog"])
    expect(model.tally).toMatchObject({ added: 8, heldOut: 2, unusable: [] })
    const labels = (await app.resources.inputs.list().all()).flatMap((input) => input.labels.map(({ id }) => id))
    expect(new Set(labels)).toEqual(new Set([composed, "dog"]))
    // The same concepts in the other form are the same training.
    const again = await app.train("places").concepts(composed, "dog").examples(folder(photos)).holdout(0.2).run()
    expect(again.versionId).toBe(model.versionId)
  })
})

describe("labels of examples", () => {
  it("match the concepts in any Unicode form, also in a comparison of versions", async () => {
    using at = openPets(
      scoredBy([0.9], { score: (shown, concept) => ((shown === "cat") === (concept === composed) ? 0.9 : 0.1) })
    )
    const examples = [
      ...[1, 2, 3].map((i) => ({ input: drawImage("cat", i), concepts: [decomposed], notConcepts: ["dog"] })),
      ...[1, 2, 3].map((i) => ({ input: drawImage("dog", i), concepts: ["dog"], notConcepts: [decomposed] }))
    ]
    const model = await at.app.train("places").concepts(composed, "dog").examples(examples).run()
    expect(model.tally).toMatchObject({ added: 6, unusable: [] })
    const [compared] = await at.app
      .trained("places")
      .compare(examples, { concepts: [decomposed, "dog"] })
      .run()
    expect(compared?.evaluation.concepts[decomposed]?.positives).toBe(3)
    const [own] = await at.app.trained("places").compare(examples).run()
    expect(own?.evaluation).toMatchObject({ tests: 6, accuracy: 1 })
  })

  it("that are one name in two forms are rejected as a repeated concept", async () => {
    using at = openPets({})
    const result = await at.app.train("places").concepts(composed, decomposed).examples([]).result()
    expect(result.ok ? "" : result.error.message).toMatch(/name one of them twice/)
  })
})
