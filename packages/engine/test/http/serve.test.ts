/** The engine on a socket. */
import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { clarifai, type ClarifaiOptions, sightline } from "@sightline/core"
import { EngineOptionError, ServeError } from "../../src/index.ts"
import { freshEngine } from "../support/fresh-engine.ts"
import { drawBase64 } from "../support/draw-picture.ts"

/** Sends bytes as they are; gives what comes back until the other side closes or falls silent. */
const raw = (url: string, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    let answer = ""
    const socket = connect(Number(port), hostname, () => socket.write(text))
    socket.setTimeout(1500, () => socket.destroy())
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString()
    })
    socket.on("close", () => resolve(answer))
    socket.on("error", reject)
  })

describe("a socket", () => {
  it("is opened on this machine without a key, and anywhere else only with one", async () => {
    await using local = freshEngine()
    const server = await local.serve()
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/)
    assert.strictEqual((await fetch(`${server.url}/v2/models`)).status, 200)
    const open = await local.serve({ host: "0.0.0.0" }).catch((cause: unknown) => cause)
    assert.instanceOf(open, EngineOptionError)
    const guarded = await local.serve({ host: "0.0.0.0", key: "secret-key" })
    const there = guarded.url.replace("0.0.0.0", "127.0.0.1")
    assert.strictEqual((await fetch(`${there}/v2/models`)).status, 401)
    assert.strictEqual(
      (await fetch(`${there}/v2/models`, { headers: { authorization: "Key secret-key" } })).status,
      200
    )
    const taken = await local.serve({ port: Number(new URL(server.url).port) }).catch((cause: unknown) => cause)
    assert.instanceOf(taken, ServeError)
    await server.close()
    await fetch(`${server.url}/v2/models`).then(
      () => assert.fail("it is closed"),
      () => undefined
    )
  })

  it("with a key refuses whoever comes without it or with another, as a credential that is not accepted", async () => {
    await using local = freshEngine()
    const { url } = await local.serve({ key: "secret-key" })
    const tagOf = async (options: ClarifaiOptions) => {
      const app = sightline(clarifai({ baseUrl: url, userId: "me", appId: "main", ...options }))
      const one = await app.input(new URL("https://images.test/a.jpg")).predict("none").result()
      const [outcome] = await app.inputs(["https://images.test/a.jpg"]).predict("none").run()
      return [one.ok || one.error._tag, outcome?.ok === false && outcome.error._tag]
    }
    assert.deepStrictEqual(await tagOf({}), ["Unauthorized", "Unauthorized"])
    assert.deepStrictEqual(await tagOf({ pat: "another" }), ["Unauthorized", "Unauthorized"])
    assert.deepStrictEqual(await tagOf({ pat: "secret-key" }), ["NotFound", "NotFound"])
  })

  it("answers pages of other sites if it has a key", async () => {
    await using local = freshEngine()
    const { url } = await local.serve({ key: "secret-key" })
    const preflight = await fetch(`${url}/v2/models/x/outputs`, {
      method: "OPTIONS",
      headers: { origin: "https://example.org", "access-control-request-method": "POST" }
    })
    assert.strictEqual(preflight.status, 204)
    assert.strictEqual(preflight.headers.get("access-control-allow-origin"), "*")
    assert.include(preflight.headers.get("access-control-allow-headers") ?? "", "authorization")
    const headers = { origin: "https://example.org", authorization: "Key secret-key" }
    const answer = await fetch(`${url}/v2/models`, { headers })
    assert.strictEqual(answer.status, 200)
    assert.strictEqual(answer.headers.get("access-control-allow-origin"), "*")
    assert.strictEqual(answer.headers.get("content-type"), "application/json; charset=UTF-8")
  })

  it("without a key answers no page of another site, and no name but this machine's", async () => {
    await using local = freshEngine()
    const { url } = await local.serve()
    const port = new URL(url).port
    const first = async (lines: string) => (await raw(url, lines)).split("\r\n")[0]
    const get = (headers: string) => first(`GET /v2/models HTTP/1.1\r\n${headers}connection: close\r\n\r\n`)
    for (const host of [
      "localhost",
      `localhost:${port}`,
      `127.0.0.1:${port}`,
      "127.1.2.3",
      "[::1]:80",
      "app.localhost",
      "LOCALHOST."
    ])
      assert.strictEqual(await get(`host: ${host}\r\n`), "HTTP/1.1 200 OK", host)
    for (const host of [
      "example.org",
      `example.org:${port}`,
      "localhost.example.org",
      "127.0.0.1.example.org",
      "10.0.0.1",
      "0.0.0.0",
      "x"
    ])
      assert.strictEqual(await get(`host: ${host}\r\n`), "HTTP/1.1 403 Forbidden", host)
    for (const origin of ["http://localhost:3000", "http://127.0.0.1", "https://app.localhost"])
      assert.strictEqual(await get(`host: localhost\r\norigin: ${origin}\r\n`), "HTTP/1.1 200 OK", origin)
    for (const origin of ["https://example.org", "null", "http://localhost.example.org", "https://example.org:8080"])
      assert.strictEqual(await get(`host: localhost\r\norigin: ${origin}\r\n`), "HTTP/1.1 403 Forbidden", origin)
    const preflight = await fetch(`${url}/v2/inputs`, { method: "OPTIONS", headers: { origin: "https://example.org" } })
    assert.strictEqual(preflight.status, 403)
    assert.isNull(preflight.headers.get("access-control-allow-origin"))
    const own = await fetch(`${url}/v2/models`, { headers: { origin: "http://localhost:3000" } })
    assert.strictEqual(own.headers.get("access-control-allow-origin"), "http://localhost:3000")
    assert.strictEqual(own.headers.get("vary"), "origin")
  })

  it("without a key writes nothing for requests that a page may send to another site", async () => {
    await using local = freshEngine()
    const { url } = await local.serve()
    const body = JSON.stringify({ inputs: [{ id: "a", data: { text: { raw: "hello" } } }] })
    const post = (type: string) =>
      fetch(`${url}/v2/inputs`, { method: "POST", headers: { "content-type": type }, body })
    for (const type of [
      "text/plain",
      "text/plain; charset=utf-8",
      "application/x-www-form-urlencoded",
      "multipart/form-data"
    ]) {
      const refused = await post(type)
      assert.strictEqual(refused.status, 400, type)
      assert.include(await refused.text(), "application/json")
    }
    assert.strictEqual((await local.ask("GET /v2/inputs")).body.inputs.length, 0)
    assert.strictEqual((await post("application/json")).status, 200)
    assert.strictEqual((await local.ask("GET /v2/inputs")).body.inputs.length, 1)
    const search = await fetch(`${url}/v2/models/searches`, { method: "POST", body: "{}" }) // changes nothing
    assert.strictEqual(search.status, 200)
  })

  it("takes bodies on DELETE and PATCH, none on training, and JSON of any content type with a key", async () => {
    await using local = freshEngine()
    const { url } = await local.serve({ key: "secret-key" })
    const headers = { authorization: "Key secret-key" }
    const add = await fetch(`${url}/v2/inputs`, {
      method: "POST",
      headers: { ...headers, "content-type": "text/plain" },
      body: JSON.stringify({ inputs: [{ id: "a", data: { image: { base64: await drawBase64("down", 1) } } }] })
    })
    assert.strictEqual(add.status, 200)
    assert.strictEqual(
      (await fetch(`${url}/v2/inputs`, { method: "DELETE", headers, body: `{"ids":["a"]}` })).status,
      200
    )
    await fetch(`${url}/v2/models`, { method: "POST", headers, body: `{"model":{"id":"m"}}` })
    assert.strictEqual((await fetch(`${url}/v2/models/m/versions`, { method: "POST", headers })).status, 200)
  })

  it("answers a health check without a key", async () => {
    await using local = freshEngine()
    const { url } = await local.serve({ key: "secret-key" })
    const healthy = await fetch(`${url}/healthz`)
    assert.strictEqual(healthy.status, 200)
    assert.deepStrictEqual(await healthy.json(), { status: "ok" })
    assert.strictEqual((await fetch(`${url}/healthz`, { method: "HEAD" })).status, 200)
  })

  it.each([-1, 65_536, 1.5, Number.NaN, Infinity])("with the port %d is refused as an option", async (port) => {
    await using local = freshEngine()
    const failure = await local.serve({ port }).catch((cause: unknown) => cause)
    assert.instanceOf(failure, EngineOptionError)
    assert.include(failure.message, "65535")
  })

  it("survives clients that do not speak HTTP, say too much, or leave", async () => {
    await using local = freshEngine({ limits: { bodyBytes: 1000 } })
    const { url } = await local.serve()
    assert.match(await raw(url, "hello\r\n\r\n"), /^HTTP\/1\.1 400/)
    assert.match(await raw(url, `GET /${"x".repeat(70_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`), /^HTTP\/1\.1 4/)
    assert.match(
      await raw(url, "POST /v2/inputs HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999\r\n\r\n{"),
      /^HTTP\/1\.1 413/
    )
    const chunked = `POST /v2/inputs HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n800\r\n${"x".repeat(2048)}\r\n0\r\n\r\n`
    assert.match(await raw(url, chunked), /^HTTP\/1\.1 413/)
    const stop = new AbortController()
    const left = fetch(`${url}/v2/models`, { method: "POST", body: "{}", signal: stop.signal }).catch(() => undefined)
    stop.abort()
    await left
    assert.strictEqual((await fetch(`${url}/v2/models`)).status, 200)
  })
})
