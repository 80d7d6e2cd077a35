import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer, type RequestListener, type Server } from "node:http"
import { type AddressInfo, connect } from "node:net"
import { join } from "node:path"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { makeTransport } from "#http"
import { NodeResponse } from "../../src/connection/node-response.ts"
import { readBody, readText } from "../../src/connection/response-body.ts"

const servers: Array<Server> = []
const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // TCP, so never a path
}
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

const manual = { redirect: "manual" } as const
const text = JSON.stringify({ status: { code: 10000 }, note: "é".repeat(70_000) })

const forms: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  identity: (bytes) => bytes,
  gzip: gzipSync,
  "x-gzip": gzipSync,
  deflate: deflateSync,
  "deflate without its header": deflateRawSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
  "gzip, br": (bytes) => brotliCompressSync(gzipSync(bytes))
}

describe("an answer that was compressed", () => {
  let base = ""
  beforeAll(async () => {
    base = await serve((request, response) => {
      const name = decodeURIComponent((request.url ?? "").slice(1))
      response
        .writeHead(200, { "content-encoding": name.replace(/ without.*/, "") })
        .end(forms[name]?.(Buffer.from(text)))
    })
  })
  it.each(Object.keys(forms))("with %s is read from its bytes, and as a stream", async (name) => {
    const { close, fetch } = makeTransport()
    const url = `${base}/${encodeURIComponent(name)}`
    const response = await fetch(url, manual)
    assert.instanceOf(response, NodeResponse)
    assert.deepStrictEqual(await readBody(response, { maxAnswerBytes: 1e9, maxAnswerTokens: 1e9 }), {
      value: JSON.parse(text)
    })
    assert.strictEqual(await readText(await fetch(url, manual), 1000), undefined)
    assert.strictEqual(await (await fetch(url, manual)).text(), text)
    const copied = await fetch(url, manual)
    assert.strictEqual(await copied.clone().text(), text)
    assert.strictEqual(await readText(copied, 1e9), text)
    await close()
  })
})

describe("a body that is not read to its end", () => {
  it("is closed without disturbing anybody, at every moment", async () => {
    const closed: Array<Promise<unknown>> = []
    const base = await serve((_, response) => {
      const more = setInterval(() => response.write("x".repeat(1000)), 1)
      closed.push(once(response, "close").then(() => clearInterval(more)))
    })
    const { close, fetch } = makeTransport()
    for (const waitMs of [0, 1, 5, 20]) {
      const response = await fetch(base, manual)
      const reader = response.body?.getReader()
      if (waitMs > 0) await reader?.read()
      const pending = reader?.read().catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      await reader?.cancel()
      await pending
    }
    await close()
    assert.strictEqual(closed.length, 4)
    await Promise.all(closed)
  })
})

/** Runs `program` in Node with core's transport as `transport`, and gives what it printed. */
const runNode = async (program: string, args: ReadonlyArray<string> = [], env: NodeJS.ProcessEnv = {}) => {
  const source = join(import.meta.dirname, "../../src/connection/node-http.ts")
  const child = spawn(
    process.execPath,
    [
      ...args,
      "--no-warnings",
      "--input-type=module",
      "-e",
      `const load = () => import(${JSON.stringify(source)}).then(({ makeTransport }) => makeTransport())\n${program}`
    ],
    { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env }, cwd: import.meta.dirname }
  )
  let printed = ""
  child.stdout.on("data", (chunk) => (printed += chunk))
  const [code] = await once(child, "close")
  assert.strictEqual(code, 0, printed)
  return printed.trim()
}

describe("a proxy", () => {
  let [proxy, target] = ["", ""]
  const through: Array<string> = []
  beforeAll(async () => {
    target = await serve((_, response) => response.end("answered"))
    proxy = await serve((request, response) => {
      through.push(request.url ?? "")
      response.end("by the proxy")
    })
    servers.at(-1)?.on("connect", (request, socket) => {
      through.push(request.url ?? "")
      const { hostname, port } = new URL(`http://${request.url}`)
      const upstream = connect(Number(port), hostname, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n")
        upstream.pipe(socket).pipe(upstream)
      })
      upstream.on("error", () => socket.destroy())
      socket.on("error", () => upstream.destroy())
    })
  })
  const call = () => `
    const transport = await load()
    console.log(await (await transport.fetch(${JSON.stringify(target)}, { redirect: "manual" })).text())
    process.exit(0)`
  const noProxy = Object.fromEntries(
    ["NODE_OPTIONS", "NODE_USE_ENV_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]
      .flatMap((name) => [name, name.toLowerCase()])
      .map((name) => [name, undefined])
  )

  it.each([
    ["the environment", [], { NODE_USE_ENV_PROXY: "1" }],
    ["a flag", ["--use-env-proxy"], {}],
    ["NODE_OPTIONS", [], { NODE_OPTIONS: "--use-env-proxy" }]
  ] as const)("that Node was told of by %s is used", async (_, args, env) => {
    through.length = 0
    const printed = await runNode(call(), args, { ...noProxy, HTTP_PROXY: proxy, ...env })
    assert.strictEqual(through.length, 1)
    assert.include(["answered", "by the proxy"], printed) // by a tunnel, or by a plain request
  })

  it("that Node was not told of is not used", async () => {
    through.length = 0
    assert.strictEqual(await runNode(call(), [], { ...noProxy, HTTP_PROXY: proxy }), "answered")
    assert.deepStrictEqual(through, [])
  })

  it.each(["before", "after"])("of undici's global dispatcher is used, set %s this package is loaded", async (when) => {
    through.length = 0
    const set = `
      const { setGlobalDispatcher, EnvHttpProxyAgent, ProxyAgent } = await import("undici")
      setGlobalDispatcher(new ProxyAgent(${JSON.stringify(proxy)}))`
    await runNode(when === "before" ? `${set}\n${call()}` : `await load()\n${set}\n${call()}`, [], noProxy)
    assert.strictEqual(through.length, 1)
  })
})

describe("loading this package", () => {
  it("leaves the dispatcher of Node's own fetch as it was", async () => {
    const target = await serve((_, response) => response.end("ok"))
    const program = (before: string) => `
      const key = Symbol.for("undici.globalDispatcher.1")
      ${before}
      globalThis.Response
      const was = globalThis[key]
      await load()
      const text = await (await fetch(${JSON.stringify(target)})).text()
      console.log(text, globalThis[key] === was || was === undefined)
      process.exit(0)`
    assert.strictEqual(await runNode(program("")), "ok true")
    assert.strictEqual(
      await runNode(`
        await load()
        console.log(await (await fetch(${JSON.stringify(target)})).text())
        process.exit(0)`),
      "ok"
    )
  })
})
