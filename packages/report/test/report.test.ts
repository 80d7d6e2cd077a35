import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { InvalidOption, model, sightline } from "@sightline/core"
import { recorder, report, type ReportOptions, ReportUnwritable } from "../src/index.ts"
import { answered, drawPicture, failed, serviceOf, unpack } from "./support.ts"

let folder = ""
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "report-"))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const outcomes = [answered(0, { cat: 0.9 }), answered(1, { dog: 0.7 }), failed(2, new Error("no"))]

describe("writing a report", () => {
  it("makes folders, gives what it wrote, and leaves nothing beside it", async () => {
    const path = join(folder, "a", "b", "report.html")
    const written = await report({ outcomes }).write(path)
    const bytes = await readFile(path)
    assert.deepStrictEqual(written, { path, bytes: bytes.byteLength, outcomes: 3, failed: 1 })
    assert.deepStrictEqual(await readdir(join(folder, "a", "b")), ["report.html"])
    assert.strictEqual(bytes.toString(), await report({ outcomes }).html())
  })

  it("fails with ReportUnwritable where there is a folder of that name, and leaves nothing", async () => {
    const path = join(folder, "taken")
    await mkdir(path)
    const error: unknown = await report({ outcomes })
      .write(path)
      .catch((cause: unknown) => cause)
    assert.instanceOf(error, ReportUnwritable)
    assert.deepStrictEqual([error.path, error.retryable], [path, false])
    assert.deepStrictEqual(
      (await readdir(folder)).filter((name) => name.includes(".part")),
      []
    )
  })

  it("rejects with what the source of outcomes throws", async () => {
    const broken = async function* () {
      yield answered(0, {})
      throw new Error("the source broke")
    }
    const error: unknown = await report({ outcomes: broken() })
      .html()
      .catch((cause: unknown) => cause)
    assert.include(String(error), "the source broke")
  })

  it.each<readonly [string, ReportOptions]>([
    ["outcomes", {}],
    ["outcomes", { outcomes, job: { outcomes: async function* () {} } }],
    ["maxBytes", { outcomes, maxBytes: 0 }],
    ["thumbnails.maxSide", { outcomes, thumbnails: { maxSide: -1 } }],
    ["thumbnails.maxPixels", { outcomes, thumbnails: { maxPixels: Number.NaN } }]
  ])("rejects with InvalidOption for what %s cannot be", async (option, options) => {
    const error: unknown = await report(options)
      .html()
      .catch((cause: unknown) => cause)
    assert.instanceOf(error, InvalidOption)
    assert.strictEqual(error.option, `report.${option}`)
  })

  it("rejects with what a callback of the caller throws", async () => {
    const error: unknown = await report({
      outcomes,
      redact: () => {
        throw new TypeError("my own")
      }
    })
      .html()
      .catch((cause: unknown) => cause)
    assert.include(String(error), "my own")
  })
})

describe("the file", () => {
  it("is the same for the same run, byte for byte", async () => {
    const inputs = await Promise.all(["A", "B", "C"].map((letter) => drawPicture({ letter, width: 900, height: 700 })))
    const options = { outcomes, inputs, evaluation: { truth: () => "cat" } }
    assert.strictEqual(await report(options).html(), await report(options).html())
  })

  it("has a policy that allows its own script and style alone, and a shell of at most 60 kB", async () => {
    const html = await report({ outcomes: [] }).html()
    const policy =
      /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1]?.replaceAll("&#39;", "'") ?? ""
    assert.match(policy, /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; img-src data:; /)
    assert.notMatch(policy, /unsafe|\*|https?:|blob:/)
    assert.include(policy, "require-trusted-types-for 'script'; trusted-types 'none'")
    assert.notMatch(html.replaceAll(/<script[^]*?<\/script>/g, ""), / (?:src|href|style|on[a-z]+)=/)
    assert.isAtMost(gzipSync(html).byteLength, 60_000)
  })

  it("keeps to its size by making pictures smaller, then leaving them out", async () => {
    const inputs = await Promise.all(
      Array.from({ length: 12 }, (_, i) => drawPicture({ letter: `${i}`, width: 800, height: 600 }))
    )
    const many = inputs.map((_, i) => answered(i, { cat: 0.5 }))
    const sizes: Array<number> = []
    for (const maxBytes of [24_000_000, 260_000, 150_000, 118_000, 60_000]) {
      const html = await report({ outcomes: many, inputs, maxBytes }).html()
      const { data, pictures } = unpack(html)
      sizes.push(pictures.length === 0 ? 0 : Math.max(...data.pictures.width))
      assert.isAtMost(Buffer.byteLength(html), Math.max(maxBytes, 108_000))
      if (pictures.length < 12) assert.include(data.notes[0], `${12 - pictures.length} pictures were left out`)
    }
    assert.deepStrictEqual(
      sizes,
      sizes.toSorted((a, b) => b - a)
    )
    assert.deepStrictEqual([sizes[0], sizes.at(-1)], [720, 0])
  })

  it("holds what a job and a run give, and the plan of the run", async () => {
    const service = serviceOf(() => ({ concepts: [{ id: "a", name: "a", value: 0.5 }] }))
    const watch = recorder()
    const app = sightline(service, { onEvent: watch.event })
    const run = app
      .inputs(["https://x.test/1.jpg", "https://x.test/2.jpg"])
      .predict(model({ id: "m", task: "visual-classifier" }))
    const fromRun = unpack(await report({ run, events: watch }).html())
    assert.deepStrictEqual(
      [fromRun.data.rows.count, fromRun.data.run?.plan?.calls, fromRun.data.run?.calls.length, fromRun.data.rows.call],
      [2, 1, 1, [1, 1]]
    )
    const fromJob = unpack(await report({ job: { outcomes: () => run.stream() } }).html())
    assert.deepStrictEqual(fromJob.data.rows, { ...fromRun.data.rows, call: [0, 0] })
  })

  it("says what was left out, and why", async () => {
    const { data } = unpack(
      await report({
        outcomes: [answered(0, { cat: 0.9 }), failed(1, new InvalidOption({ option: "top", problem: "is 500" }), 0)],
        plan: {
          steps: ["inputs"],
          calls: [],
          items: 1,
          bytes: 0,
          usd: undefined,
          budget: undefined,
          seconds: 0,
          hooks: [],
          unreadable: [
            { index: 1, problem: "already a row" },
            { index: 7, problem: "there is no file at secret.jpg" }
          ],
          notes: []
        },
        evaluation: { truth: () => "cat" }
      }).html()
    )
    assert.deepStrictEqual(data.skipped, [
      { what: "input 1", why: "top is 500; nothing was sent", row: 1 },
      { what: "input 7", why: "it cannot be read here" },
      { what: "1 test of this version", why: "without a prediction" }
    ])
  })
})
