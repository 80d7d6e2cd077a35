// `node site/check-runs.ts`: opens the built site in Chromium, runs every block that a reader can run, and compares what it gives
// with what the page says. Says so and ends well where no Chromium is installed.
import { existsSync, readFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { extname, join, resolve, sep } from "node:path"
import { chromium, type Page } from "playwright-core"
import { chromiumPath } from "../test/fixtures/chromium-path.ts"
import { root } from "./build/doors.ts"
import { pagesFolder } from "./build/pages.ts"
import { findRunBlocks, type RunBlock } from "./build/run-blocks.ts"

const dist = join(root, "site", "dist")

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
  ".json": "application/json"
}

/** The file of an address without its extension, as hosts of such sites find it. */
const fileOf = (path: string): string | undefined =>
  [path, `${path}.html`, join(path, "index.html")]
    .map((name) => resolve(dist, `.${sep}${name}`))
    .find((file) => file.startsWith(dist) && existsSync(file) && extname(file) !== "")

/** Serves the built site on the loopback. */
const serveSite = (): Promise<{ readonly url: string; readonly close: () => void }> => {
  const server: Server = createServer((request, response) => {
    const file = fileOf(decodeURIComponent(new URL(request.url ?? "/", "http://site").pathname))
    if (file === undefined) return void response.writeHead(404).end()
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" })
    response.end(readFileSync(file))
  })
  return new Promise((done) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address ? address.port : 0
      done({ url: `http://127.0.0.1:${port}`, close: () => server.close() })
    })
  )
}

/** Runs one block of the open page, and says what is wrong. */
const problemOf = async (page: Page, index: number, { gives }: RunBlock): Promise<string | undefined> => {
  const block = page.locator(".run-block").nth(index)
  await block.getByRole("button").click()
  await page.waitForFunction(
    (at) => ["done", "failed"].includes(document.querySelectorAll(".run-block")[at]?.getAttribute("data-state") ?? ""),
    index,
    { timeout: 30_000 }
  )
  const output = await block.getByRole("status").innerText()
  if ((await block.getAttribute("data-state")) === "failed") return output
  const lines = output.split("\n")
  const missing = gives.filter((value) => !lines.includes(value))
  return missing.length === 0 ? undefined : `does not give ${missing.join(", ")}; it wrote ${output}`
}

const blocks = findRunBlocks(pagesFolder)
if (chromiumPath === undefined) {
  console.log(`skipped: no Chromium is installed, so ${blocks.length} blocks were not run in their pages`)
} else {
  const site = await serveSite()
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox"] })
  let failed = blocks.length === 0 ? 1 : 0
  for (const [name, those] of Map.groupBy(blocks, ({ page }) => page)) {
    const page = await browser.newPage()
    await page.goto(`${site.url}/${name.replace(/(?:index)?\.md$/, "")}`)
    for (const [index, block] of those.entries()) {
      const problem = await problemOf(page, index, block)
      if (problem === undefined) continue
      failed += 1
      console.error(`${name}, block ${index + 1}: ${problem}`)
    }
    await page.close()
  }
  await browser.close()
  site.close()
  console.log(`${blocks.length - failed} of ${blocks.length} blocks ran in their pages`)
  process.exitCode = failed > 0 ? 1 : 0
}
