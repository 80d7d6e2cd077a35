/** A report of 10,000 outcomes: its size, the time until a reader sees pictures, and its memory. */
import { mkdtemp, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { Media, type Outcome } from "@sightline/core"
import { dataJson, dataPath, hasData } from "@sightline/fixtures"
import { report } from "../src/index.ts"
import { type Browser, hasChromium, startBrowser, waitForPictures } from "./browser/browser.ts"
import { answered, drawPicture } from "./support.ts"

const count = 10_000
const names = Array.from({ length: 120 }, (_, i) => `concept ${i}`)

interface Labels {
  readonly images: ReadonlyArray<{ readonly file: string }>
}

/** Photographs where they are here, else drawn pictures; each outcome has one of them. */
const pictures = async (): Promise<ReadonlyArray<Media<"image">>> => {
  if (!hasData("photos")) {
    const drawn = await Promise.all(
      Array.from({ length: 40 }, (_, i) => drawPicture({ letter: `${i}`, width: 640, height: 480 }))
    )
    return drawn.map((bytes) => new Media("image", { from: "bytes", bytes }))
  }
  return ["recycling", "cutlery", "produce"].flatMap((task) => {
    const { images } = dataJson("photos", task, "labels.json") as Labels
    return images.map(({ file }) => new Media("image", { from: "file", path: dataPath("photos", task, file) }))
  })
}

/** Bytes that are held once everything else is collected. */
const heldBytes = (): number => {
  setFlagsFromString("--expose-gc")
  runInNewContext("gc")()
  const { external, heapUsed } = process.memoryUsage()
  return heapUsed + external
}

/** Numbers in 0..1 that are the same in every run (a linear congruential generator). */
const numbers = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const outcomes = function* (watch: () => void): Generator<Outcome<unknown, unknown>, void> {
  const random = numbers(1)
  for (let index = 0; index < count; index++) {
    if (index % 1000 === 999) watch()
    const scores = Array.from(
      { length: 20 },
      () => [names[Math.floor(random() * 120)] ?? "", Math.fround(random())] as const
    )
    yield index % 97 === 0
      ? { ok: false, index, key: undefined, attempts: 2, requestId: undefined, error: new Error("no answer") }
      : answered(index, Object.fromEntries(scores))
  }
}

describe("a report of 10,000 outcomes", () => {
  let folder = ""
  let file = ""
  let browser: Browser
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "report-large-"))
    file = join(folder, "report.html")
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it("is at most 25 MB, and is made without holding the media", async () => {
    const media = await pictures()
    const before = heldBytes()
    let most = before
    const watch = () => {
      most = Math.max(most, heldBytes())
    }
    const began = performance.now()
    const written = await report({
      outcomes: outcomes(watch),
      inputs: ({ index }) => media[index % media.length],
      names: true,
      evaluation: {
        truth: ({ index }) => (index % 5 === 0 ? names[index % 7] : undefined),
        concepts: names.slice(0, 7)
      }
    }).write(file)
    const { size } = await stat(file)
    console.log(
      `${written.outcomes} outcomes: ${(size / 1e6).toFixed(1)} MB in ${((performance.now() - began) / 1000).toFixed(0)} s, ${((most - before) / 2 ** 20).toFixed(0)} MiB held at most`
    )
    assert.isAtMost(size, 25_000_000)
    assert.deepStrictEqual([written.outcomes, written.failed], [count, Math.ceil(count / 97)])
    // the media are 300 MB; what is kept are texts, and thumbnails up to the size of the file
    assert.isBelow(most - before, 120 * 2 ** 20)
  })

  it.skipIf(!hasChromium)("is usable within a second of opening, in bounded memory, down to its last row", async () => {
    browser = await startBrowser()
    // the first page of a browser pays for the browser
    await (await browser.open(file)).page.close()
    const began = performance.now()
    const { misdeeds, page } = await browser.open(file)
    await waitForPictures(page)
    await page.locator(".search input").fill("concept 7")
    await page.waitForFunction(() => document.querySelector(".found")?.textContent?.includes(" of 10,000"))
    const usableMs = performance.now() - began
    await page.waitForFunction(() => document.readyState === "complete")
    await page.locator(".search input").fill("")
    const scrolling = performance.now()
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
    await page.locator('.card[data-row="9999"]').waitFor()
    await waitForPictures(page)
    const endMs = performance.now() - scrolling
    const cards = await page.locator(".card").count()
    const session = await browser.context.newCDPSession(page)
    await session.send("HeapProfiler.collectGarbage")
    const { usedSize } = await session.send("Runtime.getHeapUsage")
    console.log(
      `usable ${usableMs.toFixed(0)} ms after opening; last row ${endMs.toFixed(0)} ms after the jump; ${cards} cards in the page; heap ${(usedSize / 2 ** 20).toFixed(0)} MiB`
    )
    assert.isBelow(cards, 120)
    assert.isBelow(usedSize, 120 * 2 ** 20)
    // a second on an idle machine; a busy one is given more
    assert.isBelow(usableMs, 3000)
    assert.deepStrictEqual(misdeeds, [])
  })
})
