import { models, sightline } from "@sightline/core"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { csv, files, inProcess, type JobSource, jsonLines, listing, type Reference, submit } from "../../src/index.ts"
import { addresses, countingService } from "../service/counting-service.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-sources-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const read = async ({ pages }: JobSource): Promise<ReadonlyArray<Reference>> => {
  const all: Array<Reference> = []
  for await (const { inputs } of pages(undefined)) all.push(...inputs)
  return all
}

const chain = () => sightline(countingService().connection).inputs([]).predict(models.general)

it("reads JSON Lines: addresses, files beside the list, texts, keys and kinds", async () => {
  const lines = [
    '"https://example.com/a.jpg"',
    "",
    '{"file":"b.jpg","key":"b"}',
    '{"text":"hello"}',
    '{"url":"https://example.com/c.mp4","kind":"video"}'
  ]
  expect(await read(jsonLines(write("list.jsonl", lines.join("\r\n"))))).toEqual([
    "https://example.com/a.jpg",
    { file: join(folder, "b.jpg"), key: "b" },
    { text: "hello" },
    { url: "https://example.com/c.mp4", kind: "video" }
  ])
})

it("reads CSV: quoted values, line breaks in them, and a byte order mark", async () => {
  const text = '\uFEFFurl,key,text\r\n"https://example.com/a,b.jpg",one,\r\n,two,"a ""quoted""\ntext"\r\n'
  expect(await read(csv(write("list.csv", text)))).toEqual([
    { url: "https://example.com/a,b.jpg", key: "one" },
    { text: 'a "quoted"\ntext', key: "two" }
  ])
})

it.each([
  ["bad.jsonl", '"https://example.com/"\n{"path":"x"}', jsonLines, "line 2 is no input"],
  ["bad.csv", "path\nx.jpg", csv, "has no value in a column named url, file or text"],
  ["kind.csv", "url,kind\nhttps://example.com/,smell", csv, "has the kind smell, which is none"]
])("names the line of %s that is no input", async (name, text, source, problem) => {
  await using executor = inProcess()
  const submitted = submit(chain(), { source: source(write(name, text)), executor })
  await expect(submitted).rejects.toMatchObject({ _tag: "JobSourceFailed", problem: expect.stringContaining(problem) })
})

it("names a list or a folder that is not there", async () => {
  await using executor = inProcess()
  for (const source of [jsonLines(join(folder, "no.jsonl")), files(join(folder, "none"))])
    await expect(submit(chain(), { source, executor })).rejects.toMatchObject({
      _tag: "JobSourceFailed",
      message: expect.stringContaining("ENOENT")
    })
})

it("lists files of a folder and of a pattern in the order of their paths, without hidden ones", async () => {
  const photos = join(folder, "photos")
  for (const name of ["b/2.jpg", "a.jpg", "b/1.png", ".hidden/3.jpg", "b/.4.jpg"]) {
    mkdirSync(join(photos, name, ".."), { recursive: true })
    writeFileSync(join(photos, name), "")
  }
  const path = (name: string) => ({ file: join(photos, name) })
  expect(await read(files(photos))).toEqual([path("a.jpg"), path("b/1.png"), path("b/2.jpg")])
  expect(await read(files(join(photos, "**/*.jpg")))).toEqual([path("a.jpg"), path("b/2.jpg")])
})

it("continues a listing at the page that it had reached when it broke off", async () => {
  await using executor = inProcess()
  const asked: Array<string | undefined> = []
  let breaks = true
  const source = listing({
    name: "bucket",
    page: async (cursor) => {
      asked.push(cursor)
      const at = Number(cursor ?? 0)
      if (breaks && at === 2) throw new Error("the bucket is away")
      return { inputs: addresses(3).map((url) => `${url}?${at}`), ...(at === 3 ? {} : { next: String(at + 1) }) }
    }
  })
  await expect(submit(chain(), { source, executor, id: "job" })).rejects.toThrow("the bucket is away")
  breaks = false
  asked.length = 0
  const job = await submit(chain(), { source, executor, id: "job" })
  expect(await job.status()).toMatchObject({ inputs: 12, listed: true, counts: { pending: 12 } })
  expect(asked).not.toContain("1")
})

it("refuses bytes, a chain that starts with a file, and an id that is none", async () => {
  await using executor = inProcess()
  const source = [new Uint8Array()] as never
  await expect(submit(chain(), { source, executor })).rejects.toMatchObject({ _tag: "InvalidOption", option: "source" })
  await expect(submit(chain(), { source: [], executor, id: "a/b" })).rejects.toMatchObject({ option: "id" })
  await expect(submit(chain(), { source: [], executor, budget: { calls: -1 } })).rejects.toMatchObject({
    option: "budget"
  })
})

it("cuts units by count and by bytes", async () => {
  await using executor = inProcess()
  const long = addresses(100).map((url) => `${url}?${"x".repeat(2000)}`)
  const job = await submit(chain(), { source: long, executor })
  expect((await job.status()).calls.planned).toBe(4)
  const own = sightline(countingService().connection)
    .inputs([...addresses(129)])
    .predict(models.general)
  expect((await (await submit(own, { executor })).status()).calls.planned).toBe(2)
})

it("asks a listing for each page once, and for none of a job that is listed", async () => {
  await using executor = inProcess()
  const asked: Array<string | undefined> = []
  const source = listing({
    name: "bucket",
    page: async (cursor) => {
      asked.push(cursor)
      const at = Number(cursor ?? 0)
      return { inputs: at === 0 ? [] : addresses(2), ...(at === 2 ? {} : { next: String(at + 1) }) }
    }
  })
  const job = await submit(chain(), { source, executor })
  expect((await job.status()).inputs).toBe(4)
  await submit(chain(), { source, executor })
  expect(asked).toEqual([undefined, "1", "2"])
})

it("lists a single file, gives each file the kind of its extension, and skips what is no medium", async () => {
  const mixed = join(folder, "mixed")
  mkdirSync(mixed)
  for (const name of ["a.jpg", "b.mp4", "c.db", "d"]) writeFileSync(join(mixed, name), "")
  const path = (name: string) => join(mixed, name)
  expect(await read(files(mixed))).toEqual([{ file: path("a.jpg") }, { file: path("b.mp4"), kind: "video" }])
  expect(await read(files(path("d")))).toEqual([{ file: path("d") }])
  await expect(read(files(path("*.png")))).rejects.toMatchObject({
    _tag: "JobSourceFailed",
    problem: expect.stringContaining("no file matches")
  })
})

it("plans one call for each model of a unit", async () => {
  await using executor = inProcess()
  const app = sightline(countingService().connection)
  const two = await submit(app.inputs([]).all({ a: models.general, b: models.color }), {
    source: addresses(129),
    executor
  })
  expect((await two.status()).calls).toEqual({ made: 0, planned: 4 })
})
