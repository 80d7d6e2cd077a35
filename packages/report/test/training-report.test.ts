import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { sightline } from "@sightline/core"
import { engine } from "@sightline/engine"
import { folder, training } from "@sightline/plugin-training"
import { report, trainingReport } from "../src/index.ts"
import { drawPicture, unpack } from "./support.ts"

it("a training writes its report: held-out examples with pictures, both versions, and what was left out", async () => {
  const place = await mkdtemp(join(tmpdir(), "report-training-"))
  try {
    for (const [concept, color] of [
      ["cat", "#c07020"],
      ["dog", "#2040a0"]
    ] as const) {
      await mkdir(join(place, "photos", concept), { recursive: true })
      for (let i = 0; i < 10; i++)
        await writeFile(join(place, "photos", concept, `${i}.jpg`), await drawPicture({ color, letter: `${i}` }))
    }
    await writeFile(join(place, "photos", "cat", "broken.jpg"), "no picture")
    await using app = sightline(engine({ directory: join(place, "engine") })).use(
      training({ journal: join(place, "journal") })
    )
    const path = join(place, "report.html")
    const pets = app
      .train("pets")
      .concepts("cat", "dog")
      .mutuallyExclusive()
      .examples(folder(join(place, "photos")))
      .holdout(0.3)
    await pets.run()
    const model = await pets.run({ again: true, report: trainingReport(path, { names: true }) })
    const { data, pictures } = unpack(await readFile(path, "utf8"))
    assert.strictEqual(data.title, "Training of pets")
    assert.deepStrictEqual(
      data.evaluation?.versions.map(({ accuracy, scored, tests }) => [accuracy, tests, scored?.row.length]),
      [model.evaluation, model.previous].map((each) => [each?.accuracy, each?.tests, each?.tests])
    )
    assert.deepStrictEqual([data.rows.count, pictures.length], [model.evaluation?.tests, model.evaluation?.tests])
    assert.match(data.rows.label?.[0] ?? "", /^cat\/\d\.jpg$/)
    assert.deepStrictEqual(
      data.skipped.map(({ what }) => what),
      ["cat/broken.jpg"]
    )

    // the versions of a comparison are what `evaluation` takes
    const versions = await app
      .trained("pets")
      .compare(folder(join(place, "photos")))
      .run()
    const compared = unpack(await report({ evaluation: { versions, mutuallyExclusive: true } }).html())
    assert.deepStrictEqual(
      compared.data.evaluation?.versions.map(({ accuracy, name }) => [name, accuracy]),
      versions.map(({ evaluation, version }) => [version.id, evaluation.accuracy])
    )
    assert.strictEqual(compared.data.rows.count, 20)
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}, 120_000)
