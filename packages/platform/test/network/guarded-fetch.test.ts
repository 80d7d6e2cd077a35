/** Guarded downloads. No test reaches an address outside this machine: names and connections are the tests' own. */
import { createServer, type IncomingMessage, type RequestListener } from "node:http"
import { type AddressInfo, connect as connectTcp } from "node:net"
import { Duplex } from "node:stream"
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import {
  type Connect,
  type ConnectTarget,
  guardedFetch,
  type GuardedFetchOptions,
  type Resolve
} from "../../src/network/guarded-fetch.ts"
import { BodyTooLarge, readBody } from "../../src/network/read-body.ts"

/** A server on this machine, which stands for any public address. */
const serve = async (listener: RequestListener) => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

const names: Readonly<Record<string, ReadonlyArray<string>>> = {
  "photos.test": ["93.184.216.34"],
  "other.test": ["93.184.216.35"],
  "inner.test": ["10.0.0.5"],
  "both.test": ["93.184.216.34", "10.0.0.5"],
  "azure.test": ["168.63.129.16"],
  "nat64.test": ["64:ff9b::a9fe:a9fe"],
  "empty.test": []
}
const resolve: Resolve = (name) => {
  const found = names[name]
  return found === undefined
    ? Promise.reject(new Error("ENOTFOUND"))
    : Promise.resolve(found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })))
}

/** Connects to the test's server whatever the target is, and records the targets. */
const connectTo = (port: number) => {
  const targets: Array<ConnectTarget> = []
  const connect: Connect = (target) => {
    targets.push(target)
    return connectTcp(port, "127.0.0.1")
  }
  return { connect, targets }
}
const refuse = () => {
  const targets: Array<ConnectTarget> = []
  const connect: Connect = (target) => {
    targets.push(target)
    return new Duplex({
      read() {},
      write() {},
      construct: (done) => done(Object.assign(new Error("no"), { code: "ECONNREFUSED" }))
    })
  }
  return { connect, targets }
}

const reasonOf = async (url: string, options: GuardedFetchOptions, init?: RequestInit): Promise<unknown> => {
  try {
    await guardedFetch(options)(url, init)
  } catch (cause) {
    return cause instanceof Error && "reason" in cause ? cause.reason : cause
  }
  return "answered"
}

