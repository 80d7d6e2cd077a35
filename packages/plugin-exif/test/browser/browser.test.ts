import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { build } from "esbuild"
import { type BrowserContext, chromium, type Page } from "playwright-core"
import { bytesOf, hasExifData, sets } from "../dataset.ts"
import { gridDistance, hasTool, toolPath } from "../support.ts"
import type { Seen } from "./page.ts"

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync"
]

/** One picture prepared in the page. */
const seeIn = (page: Page, bytes: Uint8Array, maxSide?: number): Promise<Seen> =>
  page.evaluate(
    // `see` is put there by page.ts.
    ([base64, side]) =>
      (globalThis as unknown as { see: (base64: string, side?: number) => Promise<Seen> }).see(base64, side),
    [Buffer.from(bytes).toString("base64"), maxSide] as const
  )

describe.skipIf(!hasExifData || !hasTool("chromium", "--version"))("in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "browser-"))
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, "page.ts")],
      bundle: true,
      write: false,
      format: "iife",
      platform: "browser"
    })
    context = await chromium.launchPersistentContext(folder, {
      executablePath: toolPath("chromium") ?? "chromium",
      args: flags
    })
    page = await context.newPage()
    await page.addScriptTag({ content: outputFiles[0]?.text ?? "" })
  }, 120_000)
  afterAll(async () => {
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  it.each(sets)(
    "every orientation comes out upright: %s",
    async (_, set) => {
      const reference = await seeIn(page, bytesOf(set.reference))
      for (const name of set.files) {
        const seen = await seeIn(page, bytesOf(name))
        assert.deepStrictEqual([seen.width, seen.height], [...set.uprightSize], name)
        assert.isAtMost(gridDistance(seen.grid, reference.grid), set.bound, name)
        assert.isFalse(seen.hasExif)
      }
    },
    120_000
  )

  it.each(sets)(
    "and through the canvas, made smaller: %s",
    async (_, set) => {
      const [width, height] = set.uprightSize
      const side = Math.max(width, height) / 2
      const reference = await seeIn(page, bytesOf(set.reference), side)
      for (const name of set.files) {
        const seen = await seeIn(page, bytesOf(name), side)
        assert.strictEqual(seen.touch, "re-encoded")
        assert.deepStrictEqual([seen.width, seen.height], [width / 2, height / 2], name)
        assert.isAtMost(gridDistance(seen.grid, reference.grid), set.bound, name)
      }
    },
    120_000
  )

  it("boxes are mapped back", async () => {
    const box = await page.evaluate(() => (globalThis as unknown as { boxBack: () => unknown }).boxBack())
    assert.deepStrictEqual(box, { left: 0, top: 36, right: 32, bottom: 48 })
  })
})
