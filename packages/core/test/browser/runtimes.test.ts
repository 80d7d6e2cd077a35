import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createContext, runInContext } from "node:vm"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { chromiumPath } from "@sightline/fixtures/chromium-path"
import { build, type BuildOptions } from "esbuild"
import { type BrowserContext, chromium, type Page } from "playwright-core"
import type { Cut, Hooked, Visit } from "./page.ts"
import { serve, type Service } from "./service.ts"

const src = join(import.meta.dirname, "../../src")
const doors = ["index.ts", "effect.ts", "plugin.ts", "testing.ts", "wire.ts"].map((name) => join(src, name))

/** The page as one script without any import. */
const script = async (platform: NonNullable<BuildOptions["platform"]>): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "page.ts")],
    bundle: true,
    write: false,
    format: "iife",
    platform,
    mainFields: platform === "browser" ? ["browser", "module", "main"] : ["module", "main"],
    conditions: ["import", "default"]
  })
  return outputFiles[0]?.text ?? ""
}

describe("what core is made of", () => {
  it.each(doors)("%s has no import that only Node knows", async (door) => {
    const { metafile } = await build({
      entryPoints: [door],
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      conditions: ["import", "default"]
    })
    const files = Object.entries(metafile.inputs)
    assert.isAbove(files.length, 10)
    assert.deepStrictEqual(
      files.flatMap(([path, { imports }]) =>
        imports.filter((made) => made.external === true).map((made) => `${path}: ${made.path}`)
      ),
      []
    )
  })

  it.each([
    ["Node", ["node"], true],
    ["a bundler that names no runtime", [], false],
    ["a browser", ["browser"], false],
    ["workerd", ["workerd", "worker"], false],
    ["Bun, which also claims to be Node", ["bun", "node"], false],
    ["Deno, which also claims to be Node", ["deno", "node"], false]
  ])("for %s, `#http` is what it should be", async (_, conditions, undici) => {
    const { metafile } = await build({
      entryPoints: [join(src, "index.ts")],
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: conditions.includes("node") ? "node" : "neutral",
      mainFields: ["module", "main"],
      conditions: ["import", ...conditions]
    })
    const modules = Object.keys(metafile.inputs)
    assert.strictEqual(
      modules.some((path) => path.endsWith("connection/node-http.ts")),
      undici
    )
    assert.strictEqual(
      modules.some((path) => path.endsWith("connection/platform-http.ts")),
      !undici
    )
    assert.strictEqual(
      modules.some((path) => path.includes("/undici/")),
      undici
    )
  })
})

/** What holds everywhere. */
const told = { names: ["train"], series: [true, true, true, true], stopped: "enough" }

describe("in a realm with web globals only, as in a worker", () => {
  let service: Service
  beforeAll(async () => {
    service = await serve()
  })
  afterAll(() => service.close())

  it("core runs without process, Buffer or require, and says that there are no files", async () => {
    const web = {
      AbortController,
      AbortSignal,
      Blob,
      DOMException,
      File,
      FormData,
      Headers,
      ReadableStream,
      Request,
      Response,
      TextDecoder,
      TextEncoder,
      URL,
      URLSearchParams,
      atob,
      btoa,
      clearTimeout,
      crypto,
      fetch,
      performance,
      queueMicrotask,
      setTimeout,
      structuredClone
    }
    const realm = createContext({ ...web })
    runInContext("globalThis.self = globalThis", realm)
    runInContext(await script("neutral"), realm)
    assert.strictEqual(
      runInContext("typeof process + typeof Buffer + typeof require", realm),
      "undefinedundefinedundefined"
    )
    const visit: Visit = await runInContext(`visit(${JSON.stringify(service.url)})`, realm)
    assert.deepInclude(JSON.parse(JSON.stringify(visit)), told)
    assert.include(visit.fileProblem, "files cannot be read here; give bytes, a Blob or a URL")
    assert.strictEqual(visit.refused, "") // a worker of a server may hold keys
    assert.isTrue(service.keys.length > 0 && service.keys.every((key) => key === "Key a-key"))
  })
})

describe.skipIf(chromiumPath === undefined)("in a browser (skipped where no chromium is on the PATH)", () => {
  const folder = mkdtempSync(join(tmpdir(), "browser-"))
  let service: Service
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    service = await serve()
    context = await chromium.launchPersistentContext(folder, {
      executablePath: chromiumPath ?? "chromium",
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync"
      ]
    })
    page = await context.newPage()
    await page.goto(service.url)
    await page.addScriptTag({ content: await script("browser") })
  }, 120_000)
  afterAll(async () => {
    await context.close()
    service.close()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  it("core predicts on blobs, bytes, streams and URLs, and refuses a key unless told otherwise", async () => {
    const visit: Visit = await page.evaluate(`visit(${JSON.stringify(service.url)})`)
    assert.deepInclude(visit, told)
    assert.include(visit.fileProblem, "files cannot be read here; give bytes, a Blob or a URL")
    assert.match(visit.refused, /a key in a browser can be read by every visitor/)
    assert.isTrue(service.keys.length > 0 && service.keys.every((key) => key === "Key a-key"))
  }, 60_000)

  it("hooks of the user's ky sign, add a proxy's header, answer from a cache, and throw", async () => {
    const hooked: Hooked = await page.evaluate(`hooks(${JSON.stringify(service.url)})`)
    assert.deepStrictEqual(hooked.answered, { signed: true, proxied: true, cached: true, thrown: false })
    assert.match(hooked.problem, /a ky hook threw: no vault; fix the hook/)
    const sent = service.headers.slice(-2)
    assert.match(String(sent[0]?.["x-signature"]), /^[0-9a-f]{64}$/)
    assert.strictEqual(sent[0]?.["x-signature"], hooked.digest)
    assert.strictEqual(sent[1]?.["x-proxy"], "team-a")
  }, 60_000)

  it("a worker of a page is refused a key too, and works when told otherwise", async () => {
    const source = JSON.stringify(`${await script("browser")};visit(${JSON.stringify(service.url)}).then(postMessage)`)
    const visit: Visit = await page.evaluate(`new Promise((done) => {
      const worker = new Worker(URL.createObjectURL(new Blob([${source}])))
      worker.onmessage = ({ data }) => done(data)
    })`)
    assert.deepInclude(visit, told)
    assert.match(visit.refused, /a key in a browser can be read by every visitor/)
  }, 60_000)

  it("crops are cut by the canvas and resolve in the original", async () => {
    const cuts: ReadonlyArray<Cut | string> = await page.evaluate(`cuts(${JSON.stringify(service.url)})`)
    assert.deepStrictEqual(cuts, [
      {
        area: { top: 10, left: 10, bottom: 20, right: 20 },
        box: { top: 15, left: 13, bottom: 20, right: 15 }
      }
    ])
  }, 60_000)
})
