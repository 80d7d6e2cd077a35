import { file, type Model, model, sightline, workflow } from "@sightline/core"
import { resources } from "@sightline/core/resources"
import { engine } from "@sightline/engine"
import { dataJson, dataPath, hasData } from "@sightline/fixtures"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"

interface Labels {
  readonly images: ReadonlyArray<{ readonly file: string; readonly split: string; readonly concept: string }>
}

describe.skipIf(!hasData("photos"))("what a service keeps, by the engine", () => {
  it("lives from its examples to its deletion", { timeout: 120_000 }, async () => {
    const directory = mkdtempSync(join(tmpdir(), "sightline-resources-"))
    const { images } = dataJson("photos", "produce", "labels.json") as Labels
    const photos = images.filter(({ split }) => split === "train").slice(0, 18)
    const names = [...new Set(photos.map(({ concept }) => concept))].toSorted()
    const [first] = photos
    if (!first) return assert.fail("no photos")
    const path = (name: string) => dataPath("photos", "produce", name)
    try {
      await using app = sightline(engine({ directory })).use(resources())
      const { concepts, inputs, models, search, versions, workflows } = app.resources

      const examples = photos.map(({ concept, file: name }, i) => ({
        input: file(path(name)),
        id: `i${i}`,
        concepts: [concept],
        metadata: { n: i }
      }))
      const added = await inputs.add(examples).all()
      assert.isTrue(added.every(({ ok }) => ok))
      assert.strictEqual((await inputs.processed({ timeoutMs: 60_000 }).run()).ready, photos.length)
      assert.strictEqual((await inputs.list({ pageSize: 7 }).all()).length, photos.length)
      const scanned = (await inputs.scan({ pageSize: 7 }).all()).map(({ id }) => id)
      assert.deepStrictEqual(scanned.toSorted(), examples.map(({ id }) => id).toSorted())
      assert.deepStrictEqual((await inputs.list({ ids: ["i1", "i2"] }).all()).map(({ id }) => id).toSorted(), [
        "i1",
        "i2"
      ])
      assert.isTrue((await models.type("embedding-classifier").run()).trainable)
      assert.include(
        (await models.types().all()).map(({ id }) => id),
        "visual-classifier"
      )
      assert.deepStrictEqual((await concepts.list().all()).map(({ id }) => id).toSorted(), names)
      const hits = await search.inputs({ label: { id: first.concept } }).all()
      assert.strictEqual(hits.length, photos.filter(({ concept }) => concept === first.concept).length)
      assert.deepStrictEqual(
        (await search.inputs({ metadata: { n: 3 } }).all()).map(({ input }) => input.id),
        ["i3"]
      )
      const [merged] = await inputs.merge([{ id: "i0", metadata: { more: true } }]).run()
      assert.deepStrictEqual(merged?.metadata, { n: 0, more: true })

      assert.strictEqual((await models.create({ id: "fruit", concepts: names }).run()).version?.state, "untrained")
      let { version } = await versions.train("fruit").run()
      for (let i = 0; version?.state === "pending" && i < 400; i++) {
        await new Promise((done) => setTimeout(done, 100))
        version = await versions.get("fruit", version.id).run()
      }
      assert.strictEqual(version?.state, "ready")
      assert.deepStrictEqual((await models.describe("fruit").run()).concepts?.toSorted(), names)
      assert.include(await models.source().run(), `concepts: ${JSON.stringify(names)}`)

      const fruit: Model<"visual-classifier"> = model({ id: "fruit", task: "visual-classifier", accepts: ["image"] })
      const answer = await app
        .input(file(path(first.file)))
        .predict(fruit)
        .run()
      assert.strictEqual("concepts" in answer && answer.concepts[0]?.name, first.concept)
      await workflows.create({ id: "w", nodes: [{ id: "n", modelId: "fruit" }] }).run()
      const { nodes } = await app
        .input(file(path(first.file)))
        .workflow(workflow({ id: "w", nodes: { n: fruit } }))
        .run()
      assert.isTrue(nodes.n.ok)

      await inputs.deleteMany(["i1", "i2"]).run()
      assert.strictEqual((await inputs.counts().run()).ready, photos.length - 2)
      await models.delete("fruit").run()
      const gone = await models.get("fruit").result()
      assert.strictEqual(!gone.ok && gone.error._tag, "NotFound")
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
