/** What a served engine says names no folder of its machine. */
import { mkdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { hidePaths } from "../../src/http/hide-paths.ts"
import { settle } from "../../src/settings.ts"
import { freshEngine, freshFolder } from "../support/fresh-engine.ts"

describe("a served engine", () => {
  it("names no folder of its machine, where the same call in this process does", async () => {
    await using local = freshEngine()
    const { url } = await local.serve()
    const body = JSON.stringify({ inputs: [{ data: { text: { raw: "hello" } } }] })
    const headers = { "content-type": "application/json" }
    const path = "/v2/models/no-such-model/outputs"
    const here = await (await local.fetch(path, { method: "POST", body })).text()
    const there = await (await fetch(`${url}${path}`, { method: "POST", headers, body })).text()
    assert.include(here, local.directory)
    assert.notInclude(there, local.directory)
    assert.include(there, "into the engine's models folder,")
    assert.include(there, "manifest.json")
  })
})

describe("paths in details", () => {
  const folder = freshFolder()
  afterAll(() => folder[Symbol.dispose]())
  const [real, link] = [join(folder.path, "a folder"), join(folder.path, "link")]
  mkdirSync(real)
  symlinkSync(real, link)
  const settings = settle({ directory: link })
  const hidden = (text: string) => hidePaths({ status: { details: text } }, settings).status.details

  it("are hidden in each way in which they are written", () => {
    for (const path of [link, real, pathToFileURL(real).href, join(real, "engine.sqlite")])
      assert.notInclude(decodeURI(hidden(`ENOENT: no such file, open '${path}'`)), folder.path, path)
    assert.strictEqual(hidden(`cannot read ${join(link, "media", "x")}`), "cannot read {engine folder}/media/x")
  })

  it("of the program's own code are hidden", () => {
    const code = join(import.meta.dirname, "../../src/vision/decoding/decode-program.ts")
    assert.notInclude(hidden(`the program ${code} is not there`), join(import.meta.dirname, "../.."))
  })

  it("are not changed elsewhere", () => {
    const concept = { id: real, value: 1 }
    assert.deepStrictEqual(hidePaths({ concepts: [concept] }, settings).concepts, [concept])
  })
})
