import { assert, afterAll, beforeAll, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readArguments } from "../../src/command/options.ts"

const key = "pat-0123456789abcdef"
const status = { code: 10000, description: "Ok" }
const kept = ["pets", "boxes"].map((id) => ({
  id,
  user_id: "u",
  app_id: "a",
  model_type_id: id === "pets" ? "visual-classifier" : "visual-detector",
  model_version: { id: `${id}-v1`, status: { code: 21100 } }
}))
const vocabulary = { pets: ["cat", "dog"], boxes: [] } as Readonly<Record<string, ReadonlyArray<string>>>

const folder = mkdtempSync(join(tmpdir(), "sightline-command-"))
let baseUrl = ""
const asked: Array<string> = []
const server = createServer((request, response) => {
  asked.push(request.url ?? "")
  const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost")
  const answer = (http: number, body: object) => {
    response.writeHead(http, { "content-type": "application/json" })
    response.end(JSON.stringify(body))
  }
  if (request.headers.authorization !== `Key ${key}`)
    return answer(401, { status: { code: 11009, details: `API key ${request.headers.authorization} not found` } })
  const [, owner = "", id] =
    /^\/v2\/users\/(.+)\/models\/([^/]+)(?:\/versions\/[^/]+)?\/output_info$/.exec(pathname) ?? []
  if (id === undefined) {
    const type = searchParams.get("model_type_id")
    return answer(200, { status, models: kept.filter((one) => type === null || one.model_type_id === type) })
  }
  const found = kept.find((one) => one.id === id)
  if (found === undefined || owner !== "u/apps/a") return answer(404, { status: { code: 21200, details: "not here" } })
  const concepts = (vocabulary[id] ?? []).map((name) => ({ id: name, name, value: 1 }))
  return answer(200, { status, model: { ...found, output_info: { data: { concepts } } } })
})
beforeAll(async () => {
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done)
  })
  const address = server.address()
  baseUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const main = join(import.meta.dirname, "../../src/command/main.ts")
interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}
const command = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = { CLARIFAI_PAT: key }) =>
  new Promise<Ended>((done) => {
    const own = { PATH: process.env["PATH"], CLARIFAI_API_BASE: baseUrl, ...env }
    execFile(process.execPath, [main, ...args], { env: own, timeout: 60_000 }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1, stdout, stderr })
    })
  })
const here = ["--user", "u", "--app", "a"]
const refused = ({ code, stderr, stdout }: Ended, ends: number, says: RegExp) => {
  assert.strictEqual(code, ends, stderr)
  assert.strictEqual(stdout, "")
  assert.match(stderr, says)
  assert.strictEqual(stderr.trim().split("\n").length, 1, "one line")
}

const handles = `import { model } from "@sightline/core"

export const boxes = model({
  id: "boxes",
  userId: "u",
  appId: "a",
  task: "visual-detector"
})

export const pets = model({
  id: "pets",
  userId: "u",
  appId: "a",
  task: "visual-classifier",
  concepts: ["cat","dog"]
})
`

describe("sightline-models", () => {
  it("writes the account's models, and leaves a file as it is that says so already", async () => {
    const out = join(folder, "models.ts")
    const first = await command([...here, "--out", out])
    assert.deepStrictEqual([first.code, first.stdout], [0, ""], first.stderr)
    assert.strictEqual(readFileSync(out, "utf8"), handles)
    const { mtimeMs } = statSync(out)
    const second = await command([...here, `--out=${out}`])
    assert.match(second.stderr, /2 models .*as before/)
    assert.strictEqual(statSync(out).mtimeMs, mtimeMs)
    assert.deepStrictEqual(readdirSync(folder), ["models.ts"])
  })
  it("writes to standard output without a file, some models where they are named", async () => {
    const named = await command(["https://clarifai.com/u/a/models/pets/versions/v7"])
    assert.match(
      named.stdout,
      /^import .*\n\nexport const pets = model\({\n {2}id: "pets",\n.*"u",\n.*"a",\n {2}versionId: "v7",/
    )
    assert.match(asked.at(-1) ?? "", /\/models\/pets\/versions\/v7\/output_info$/)
    assert.strictEqual((await command([...here, "pets", "boxes"])).stdout, handles)
    const typed = await command([...here, "--type", "visual-detector"])
    assert.deepStrictEqual(typed.stdout.match(/export const \w+/g), ["export const boxes"])
  })
  it("says in one line that the key is bad or missing, and shows it nowhere", async () => {
    const bad = "secret-9876543210fedcba"
    const ended = await command(here, { CLARIFAI_PAT: bad })
    refused(ended, 1, /Unauthorized/)
    assert.notInclude(ended.stderr, bad)
    refused(await command(here, { CLARIFAI_API_BASE: "https://service.invalid" }), 1, /NotConfigured.*CLARIFAI_PAT/)
  })
  it("says in one line which model is not there, and leaves the file as it was", async () => {
    const out = join(folder, "before.ts")
    writeFileSync(out, "before")
    refused(await command([...here, "--out", out, "pets", "ghost"]), 1, /NotFound: ghost/)
    assert.strictEqual(readFileSync(out, "utf8"), "before")
    assert.isFalse(readdirSync(folder).some((name) => name.endsWith(".tmp")))
  })
  it("says in one line that the file cannot be written, before it asks the service", async () => {
    mkdirSync(join(folder, "taken"))
    const before = asked.length
    refused(await command([...here, "--out", join(folder, "no/where/models.ts")]), 1, /its folder is not there/)
    refused(await command([...here, "--out", join(folder, "taken")]), 1, /it is a folder/)
    assert.strictEqual(asked.length, before)
  })
  it("says in one line that the service is not there", async () => {
    refused(await command([...here, "--url", "http://127.0.0.1:1"]), 1, /Unreachable/)
  })
  it("refuses what it does not understand, and helps", async () => {
    refused(
      await command(["--pat=secret-0123456789"]),
      2,
      /^sightline-models: a key is not taken from the command line[^0-9]*$/
    )
    const helped = await command(["--help"], {})
    assert.deepStrictEqual([helped.code, helped.stderr], [0, ""])
    assert.include(helped.stdout, "sightline-models [options]")
  })
})

describe("the command's options", () => {
  it("are read with and without an equals sign", () => {
    assert.deepStrictEqual(readArguments(["--user", "u", "--out=a=b.ts", "m"]), {
      do: "write",
      options: { user: "u", out: "a=b.ts", models: ["m"] }
    })
  })
  it.each([
    [["--user"], /--user needs a value/],
    [["--user", "u", "--user", "v"], /given twice/],
    [[""], /name is empty/],
    [["m", "--type", "t"], /leave them out/],
    [["--session-token", "x"], /not taken from the command line/],
    [["--wat", "secret"], /no option --wat;/]
  ])("%j are refused, without their values", (typed, says) => {
    const wanted = readArguments(typed)
    assert.match(wanted.do === "refuse" ? wanted.problem : "", says)
    assert.notMatch(wanted.do === "refuse" ? wanted.problem : "secret", /secret/)
  })
})
