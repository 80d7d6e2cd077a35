/** `sightline models handles`: typed handles of an account's models, against a fake service and the engine. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { sightline } from "@sightline/core"
import { resources } from "@sightline/core/resources"
import { engine } from "@sightline/engine"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { temporaryFolder } from "../support/folders.ts"
import { cli, type Ran } from "../support/run-cli.ts"
import { listen } from "../support/sample-service.ts"

const key = "pat-0123456789abcdef"
const status = { code: 10000, description: "Ok" }
const stored = ["pets", "boxes"].map((id) => ({
  id,
  user_id: "u",
  app_id: "a",
  model_type_id: id === "pets" ? "visual-classifier" : "visual-detector",
  model_version: { id: `${id}-v1`, status: { code: 21100 } }
}))
const vocabulary: Readonly<Record<string, ReadonlyArray<string>>> = { pets: ["cat", "dog"], boxes: [] }

/** A service with two models, which records the paths of its calls. */
const startService = async () => {
  const paths: Array<string> = []
  const service = await listen((request, response) => {
    paths.push(request.url ?? "")
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost")
    const answer = (http: number, body: object) => {
      response.writeHead(http, { "content-type": "application/json" })
      response.end(JSON.stringify(body))
    }
    const { authorization } = request.headers
    if (authorization !== `Key ${key}`)
      return answer(401, { status: { code: 11009, details: `API key ${authorization} not found` } })
    const [, owner = "", id] =
      /^\/v2\/users\/(.+)\/models\/([^/]+)(?:\/versions\/[^/]+)?\/output_info$/.exec(pathname) ?? []
    if (id === undefined) {
      const type = searchParams.get("model_type_id")
      return answer(200, { status, models: stored.filter((one) => type === null || one.model_type_id === type) })
    }
    const found = stored.find((one) => one.id === id)
    if (found === undefined || owner !== "u/apps/a")
      return answer(404, { status: { code: 21200, details: "not here" } })
    const concepts = (vocabulary[id] ?? []).map((name) => ({ id: name, name, value: 1 }))
    return answer(200, { status, model: { ...found, output_info: { data: { concepts } } } })
  })
  return { ...service, paths }
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

const expectFailure = ({ code, stderr, stdout }: Ran, expected: number, line: RegExp) => {
  expect([code, stdout], stderr).toEqual([expected, ""])
  expect(stderr).toMatch(line)
  expect(stderr.trim().split("\n")).toHaveLength(1)
}

describe("sightline models handles", () => {
  const place = temporaryFolder()
  let service: Awaited<ReturnType<typeof startService>> | undefined
  const run = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = { CLARIFAI_PAT: key }) =>
    cli(["models", "handles", ...(args.includes("--url") ? [] : ["--url", service?.url ?? ""]), ...args], {
      cwd: place.path,
      env
    })
  const app = ["--user", "u", "--app", "a"]
  beforeAll(async () => {
    service = await startService()
  })
  afterAll(async () => {
    await service?.[Symbol.asyncDispose]()
    place[Symbol.dispose]()
  })

  it("writes all models of an app, and does not touch a file that is up to date", async () => {
    const first = await run([...app, "--out", "models.ts"])
    expect([first.code, first.stdout], first.stderr).toEqual([0, ""])
    const file = join(place.path, "models.ts")
    expect(readFileSync(file, "utf8")).toBe(handles)
    const { mtimeMs } = statSync(file)
    const second = await run([...app, "--out=models.ts"])
    expect(second.stderr).toMatch(/2 models in models\.ts, unchanged/)
    expect(statSync(file).mtimeMs).toBe(mtimeMs)
    expect(readdirSync(place.path)).toEqual(["models.ts"])
  })

  it("writes to standard output without a file, and only the models that are named or selected", async () => {
    for (const name of ["https://clarifai.com/u/a/models/pets/versions/v7", "u/a/pets@v7"]) {
      const named = await run([name])
      expect(named.stdout).toMatch(
        /^import .*\n\nexport const pets = model\({\n {2}id: "pets",\n.*"u",\n.*"a",\n {2}versionId: "v7",/
      )
      expect(service?.paths.at(-1)).toMatch(/\/models\/pets\/versions\/v7\/output_info$/)
    }
    expect((await run([...app, "pets", "boxes"])).stdout).toBe(handles)
    const typed = await run([...app, "--type", "visual-detector"])
    expect(typed.stdout.match(/export const \w+/g)).toEqual(["export const boxes"])
  })

  it("reports a wrong or missing key in one line, without the key", async () => {
    const wrong = "secret-9876543210fedcba"
    const ended = await run(app, { CLARIFAI_PAT: wrong })
    expectFailure(ended, 5, /the credential was not accepted/)
    expect(ended.stderr).not.toContain(wrong)
    expectFailure(await run([...app, "--url", "https://service.invalid"], {}), 5, /CLARIFAI_PAT/)
  })

  it("reports an unknown model in one line, and leaves the file as it is", async () => {
    const out = join(place.path, "before.ts")
    writeFileSync(out, "before")
    expectFailure(await run([...app, "--out", out, "pets", "ghost"]), 6, /ghost: not found/)
    expect(readFileSync(out, "utf8")).toBe("before")
    expect(readdirSync(place.path).some((name) => name.endsWith(".tmp"))).toBe(false)
  })

  it("reports a file that cannot be written in one line, before any call", async () => {
    mkdirSync(join(place.path, "taken"))
    const before = service?.paths.length
    expectFailure(await run([...app, "--out", join("no", "where", "models.ts")]), 4, /its folder does not exist/)
    expectFailure(await run([...app, "--out", "taken"]), 4, /it is a folder/)
    expect(service?.paths).toHaveLength(before ?? -1)
  })

  it("reports a service that cannot be reached in one line", async () => {
    expectFailure(await run([...app, "--url", "http://127.0.0.1:1"]), 7, /ECONNREFUSED/)
  })

  it("rejects an empty name, and selectors beside names", async () => {
    expectFailure(await run([...app, ""]), 2, /the model "" is not valid/)
    expectFailure(await run([...app, "m", "--type", "t"]), 2, /leave them out if models are named/)
  })

  it("writes the models of a served engine", { timeout: 60_000 }, async () => {
    const local = engine({ directory: join(place.path, "state") })
    await using opened = sightline(local).use(resources())
    const { models } = opened.resources
    await models.create({ id: "pets", concepts: ["charlie", "our_wedding"] }).run()
    await models.create({ id: "empty" }).run()
    const { close, url } = await local.serve({ key: "the-key" })
    try {
      const env = { CLARIFAI_PAT: "the-key", CLARIFAI_USER_ID: "me", CLARIFAI_APP_ID: "main" }
      const written = await run(["--url", url, "--out", "engine.ts", "pets", "empty"], env)
      expect(written.code, written.stderr).toBe(0)
      const text = readFileSync(join(place.path, "engine.ts"), "utf8")
      expect(text).toContain(`concepts: ["charlie","our_wedding"]`)
      expect(text).toContain(`export const empty = model({\n  id: "empty",`)
      const all = await run(["--url", url], env)
      expect(all.stdout).toContain("export const pets = ")
      expectFailure(await run(["--url", url, "ghost"], env), 6, /ghost: not found/)
      const wrong = await run(["--url", url], { ...env, CLARIFAI_PAT: "a-bad-key-0123456789" })
      expectFailure(wrong, 5, /the credential was not accepted/)
      expect(wrong.stderr).not.toContain("a-bad-key")
    } finally {
      await close()
    }
  })
})
