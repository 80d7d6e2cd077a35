/** URL inputs: fetched for the caller, but never from where only we can reach. */
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { freshEngine, poll } from "../support/fresh-engine.ts"
import { drawPicture } from "../support/draw-picture.ts"

/** A server on this machine. */
const serve = async (listener: RequestListener) => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

/** The state an input by URL ends in. */
const settle = async (url: string, options: Parameters<typeof freshEngine>[0]) => {
  await using local = freshEngine(options)
  const added = await local.ask("POST /v2/inputs", { inputs: [{ id: "x", data: { image: { url } } }] })
  if (added.http !== 200) return added.body.inputs[0].status
  const { body } = await poll(
    () => local.ask("GET /v2/inputs/x"),
    ({ body }) => ![30001, 30003].includes(body.input.status.code)
  )
  return body.input.status
}

describe("a URL", () => {
  it("of an allowed host is fetched, stored and processed", async () => {
    const picture = await drawPicture("down", 1)
    const seen: Array<unknown> = []
    await using there = await serve((request, response) => {
      seen.push(request.headers.authorization, request.headers.cookie)
      response.writeHead(200, { "content-type": "image/png" }).end(picture)
    })
    assert.strictEqual((await settle(`http://${there.host}/a.png`, { allowUrls: [there.host] })).code, 30000)
    assert.deepStrictEqual(seen, [undefined, undefined])
  })

  it("of this machine or its network is refused, by address or by name", async () => {
    let asked = 0
    await using there = await serve((_, response) => {
      asked++
      response.end("secret")
    })
    const port = there.host.split(":")[1] ?? ""
    for (const url of [
      `http://${there.host}/`,
      `http://localhost:${port}/`,
      `http://[::1]:${port}/`,
      `http://2130706433:${port}/`,
      "http://169.254.169.254/latest"
    ]) {
      const { code } = await settle(url, {})
      assert.include([30002, 39996], code, url)
    }
    assert.strictEqual(asked, 0)
  })

  it("that redirects is checked again at every step", async () => {
    let asked = 0
    await using inner = await serve((_, response) => {
      asked++
      response.end("secret")
    })
    await using outer = await serve((request, response) => {
      const to =
        request.url === "/in" ? `http://${inner.host}/` : request.url === "/file" ? "file:///etc/passwd" : "/again"
      response.writeHead(302, { location: to }).end()
    })
    const options = { allowUrls: [outer.host] }
    assert.strictEqual((await settle(`http://${outer.host}/in`, options)).code, 30002)
    assert.strictEqual((await settle(`http://${outer.host}/file`, options)).code, 30106)
    assert.strictEqual((await settle(`http://${outer.host}/loop`, options)).code, 30002)
    assert.strictEqual(asked, 0)
  })

  it("that is slow, large, broken or no picture is given up", async () => {
    await using there = await serve((request, response) => {
      if (request.url === "/large") response.writeHead(200, { "content-type": "image/png" }).end(Buffer.alloc(5000))
      if (request.url === "/endless")
        response
          .writeHead(200, { "content-type": "image/png", "transfer-encoding": "chunked" })
          .write(Buffer.alloc(5000))
      if (request.url === "/page") response.writeHead(200, { "content-type": "text/html" }).end("<p>")
      if (request.url === "/gone") response.writeHead(404).end()
      if (request.url === "/cut")
        response.writeHead(200, { "content-length": "100" }).write("x", () => response.destroy())
      if (request.url === "/zip")
        response.writeHead(200, { "content-type": "image/png", "content-encoding": "gzip" }).end("x")
    })
    const options = { allowUrls: [there.host], limits: { imageBytes: 4000, urlTimeoutMs: 1000 } }
    const code = async (path: string) => (await settle(`http://${there.host}${path}`, options)).code
    assert.strictEqual(await code("/large"), 30105)
    assert.strictEqual(await code("/endless"), 30105)
    assert.strictEqual(await code("/page"), 30101)
    assert.strictEqual(await code("/gone"), 30002)
    assert.strictEqual(await code("/cut"), 30002)
    assert.strictEqual(await code("/zip"), 30002)
    assert.strictEqual(await code("/never"), 30002)
  })

  it("that is none, or carries a password, is refused at once", async () => {
    for (const url of ["nonsense", "ftp://example.org/a", "file:///etc/passwd", "http://user:pass@example.org/a"])
      assert.strictEqual((await settle(url, {})).code, 30106)
    assert.strictEqual((await settle("http://example.org/a.png", { allowUrls: false })).code, 30002)
  })
})
