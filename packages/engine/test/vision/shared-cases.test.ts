// Cases beside the test data: small pictures that once were refused or measured wrongly, with what is right.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { dataRoot } from "@sightline/fixtures"
import { freshEngine, poll } from "../support/fresh-engine.ts"

interface Case {
  readonly input: { readonly file: string }
  readonly expect: { readonly status?: number; readonly size?: readonly [number, number] }
}

const folder = resolve(dataRoot, "../cases/media")
const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^(bmp|gif|jpeg|tiff)-/.test(name)) : []
if (names.length === 0) console.warn("skipped: no shared cases beside the test data")

const read = (name: string) => {
  // The files of one set, all of this shape.
  const { expect, input } = JSON.parse(readFileSync(join(folder, name, "case.json"), "utf8")) as Case
  return { expect, bytes: readFileSync(join(folder, name, input.file)) }
}
/** Cases about what the engine reads: a status or a size. */
const sized = names.filter((name) => {
  const { status, size } = read(name).expect
  return status !== undefined || size !== undefined
})

describe.skipIf(names.length === 0)("shared cases", () => {
  it("are stored, with the size that is decoded", { timeout: 120_000 }, async () => {
    assert.isAbove(sized.length, 3)
    await using local = freshEngine()
    for (const name of sized) {
      const { bytes, expect } = read(name)
      const data = { image: { base64: bytes.toString("base64") } }
      await local.ask("POST /v2/users/me/apps/main/inputs", { inputs: [{ id: name, data }] })
      const { body } = await poll(
        () => local.ask(`GET /v2/users/me/apps/main/inputs/${name}`),
        (reply) => ![30001, 30003].includes(reply.body.input.status.code)
      )
      assert.strictEqual(body.input.status.code, expect.status ?? 30000, name)
      const { height, width } = body.input.data.image.image_info
      if (expect.size !== undefined) assert.deepStrictEqual([width, height], [...expect.size], name)
    }
  })
})
