/** A report of a real run: a model trained on photographs by the engine, asked about photographs, EXIF files and clips. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, expect, it } from "@effect/vitest"
import { Media, type Outcome, sightline } from "@sightline/core"
import { engine } from "@sightline/engine"
import { dataJson, dataPath, hasData } from "@sightline/fixtures"
import { exif } from "@sightline/plugin-exif"
import { evaluate, type Tested, training } from "@sightline/plugin-training"
import { video } from "@sightline/plugin-video"
import type { Page } from "playwright-core"
import { recorder, report } from "../../src/index.ts"
import { type Unpacked, unpack } from "../support.ts"
import { axeViolations, type Browser, hasChromium, startBrowser, waitForPictures } from "./browser.ts"
import { type Difference, differenceFrom } from "./stored-pictures.ts"

interface Labels {
  readonly images: ReadonlyArray<{ readonly file: string; readonly split: string; readonly concept: string }>
}

const hasAll = ["photos", "exif", "video"].every((part) => hasData(part))

const image = (path: string, name: string) => new Media("image", { from: "file", path }, { name })

describe.skipIf(!hasAll || !hasChromium)("a report of photographs, EXIF files and clips", () => {
  let folder = ""
  let file = ""
  let browser: Browser
  let unpacked: Unpacked
  let outcomes: Array<Outcome<unknown, unknown>>
  let tested: ReadonlyArray<Tested>
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "report-real-"))
    file = join(folder, "report.html")
    const { images } = dataJson("photos", "recycling", "labels.json") as Labels
    const concepts = [...new Set(images.map(({ concept }) => concept))].toSorted()
    const take = (split: string, each: number) =>
      concepts.flatMap((concept) =>
        images.filter((one) => one.split === split && one.concept === concept).slice(0, each)
      )
    const [train, val] = [take("train", 14), take("val", 6)]
    const pathOf = (name: string) => dataPath("photos", "recycling", name)
    const watch = recorder()
    await using local = engine({ directory: join(folder, "engine"), seed: 7 })
    const app = sightline(local, { onEvent: watch.event })
      .use(exif())
      .use(video())
      .use(training({ journal: join(folder, "journal") }))
    const model = await app
      .train("recycling")
      .concepts(...concepts)
      .mutuallyExclusive()
      .seed(7)
      .examples(
        train.map((one) => ({ input: image(pathOf(one.file), one.file), name: one.file, concepts: [one.concept] }))
      )
      .run()
    const photos = val.map((one) => image(pathOf(one.file), one.file.split("/").at(-1) ?? ""))
    const turned = Array.from({ length: 8 }, (_, i) =>
      image(dataPath("exif", "orientation-landscape", `Landscape_${i + 1}.jpg`), `Landscape_${i + 1}.jpg`)
    )
    const broken = image(dataPath("hostile", "empty", "zero-bytes.jpg"), "zero-bytes.jpg")
    const clips = ["bikes_h264_no-audio.mp4", "clarifai-sample_h264_no-audio.mp4"].map(
      (name) => new Media("video", { from: "file", path: dataPath("video", name) }, { name })
    )
    const inputs: ReadonlyArray<Media> = [...photos, ...turned, broken, ...clips]
    outcomes = [
      ...(await app
        .inputs([...photos, ...turned, broken])
        .predict(model)
        .run())
    ]
    for (const clip of clips) {
      const result = await app.video(clip).sampleEvery({ ms: 1000 }).predict(model).result()
      const facts = { index: outcomes.length, key: undefined, attempts: 1, requestId: undefined }
      outcomes.push({ ...result, ...facts })
    }
    tested = val.map(({ concept }, index): Tested => {
      const outcome = outcomes[index]
      const value =
        outcome?.ok === true
          ? (outcome.value as { readonly concepts: ReadonlyArray<{ readonly name: string; readonly score: number }> })
          : { concepts: [] }
      return {
        name: `${index}`,
        concepts: [concept],
        scores: Object.fromEntries(value.concepts.map(({ name, score }) => [name, score]))
      }
    })
    const made = report({
      title: "Recycling",
      outcomes,
      inputs: ({ index }) => inputs[index],
      events: watch,
      names: true,
      evaluation: { truth: ({ index }) => val[index]?.concept, mutuallyExclusive: true, concepts }
    })
    unpacked = unpack(await made.html())
    await made.write(file)
    browser = await startBrowser()
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  const views: Readonly<Record<string, (page: Page) => Promise<void>>> = {
    outcomes: async () => {},
    turned: async (page) => {
      await page.locator(".search input").fill("Landscape_6")
      await page.locator(".card").first().click()
      await page.getByRole("button", { name: "As stored" }).click()
    },
    clip: async (page) => {
      await page.locator(".search input").fill("bikes")
      await page.locator(".card").first().click()
      await page.locator(".strip-frame").nth(3).click()
    },
    evaluation: (page) => page.locator("#tab-evaluation").click(),
    run: async (page) => {
      await page.locator("#tab-run").click()
    }
  }
  it.each(Object.entries(views))(
    "the view %s looks as it is stored, and axe finds nothing serious",
    async (name, show) => {
      const { misdeeds, page } = await browser.open(file)
      await show(page)
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
      await waitForPictures(page)
      // times differ from run to run
      const mask = [
        page.locator(".tiles"),
        page.locator(".throughput"),
        page.locator(".time-bars"),
        page.locator(".waterfall"),
        page.locator(".legend")
      ]
      const difference = async () =>
        differenceFrom(`real-${name}`, await page.screenshot({ mask, maskColor: "#808080" }), 160)
      const near = ({ mean, share }: Difference) => mean < 5 && share < 0.04
      await expect.poll(difference, { timeout: 15_000, interval: 50 }).toSatisfy(near)
      assert.deepStrictEqual(await axeViolations(page), [])
      assert.deepStrictEqual(misdeeds, [])
      await page.close()
    },
    60_000
  )

  it("has the numbers of the answers and of plugin-training's evaluation", () => {
    const concepts = unpacked.data.evaluation?.concepts ?? []
    const { accuracy, confusion, macroF1 } = evaluate(concepts, tested, { mutuallyExclusive: true })
    const version = unpacked.data.evaluation?.versions[0]
    assert.deepStrictEqual([version?.accuracy, version?.macroF1], [accuracy, macroF1])
    assert.deepStrictEqual(
      version?.confusion,
      concepts.map((truth) => concepts.map((predicted) => confusion[truth]?.[predicted] ?? 0))
    )
    for (const [i, outcome] of outcomes.entries())
      if (outcome.ok)
        assert.deepStrictEqual(JSON.parse(unpacked.details[i]?.json ?? ""), JSON.parse(JSON.stringify(outcome.value)))
  })

  it("shows every orientation upright: their pictures are one picture", async () => {
    const { data } = unpacked
    const rows = data.rows.label?.flatMap((label, row) => (label.startsWith("Landscape_") ? [row] : [])) ?? []
    assert.lengthOf(rows, 8)
    for (const row of rows) {
      const at = data.pictures.row.indexOf(row)
      assert.deepStrictEqual([data.pictures.width[at], data.pictures.height[at]], [600, 450])
    }
  })

  it("shows a clip's frames at the times of its answer", () => {
    const { details } = unpacked
    const frames = details.at(-2)?.answers[0]?.frames ?? []
    const answer = outcomes.at(-2)
    const times =
      answer?.ok === true
        ? (answer.value as { readonly frames: ReadonlyArray<{ readonly timeMs: number }> }).frames.map(
            ({ timeMs }) => timeMs
          )
        : []
    assert.isAbove(times.length, 3)
    assert.deepStrictEqual(
      frames.map(({ timeMs }) => timeMs),
      times
    )
    assert.isTrue(frames.every(({ picture }) => picture !== undefined))
  })
})
