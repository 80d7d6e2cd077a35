import { createServer } from "node:http"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { dataJson, dataPath, hasData } from "@sightline/fixtures"
import { build } from "esbuild"
import { type BrowserContext, chromium, type Page } from "playwright-core"
import { decodeFrames } from "../../src/index.ts"
import { gridDistance } from "../grid.ts"
import type { Offered } from "./page.ts"

interface Expected {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly video: ReadonlyArray<{
          readonly samples: ReadonlyArray<{ readonly uprightGrid: ReadonlyArray<number> }>
        }>
      }
    >
  >
}

const executablePath = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "chromium"))
  .find((path) => existsSync(path))
if (executablePath === undefined) console.warn("skipped: no chromium command (apt-get install chromium)")

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-sync"
]

/** Formats that Debian's chromium decodes without hardware. */
const clips = [
  "rabbit_vp8_vorbis.webm",
  "frame-numbers_vp9.webm",
  "bikes_h264_no-audio.mp4",
  "rotated-90_tiny.mov",
  "pancake_h264_opus.mkv"
]

describe.skipIf(executablePath === undefined || !hasData("video"))("in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "browser-"))
  // WebCodecs wants a secure origin: this machine's own address is one
  const server = createServer((_, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<p>video</p>")
  )
  let context: BrowserContext | undefined
  let page: Page
  const expected = hasData("video") ? (dataJson("video", "expected.json") as Expected) : { files: {} }
  const base64 = (name: string) => readFileSync(dataPath("video", name)).toString("base64")
  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, "page.ts")],
      bundle: true,
      write: false,
      format: "iife",
      platform: "browser"
    })
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
    const { port } = server.address() as AddressInfo // a TCP server has one
    context = await chromium.launchPersistentContext(folder, { executablePath: executablePath ?? "", args: flags })
    page = await context.newPage()
    await page.goto(`http://127.0.0.1:${port}/`)
    await page.addScriptTag({ content: outputFiles[0]?.text ?? "" })
  }, 120_000)
  afterAll(async () => {
    await context?.close()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  it.each(clips)(
    "%s gives the frames that Node gives",
    async (name) => {
      const { error, frames } = await page.evaluate(
        // `decode` is put there by page.ts
        ([file]) => (globalThis as unknown as Offered).decode(file, 1000),
        [base64(name)] as const
      )
      assert.isUndefined(error)
      const here: Array<ReadonlyArray<number>> = []
      for await (const { frameTimeMs, height, timeMs, width } of decodeFrames(
        { path: dataPath("video", name) },
        {
          everyMs: 1000
        }
      ))
        here.push([timeMs, frameTimeMs, width, height])
      assert.deepStrictEqual(
        frames.map(({ frameTimeMs, height, timeMs, width }) => [timeMs, frameTimeMs, width, height]),
        here
      )
      const seen = new Uint8Array(Buffer.from(frames[0]?.jpeg ?? "", "base64"))
      const grid = expected.files[name]?.video[0]?.samples[0]?.uprightGrid ?? []
      assert.isAtMost(await gridDistance(seen, grid), 20) // browsers take an unstated colour matrix to be another one
    },
    120_000
  )

  it("cuts a clip there too", async () => {
    const starts = await page.evaluate(([file]) => (globalThis as unknown as Offered).split(file, 4000), [
      base64("bikes_h264_no-audio.mp4")
    ] as const)
    assert.deepStrictEqual(starts, [0, 3040, 5480, 7480])
  })
})
