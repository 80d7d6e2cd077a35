/** A headless Chromium that opens reports from disk, and notes whatever a report should not do. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { type BrowserContext, chromium, type Page } from "playwright-core"

const executable = "/usr/bin/chromium"

/** Whether Chromium is installed here. */
export const hasChromium: boolean = spawnSync(executable, ["--version"]).status === 0

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--hide-scrollbars",
  "--font-render-hinting=none"
]

/** A browser of its own, in a folder of its own. */
export interface Browser {
  readonly context: BrowserContext
  /** Opens a file in a new page; `misdeeds` are its requests, errors and violations of its policy. */
  readonly open: (
    file: string,
    hash?: string
  ) => Promise<{ readonly page: Page; readonly misdeeds: ReadonlyArray<string> }>
  readonly close: () => Promise<void>
}

/** Starts a browser. */
export const startBrowser = async (): Promise<Browser> => {
  const folder = mkdtempSync(join(tmpdir(), "report-browser-"))
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: executable,
    headless: true,
    viewport: { width: 1280, height: 900 },
    colorScheme: "light",
    reducedMotion: "reduce",
    args: flags
  })
  return {
    context,
    open: async (file, hash = "") => {
      const page = await context.newPage()
      const misdeeds: Array<string> = []
      const address = pathToFileURL(file).href
      page.on("request", (request) => {
        if (!request.url().startsWith("data:") && request.url().split("#")[0] !== address)
          misdeeds.push(`request ${request.url()}`)
      })
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") misdeeds.push(`console ${message.text()}`)
      })
      page.on("pageerror", (error) => misdeeds.push(`error ${error.message}`))
      page.on("worker", () => misdeeds.push("worker"))
      page.on("dialog", (dialog) => {
        misdeeds.push(`dialog ${dialog.message()}`)
        void dialog.dismiss()
      })
      await page.goto(`${address}${hash}`)
      await page.waitForSelector("[data-ready]")
      return { page, misdeeds }
    },
    close: async () => {
      await context.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** The number of pictures on screen that are there, once all of them are. */
export const waitForPictures = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => {
    const images = [...document.querySelectorAll("img")]
    return images.every((image) => image.complete && image.naturalWidth > 0)
  })

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** Serious and critical violations that axe finds on the page as it is now. */
export const axeViolations = async (page: Page): Promise<ReadonlyArray<string>> => {
  await page.evaluate(axeSource)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      // put there by axe's own source
      readonly axe: {
        readonly run: () => Promise<{
          readonly violations: ReadonlyArray<{
            readonly id: string
            readonly impact: string
            readonly nodes: ReadonlyArray<{ readonly html: string; readonly failureSummary: string }>
          }>
        }>
      }
    }
    const { violations } = await axe.run()
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) =>
        nodes.map(({ failureSummary, html }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`)
      )
  })
}