describe("a guarded fetch", () => {
  it("connects to the address that was checked, and sends the name", async () => {
    const seen: Array<IncomingMessage> = []
    await using there = await serve((request, response) => {
      seen.push(request)
      response.writeHead(200, { "content-type": "text/plain", "set-cookie": ["a=1", "b=2"] }).end("a picture")
    })
    let lookups = 0
    const { connect, targets } = connectTo(there.port)
    const fetch = guardedFetch({ connect, resolve: (name) => (lookups++, resolve(name)) })
    const response = await fetch("http://photos.test:8080/a%20b.png?size=2#part", { headers: { "x-mine": "1" } })
    assert.strictEqual(await response.text(), "a picture")
    assert.strictEqual(response.status, 200)
    assert.strictEqual(response.url, "http://photos.test:8080/a%20b.png?size=2#part")
    assert.isFalse(response.redirected)
    assert.deepStrictEqual(response.headers.getSetCookie(), ["a=1", "b=2"])
    assert.deepStrictEqual(targets, [{ address: "93.184.216.34", family: 4, port: 8080 }])
    assert.strictEqual(lookups, 1)
    assert.strictEqual(seen[0]?.url, "/a%20b.png?size=2")
    assert.strictEqual(seen[0]?.headers.host, "photos.test:8080")
    assert.strictEqual(seen[0]?.headers["x-mine"], "1")
  })

  it.each([
    "inner.test",
    "both.test",
    "azure.test",
    "nat64.test",
    "127.0.0.1",
    "[::1]",
    "2130706433",
    "0x7f.1",
    "[::ffff:10.0.0.1]"
  ])("connects to nothing for %s", async (host) => {
    const { connect, targets } = refuse()
    assert.strictEqual(await reasonOf(`http://${host}/`, { connect, resolve }), "refused")
    assert.strictEqual(await reasonOf(`https://${host}/`, { connect, resolve }), "refused")
    assert.deepStrictEqual(targets, [])
  })

  it.each([
    ["nonsense", "invalid-url"],
    ["/relative", "invalid-url"],
    ["file:///etc/passwd", "invalid-url"],
    ["ftp://photos.test/", "invalid-url"],
    ["data:,x", "invalid-url"],
    ["http://user:word@photos.test/", "invalid-url"],
    ["http://unknown.test/", "unresolved"],
    ["http://empty.test/", "unresolved"],
    ["http://photos.test/", "connect"]
  ])("of %s fails with %s", async (url, reason) => {
    assert.strictEqual(await reasonOf(url, { ...refuse(), resolve }), reason)
  })

  it("checks every redirect again", async () => {
    const asked: Array<string> = []
    await using there = await serve((request, response) => {
      asked.push(`${request.headers.host}${request.url}`)
      const to: Readonly<Record<string, string>> = {
        "/inner": "http://inner.test/secret",
        "/literal": "//169.254.169.254/latest",
        "/file": "file:///etc/passwd",
        "/loop": "/loop",
        "/bad": "http://["
      }
      response.writeHead(302, { location: to[request.url ?? ""] }).end()
    })
    const { connect } = connectTo(there.port)
    const of = (path: string) => reasonOf(`http://photos.test${path}`, { connect, resolve })
    assert.strictEqual(await of("/inner"), "refused")
    assert.strictEqual(await of("/literal"), "refused")
    assert.strictEqual(await of("/file"), "invalid-url")
    assert.strictEqual(await of("/bad"), "invalid-url")
    assert.strictEqual(asked.filter((path) => !path.startsWith("photos.test/")).length, 0)
    assert.strictEqual(await of("/loop"), "redirects")
    assert.strictEqual(asked.filter((path) => path.endsWith("/loop")).length, 6)
    assert.strictEqual(
      await reasonOf("http://photos.test/loop", { connect, resolve }, { redirect: "error" }),
      "redirects"
    )
    const manual = await guardedFetch({ connect, resolve })("http://photos.test/inner", { redirect: "manual" })
    assert.strictEqual(manual.status, 302)
  })

  it("sends credentials to no other origin, and not again after a way back", async () => {
    const seen: Array<readonly [string | undefined, string | undefined]> = []
    await using there = await serve((request, response) => {
      seen.push([request.headers.host, request.headers.authorization])
      if (request.url === "/a") return response.writeHead(302, { location: "/b" }).end()
      if (request.url === "/b") return response.writeHead(302, { location: "http://other.test/c" }).end()
      if (request.url === "/c") return response.writeHead(302, { location: "http://photos.test/d" }).end()
      response.end("done")
    })
    const { connect } = connectTo(there.port)
    const fetch = guardedFetch({ connect, resolve })
    const response = await fetch("http://photos.test/a", { headers: { authorization: "Key secret", cookie: "c" } })
    assert.strictEqual(await response.text(), "done")
    assert.isTrue(response.redirected)
    assert.deepStrictEqual(seen, [
      ["photos.test", "Key secret"],
      ["photos.test", "Key secret"],
      ["other.test", undefined],
      ["photos.test", undefined]
    ])
  })

  it("reaches private addresses only where it is allowed to, also after a redirect", async () => {
    await using there = await serve((request, response) => {
      if (request.url === "/away") return response.writeHead(302, { location: "http://azure.test/" }).end()
      response.end("inside")
    })
    const { connect } = connectTo(there.port)
    const allowPrivate = (url: URL) => url.hostname === "inner.test"
    const fetch = guardedFetch({ connect, resolve, allowPrivate })
    assert.strictEqual(await (await fetch("http://inner.test/")).text(), "inside")
    assert.strictEqual(await reasonOf("http://inner.test/away", { connect, resolve, allowPrivate }), "refused")
    const trusting = guardedFetch({ connect, resolve, allowPrivate: true })
    assert.strictEqual(await (await trusting("http://inner.test/away")).text(), "inside")
  })

  it("without a resolver or a connector of the caller's own uses the operating system's", async () => {
    await using there = await serve((request, response) => response.end(request.headers.host))
    const fetch = guardedFetch({ allowPrivate: true })
    assert.strictEqual(await (await fetch(`http://127.0.0.1:${there.port}/`)).text(), `127.0.0.1:${there.port}`)
    assert.strictEqual(await (await fetch(`http://localhost:${there.port}/`)).text(), `localhost:${there.port}`)
    assert.strictEqual(await reasonOf(`http://localhost:${there.port}/`, {}), "refused")
  })

  it("passes every URL to the caller's check", async () => {
    await using there = await serve((_, response) => response.writeHead(301, { location: "/next" }).end())
    const { connect } = connectTo(there.port)
    const seen: Array<string> = []
    const check = ({ href }: URL) => {
      seen.push(href)
      if (href.endsWith("/next")) throw new RangeError("not that one")
    }
    assert.instanceOf(await reasonOf("http://photos.test/", { connect, resolve, check }), RangeError)
    assert.deepStrictEqual(seen, ["http://photos.test/", "http://photos.test/next"])
  })

  it("tries the next address of a name whose first one takes no connection", async () => {
    await using there = await serve((_, response) => response.end("second"))
    const targets: Array<string> = []
    const connect: Connect = ({ address }) => {
      targets.push(address)
      return address === "93.184.216.34"
        ? refuse().connect({ address, family: 4, port: 80 })
        : connectTcp(there.port, "127.0.0.1")
    }
    const two: Resolve = () =>
      Promise.resolve(["93.184.216.34", "93.184.216.35"].map((address) => ({ address, family: 4 })))
    assert.strictEqual(await (await guardedFetch({ connect, resolve: two })("http://photos.test/")).text(), "second")
    assert.deepStrictEqual(targets, ["93.184.216.34", "93.184.216.35"])
  })

  it("obeys its signal before, while waiting and while reading", async () => {
    await using there = await serve((request, response) => {
      if (request.url === "/part") response.writeHead(200).write("some")
    })
    const { connect } = connectTo(there.port)
    const fetch = guardedFetch({ connect, resolve })
    const reason = new Error("enough")
    const failure = (work: Promise<unknown>) =>
      work.then(
        () => undefined,
        (cause: unknown) => cause
      )
    assert.strictEqual(await failure(fetch("http://photos.test/", { signal: AbortSignal.abort(reason) })), reason)
    const waiting = new AbortController()
    setTimeout(() => waiting.abort(reason), 50)
    assert.strictEqual(await failure(fetch("http://photos.test/never", { signal: waiting.signal })), reason)
    const never = guardedFetch({ connect, resolve: () => new Promise(() => {}) })
    const looking = new AbortController()
    setTimeout(() => looking.abort(reason), 50)
    assert.strictEqual(await failure(never("http://photos.test/", { signal: looking.signal })), reason)
    const reading = new AbortController()
    const response = await fetch("http://photos.test/part", { signal: reading.signal })
    setTimeout(() => reading.abort(reason), 50)
    assert.isDefined(await failure(response.text()))
  })

  it("removes content encodings that it did not ask for", async () => {
    const encode = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }
    await using there = await serve((request, response) => {
      const name = request.url?.slice(1) ?? ""
      const body = name in encode ? encode[name as keyof typeof encode]("picture") : Buffer.from("not gzip")
      response.writeHead(200, { "content-encoding": name === "broken" ? "gzip" : name }).end(body)
    })
    const { connect } = connectTo(there.port)
    const fetch = guardedFetch({ connect, resolve })
    for (const name of Object.keys(encode))
      assert.strictEqual(await (await fetch(`http://photos.test/${name}`)).text(), "picture")
    assert.strictEqual(await reasonOf("http://photos.test/unknown", { connect, resolve }), "response")
    const broken = await fetch("http://photos.test/broken")
    assert.isDefined(await broken.text().catch((cause: unknown) => cause))
  })

  it("fails on a body that ends early, and answers statuses without a body", async () => {
    await using there = await serve((request, response) => {
      if (request.url === "/cut")
        return void response.writeHead(200, { "content-length": "100" }).write("x", () => response.destroy())
      response.writeHead(request.url === "/304" ? 304 : 204).end()
    })
    const { connect } = connectTo(there.port)
    const fetch = guardedFetch({ connect, resolve })
    const cut = await fetch("http://photos.test/cut")
    assert.instanceOf(await cut.text().catch((cause: unknown) => cause), Error)
    assert.strictEqual((await fetch("http://photos.test/304")).status, 304)
    assert.strictEqual((await fetch("http://photos.test/204")).body, null)
    assert.strictEqual((await fetch("http://photos.test/204", { method: "HEAD" })).body, null)
  })

  it("downloads only", async () => {
    assert.instanceOf(await reasonOf("http://photos.test/", { resolve }, { method: "POST", body: "x" }), TypeError)
  })

  it("names no path, query or header in its errors", async () => {
    const { connect } = refuse()
    for (const host of ["photos.test", "inner.test", "unknown.test"]) {
      try {
        await guardedFetch({ connect, resolve })(`http://${host}/path-secret?token=secret`, {
          headers: { x: "secret" }
        })
        assert.fail("answered")
      } catch (cause) {
        assert.notInclude(String(cause), "secret")
      }
    }
  })
})

describe("reading a body", () => {
  it("is bounded by its declared length and by its bytes", async () => {
    await using there = await serve((request, response) => {
      if (request.url === "/declared") response.writeHead(200, { "content-length": "5000" }).end(Buffer.alloc(5000))
      if (request.url === "/endless") response.writeHead(200).write(Buffer.alloc(5000))
      if (request.url === "/whole") response.end(Buffer.alloc(4000, 7))
    })
    const { connect } = connectTo(there.port)
    const read = async (path: string) =>
      readBody(await guardedFetch({ connect, resolve })(`http://photos.test${path}`), 4000).catch(
        (cause: unknown) => cause
      )
    assert.instanceOf(await read("/declared"), BodyTooLarge)
    assert.instanceOf(await read("/endless"), BodyTooLarge)
    assert.deepStrictEqual(await read("/whole"), new Uint8Array(4000).fill(7))
    assert.deepStrictEqual(await readBody(new Response(null), 10), new Uint8Array())
  })
})
