/** Clients that announce and do not send, do not read, do not close, or send what is expensive to parse. */
import { once } from "node:events"
import { connect as connectHttp2 } from "node:http2"
import { connect, type Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { ask, freshEngine } from "../support/fresh-engine.ts"

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A connection that has sent a text, and what became of it. */
const open = async (url: string, text: string | Uint8Array, read = true) => {
  const { hostname, port } = new URL(url)
  const socket: Socket = connect(Number(port), hostname)
  const state = { closed: false, received: "" }
  socket.on("error", () => {})
  socket.on("close", () => {
    state.closed = true
  })
  if (read) socket.on("data", (chunk: Buffer) => (state.received += chunk.toString("latin1")))
  await new Promise((resolve) => socket.once("connect", resolve))
  socket.write(text)
  return { socket, state, [Symbol.dispose]: () => void socket.destroy() }
}

const until = async (test: () => boolean, ms: number): Promise<boolean> => {
  const end = performance.now() + ms
  while (!test() && performance.now() < end) await wait(20)
  return test()
}

const head = (length: number) =>
  `POST /v2/inputs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`

describe("a server", () => {
  it("answers others while clients announce large bodies and send nothing", async () => {
    await using local = freshEngine()
    const { url } = await local.serve()
    const idle = await Promise.all(Array.from({ length: 8 }, () => open(url, `${head(180 << 20)}{`)))
    const started = performance.now()
    const inputs = [{ id: "a", data: { text: { raw: "hello" } } }]
    const added = await fetch(`${url}/v2/inputs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ inputs })
    })
    assert.strictEqual(added.status, 200)
    assert.isBelow(performance.now() - started, 1000)
    for (const one of idle) one[Symbol.dispose]()
  })

  it("answers others although clients sent large parts of bodies and went idle", { timeout: 60_000 }, async () => {
    await using local = freshEngine({ limits: { openBodyBytes: 4 << 20 } })
    const { url } = await local.serve()
    const part = `${head(100 << 20)}{"a":"${"x".repeat(3 << 20)}`
    using one = await open(url, part)
    using two = await open(url, part)
    await wait(500)
    const started = performance.now()
    const added = await fetch(`${url}/v2/inputs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ inputs: [{ id: "a", data: { text: { raw: "y".repeat(3 << 20) } } }] })
    })
    assert.strictEqual(added.status, 200)
    assert.isBelow(performance.now() - started, 10_000)
    assert.isTrue(await until(() => one.state.closed || two.state.closed, 5000))
  })

  it("disconnects a client whose body stops arriving", async () => {
    await using local = freshEngine({ limits: { idleTimeoutMs: 300 } })
    const { url } = await local.serve()
    using one = await open(url, `${head(1000)}{`)
    assert.isTrue(await until(() => one.state.closed, 5000))
    assert.match(one.state.received, /^HTTP\/1\.1 400/)
    assert.include(one.state.received, "no part of the request body arrived")
  })

  it("disconnects a client that does not read its answer", async () => {
    await using local = freshEngine({ limits: { idleTimeoutMs: 500 } })
    const { url } = await local.serve()
    const bytes = Buffer.alloc(15 << 20, 1).toString("base64")
    await local.ask("POST /v2/inputs", { inputs: [{ id: "v", data: { video: { base64: bytes } } }] })
    const { body } = await local.ask("GET /v2/inputs/v")
    const { pathname } = new URL(body.input.data.video.url)
    using one = await open(url, `GET ${pathname} HTTP/1.1\r\nhost: localhost\r\n\r\n`, false)
    one.socket.pause()
    await wait(2500)
    one.socket.resume()
    assert.isTrue(await until(() => one.state.closed, 5000))
    assert.isBelow(one.socket.bytesRead, 15 << 20)
  })

  it(
    "destroys connections that send no request, or bytes that are not HTTP and never close",
    { timeout: 40_000 },
    async () => {
      await using local = freshEngine()
      const { url } = await local.serve()
      using silent = await open(url, "")
      using partial = await open(url, "GET /v2/models HTTP/1.1\r\nhost: loc")
      using garbage = await open(url, "\x16\x03\x01 not http\r\n\r\n")
      assert.isTrue(await until(() => garbage.state.closed, 2000))
      assert.match(garbage.state.received, /^HTTP\/1\.1 400/)
      assert.isTrue(await until(() => partial.state.closed, 20_000))
      assert.match(partial.state.received, /^HTTP\/1\.1 408/)
      assert.isTrue(await until(() => silent.state.closed, 20_000))
    }
  )

  it("refuses a connection that sends many requests without waiting for answers", async () => {
    await using local = freshEngine()
    const { url } = await local.serve()
    await fetch(`${url}/v2/models`)
    const ask = "GET /v2/models?per_page=1 HTTP/1.1\r\nhost: localhost\r\n\r\n"
    using unread = await open(url, ask.repeat(50_000), false)
    unread.socket.pause()
    using few = await open(url, ask.repeat(60))
    assert.isTrue(await until(() => few.state.received.split("HTTP/1.1 200").length === 61, 10_000))
    few.socket.write(ask.repeat(60))
    assert.isTrue(await until(() => few.state.received.split("HTTP/1.1 200").length === 121, 10_000))
    using many = await open(url, ask.repeat(5000))
    assert.isTrue(await until(() => many.state.closed, 10_000))
    assert.strictEqual(many.state.received.split("HTTP/1.1 200").length, 65)
    assert.strictEqual(many.state.received.split("HTTP/1.1 503").length, 2)
    assert.strictEqual((await fetch(`${url}/healthz`)).status, 200)
  })

  it("takes no more calls of one gRPC connection at a time than it says", async () => {
    await using local = freshEngine()
    const { url } = await local.serve({ grpc: true })
    const client = connectHttp2(url)
    try {
      await once(client, "remoteSettings")
      assert.strictEqual(client.remoteSettings.maxConcurrentStreams, 100)
    } finally {
      client.destroy()
    }
  })

  it("keeps no more connections than it may", async () => {
    await using local = freshEngine({ limits: { connections: 5 } })
    const { url } = await local.serve()
    const all = await Promise.all(Array.from({ length: 12 }, () => open(url, "")))
    assert.isTrue(await until(() => all.filter(({ state }) => state.closed).length >= 7, 3000))
    assert.strictEqual(all.filter(({ state }) => !state.closed).length, 5)
    for (const one of all) one[Symbol.dispose]()
    assert.isTrue(await until(() => all.every(({ state }) => state.closed), 3000))
    assert.strictEqual((await fetch(`${url}/healthz`)).status, 200)
  })
})

describe("a body of many small values", () => {
  it.each([
    ["empty objects", `[${"{},".repeat(16 << 20)}{}]`],
    ["empty lists in lists", `{"a":[${"[],".repeat(2 << 20)}[]]}`],
    ["members", `{${Array.from({ length: 1_000_001 }, (_, n) => `"${n}":1`).join(",")}}`]
  ])("(%s) is refused before it is parsed", { timeout: 60_000 }, async (_, body) => {
    await using local = freshEngine()
    const { url } = await local.serve()
    const before = process.memoryUsage().heapUsed
    const there = await fetch(`${url}/v2/inputs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body
    }).then(
      ({ status }) => status,
      () => 413 // the connection is closed while the body is still being sent
    )
    assert.strictEqual(there, 413)
    const here = await local.fetch("/v2/inputs", { method: "POST", body })
    assert.strictEqual(here.status, 413)
    assert.include(await here.text(), "more than 1000000 values")
    assert.isBelow(process.memoryUsage().heapUsed - before, 200 << 20)
  })

  it("that is nested too deeply is refused", async () => {
    await using local = freshEngine()
    const nested = (levels: number) => `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`
    const status = async (body: string) => (await local.fetch("/v2/inputs", { method: "POST", body })).status
    assert.strictEqual(await status(nested(100_000)), 400)
    const deep = await ask(local.fetch, "POST /v2/models/searches", JSON.parse(nested(60)))
    assert.strictEqual(deep.http, 200)
  })
})

describe("a body as large as is allowed", () => {
  it("is read, parsed and stored in turns, between which others are answered", { timeout: 120_000 }, async () => {
    await using local = freshEngine()
    const base64 = Buffer.alloc(100 << 20, 7).toString("base64")
    const body = JSON.stringify({ inputs: [{ id: "v", data: { video: { base64 } } }] })
    // What one turn costs on this machine, as busy as it is: parsing the body.
    const started = performance.now()
    JSON.parse(body)
    const parseMs = performance.now() - started
    await local.ask("GET /v2/models")
    let [longest, last] = [0, performance.now()]
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 5)
    const added = await local.fetch("/v2/inputs", { method: "POST", body })
    clearInterval(timer)
    assert.strictEqual(added.status, 200)
    assert.isBelow(longest, Math.max(300, 4 * parseMs))
  })
})
