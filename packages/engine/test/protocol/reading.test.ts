/** What callers may send, and what each mistake is answered with. */
import { assert, describe, it } from "@effect/vitest"
import { dataJson, hasData } from "@sightline/fixtures"
import * as fc from "fast-check"
import { decodeBase64 } from "../../src/protocol/bytes.ts"
import { addDrawn, ask, freshEngine } from "../support/fresh-engine.ts"
import { drawBase64 } from "../support/draw-picture.ts"

describe("base64", () => {
  it("is read in either alphabet, wrapped or not, padded or not", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (bytes, urlSafe, wrap, bare) => {
          let text = Buffer.from(bytes).toString(urlSafe ? "base64url" : "base64")
          if (bare) text = text.replaceAll("=", "")
          if (wrap) text = text.replaceAll(/.{1,76}/g, "$&\r\n")
          assert.deepStrictEqual(decodeBase64(text), new Uint8Array(bytes))
        }
      )
    )
    for (const bad of ["a", "ab*c", "ab=cd", "\u0000"]) assert.isUndefined(decodeBase64(bad))
  })
})

const status = async (line: string, body?: unknown, headers?: Record<string, string>) => {
  await using local = freshEngine()
  const reply = await ask(local.fetch, line, body, headers)
  return [reply.http, reply.body.status.code]
}

describe("a request", () => {
  it("that is not understood is answered in the protocol's own words", async () => {
    await using local = freshEngine()
    const send = async (method: string, path: string, body?: string) => {
      const response = await local.fetch(path, { method, ...(body === undefined ? {} : { body }) })
      const { status } = await response.json()
      assert.match(status.req_id, /^[0-9a-f]{32}$/)
      return [response.status, status.code]
    }
    assert.deepStrictEqual(await send("GET", "/v2/nowhere"), [404, 11101])
    assert.deepStrictEqual(await send("GET", "/"), [404, 11101])
    assert.deepStrictEqual(await send("PUT", "/v2/inputs", "{}"), [405, 11103])
    assert.deepStrictEqual(await send("POST", "/v2/inputs", "{"), [400, 11100])
    assert.deepStrictEqual(await send("POST", "/v2/inputs", "[1]"), [400, 11100])
    assert.deepStrictEqual(await send("POST", "/v2/inputs", `{"inputs": "x"}`), [400, 11100])
    assert.deepStrictEqual(await send("POST", "/v2/inputs", `{"inputs": []}`), [400, 11100])
    assert.deepStrictEqual(await send("GET", "/v2/models/%zz"), [400, 11100])
    assert.deepStrictEqual(
      await send("POST", "/v2/inputs", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`),
      [400, 11100]
    )
    assert.deepStrictEqual(await send("GET", "/v2/inputs/none"), [404, 11101])
    assert.deepStrictEqual(await send("GET", "/v2/status_codes/30002"), [200, 30002])
  })

  it("with more or larger things than allowed is refused as a whole", async () => {
    await using local = freshEngine({ limits: { bodyBytes: 10_000 } })
    const many = await local.ask("POST /v2/inputs", { inputs: Array.from({ length: 129 }, () => ({})) })
    assert.deepStrictEqual([many.http, many.body.status.code], [400, 39999])
    const large = await local.ask("POST /v2/inputs", { inputs: [{ id: "x".repeat(10_001) }] })
    assert.deepStrictEqual([large.http, large.body.status.code], [413, 40033])
    assert.deepStrictEqual(large.body.inputs, [])
  })

  it("may hold nulls, booleans for values, unknown members, and nothing at all", async () => {
    await using local = freshEngine()
    const { body } = await local.ask("POST /v2/inputs", {
      hello: "unknown",
      inputs: [
        {
          id: null,
          data: {
            image: { base64: await drawBase64("down", 1), url: null, crop: null },
            concepts: [
              { id: "yes", value: true },
              { id: "no", value: false },
              { id: "plain" },
              { name: "named", value: null }
            ],
            metadata: { a: { b: [1, null] } }
          }
        }
      ]
    })
    assert.strictEqual(body.status.code, 10000)
    assert.match(body.inputs[0].id, /^[0-9a-f]{32}$/)
    assert.deepStrictEqual(
      body.inputs[0].data.concepts.map(({ id, value }: { id: string; value: number }) => [id, value]),
      [
        ["named", 1],
        ["plain", 1],
        ["yes", 1]
      ]
    )
    assert.deepStrictEqual(body.inputs[0].data.metadata, { a: { b: [1, null] } })
    const counts = await local.ask("GET /v2/concepts/status")
    assert.deepStrictEqual(
      counts.body.concept_counts.find(({ id }: { id: string }) => id === "no").concept_type_count,
      { positive: 0, negative: 1 }
    )
  })

  it("names its user and app in the path, the body or the query, and apps do not see each other", async () => {
    await using local = freshEngine()
    const concept = { concepts: [{ id: "c" }] }
    await local.ask("POST /v2/users/me/apps/one/concepts", concept)
    await local.ask("POST /v2/concepts", { ...concept, user_app_id: { user_id: "me", app_id: "two" } })
    const count = async (line: string) => (await local.ask(line)).body.concepts.length
    assert.strictEqual(await count("GET /v2/users/me/apps/one/concepts"), 1)
    assert.strictEqual(await count("GET /v2/concepts?user_app_id.app_id=two"), 1)
    assert.strictEqual(await count("GET /v2/concepts"), 0)
    assert.strictEqual(await count("GET /v2/users/somebody/apps/one/concepts"), 0)
    const taken = await local.ask("POST /v2/users/me/apps/one/concepts", concept)
    assert.deepStrictEqual([taken.http, taken.body.status.code], [409, 40010])
  })

  it("with ids of any kind stays inside the folder", async () => {
    await using local = freshEngine()
    const image = { base64: await drawBase64("down", 1) }
    for (const id of ["..%2f..%2fx", "@model?", "日本", "__proto__", "a b", "' OR 1=1 --"]) {
      const added = await local.ask("POST /v2/inputs", { inputs: [{ id, data: { image, concepts: [{ id }] } }] })
      assert.strictEqual(added.body.status.code, 10000, id)
      const read = await local.ask(`GET /v2/inputs/${encodeURIComponent(id)}`)
      assert.strictEqual(read.body.input.id, id)
      assert.strictEqual(read.body.input.data.concepts[0].id, id)
    }
    for (const id of ["../x", "a/b", "..", "\u0000", "x".repeat(129)]) {
      const added = await local.ask("POST /v2/inputs", { inputs: [{ id, data: { image } }] })
      assert.deepStrictEqual([added.http, added.body.status.code], [400, 30104], id)
    }
    for (const path of ["/media/../engine.sqlite", "/media/..%2fengine.sqlite", `/media/${"0".repeat(64)}`])
      assert.strictEqual((await local.ask(`GET ${path}`)).http, 404)
  })
})

describe("a batch", () => {
  it("answers each item by itself, in order", async () => {
    await using local = freshEngine()
    const good = { image: { base64: await drawBase64("down", 1) } }
    const { body, http } = await local.ask("POST /v2/inputs", {
      inputs: [
        { id: "a", data: good },
        { id: "b" },
        { id: "c", data: { image: { base64: "***" } } },
        { id: "a", data: good }
      ]
    })
    assert.strictEqual(http, 207)
    assert.strictEqual(body.status.code, 10010)
    assert.deepStrictEqual(
      body.inputs.map(({ id, status }: { id: string; status: { code: number } }) => [id, status.code]),
      [
        ["a", 30001],
        ["b", 30104],
        ["c", 30300],
        ["a", 30100]
      ]
    )
    const none = await local.ask("POST /v2/inputs", { inputs: [{}, {}] })
    assert.deepStrictEqual([none.http, none.body.status.code], [400, 10020])
    const one = await local.ask("POST /v2/inputs", { inputs: [{}] })
    assert.deepStrictEqual([one.http, one.body.status.code], [400, 30104])
    const skipped = await local.ask("POST /v2/inputs", {
      inputs: [{ id: "a", data: good }],
      input_id_conflict_resolution: "SKIP"
    })
    assert.deepStrictEqual([skipped.http, skipped.body.inputs[0].id], [200, "a"])
    const suffixed = await local.ask("POST /v2/inputs", {
      inputs: [{ id: "a", data: good }],
      input_id_conflict_resolution: 2
    })
    assert.match(suffixed.body.inputs[0].id, /^a_/)
  })

  it("is paged, and past its end is empty", async () => {
    await using local = freshEngine()
    await addDrawn(local.fetch, ["across", "down"], 5)
    const ids = async (query: string) =>
      (await local.ask(`GET /v2/inputs${query}`)).body.inputs.map(({ id }: { id: string }) => id)
    const all = await ids("")
    assert.strictEqual(all.length, 10)
    assert.deepStrictEqual(await ids("?page=2&per_page=4"), all.slice(4, 8))
    assert.deepStrictEqual(await ids("?page=9&per_page=4"), [])
    assert.deepStrictEqual(await ids("/stream?per_page=3&last_id=across-1"), ["across-2", "across-3", "across-4"])
    assert.deepStrictEqual(await ids("?ids=down-0&ids=down-1"), ["down-0", "down-1"])
  })

  it("can be patched: merge, overwrite and remove", async () => {
    await using local = freshEngine()
    await addDrawn(local.fetch, ["across"], 1)
    const patch = async (action: string, data: object) => {
      const { body } = await local.ask("PATCH /v2/inputs", { action, inputs: [{ id: "across-0", data }] })
      assert.strictEqual(body.inputs[0].status.code, 30200)
      return body.inputs[0].data
    }
    const ids = ({ concepts = [] }: { concepts?: ReadonlyArray<{ id: string }> }) => concepts.map(({ id }) => id)
    assert.deepStrictEqual(ids(await patch("merge", { concepts: [{ id: "b" }] })), ["across", "b"])
    assert.deepStrictEqual(ids(await patch("remove", { concepts: [{ id: "across" }] })), ["b"])
    assert.deepStrictEqual(ids(await patch("overwrite", { concepts: [{ id: "c" }] })), ["c"])
    assert.deepStrictEqual((await patch("merge", { metadata: { a: { x: 1 }, b: 2 } })).metadata, { a: { x: 1 }, b: 2 })
    assert.deepStrictEqual((await patch("merge", { metadata: { a: { y: 3 } } })).metadata, { a: { x: 1, y: 3 }, b: 2 })
    assert.deepStrictEqual((await patch("overwrite", { metadata: { z: 1 } })).metadata, { z: 1 })
    const missing = await local.ask("PATCH /v2/inputs", { action: "merge", inputs: [{ id: "none", data: {} }] })
    assert.deepStrictEqual([missing.http, missing.body.status.code], [404, 11101])
  })
})

interface Exchange {
  readonly name: string
  readonly method: string | null
  readonly path: string | null
  readonly request?: string
}

describe.skipIf(!hasData("wire"))("recorded requests of other clients", () => {
  it("are all understood: none is a broken body, an unknown path or a failure of ours", async () => {
    const { exchanges } = dataJson("wire", "index.json") as { readonly exchanges: ReadonlyArray<Exchange> }
    await using local = freshEngine({ allowUrls: ["some.image.url1"] })
    for (const { method, name, path, request } of exchanges) {
      if (method === null || path === null || path.startsWith("/v2/token")) continue
      const body = request === undefined ? undefined : dataJson("wire", request)
      const reply = await local.ask(`${method} ${path}`, method === "GET" ? undefined : body)
      assert.notInclude(
        [11100, 11103, 98004, 40036],
        reply.body.status.code,
        `${name}: ${JSON.stringify(reply.body.status)}`
      )
      if (reply.body.status.code === 11101) assert.notInclude(reply.body.status.details, "path is not known", name)
    }
  })
})

describe("an engine with a key", () => {
  const key = "k".repeat(32)
  it.each([
    ["no header", {}, 401, 11008],
    ["another scheme", { authorization: `Basic ${key}` }, 401, 11008],
    ["an empty header", { authorization: "Key" }, 401, 11008],
    ["a malformed key", { authorization: "Key a b" }, 401, 11008],
    ["a wrong key", { authorization: "Key nope" }, 401, 11009],
    ["the key", { authorization: `Key ${key}` }, 200, 10000],
    ["the key with the scheme in another case", { authorization: `kEY ${key}` }, 200, 10000],
    ["the key as a bearer token", { authorization: `bearer ${key}` }, 200, 10000],
    ["the key as a session token", { "x-clarifai-session-token": key }, 200, 10000]
  ] as const)("answers %s", async (_, headers, http, code) => {
    await using local = freshEngine({ key })
    const reply = await ask(local.fetch, "GET /v2/models", undefined, headers)
    assert.deepStrictEqual([reply.http, reply.body.status.code], [http, code])
    assert.deepStrictEqual(reply.body.models, [])
    assert.notInclude(JSON.stringify(reply.body), key)
  })

  it("asks for none by default", async () => {
    assert.deepStrictEqual(await status("GET /v2/models"), [200, 10000])
  })
})
