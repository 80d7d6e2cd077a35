import { assert, describe, it } from "@effect/vitest"
import { createServer } from "node:http2"
import * as Effect from "effect/Effect"
import type { AddressInfo } from "node:net"
import { echo, over, serve } from "./fake-service.ts"

const url = "http://127.0.0.1/v2/users/u/apps/a/models/llm/outputs"
const body = (raw: string) => new TextEncoder().encode(JSON.stringify({ inputs: [{ data: { text: { raw } } }] }))

describe("the channel of a gRPC connection", () => {
  it("keeps a live stream open when a request is aborted that was answered", async () => {
    let calls = 0
    using service = await serve((call) => {
      calls++
      echo(call)
    })
    await using connection = over(service.address)
    await Effect.runPromise(connection.settings)
    const duplex = connection.duplex?.()
    const ask = async (raw: string, signal: AbortSignal) =>
      (await duplex?.fetch(url, { method: "POST", body: body(raw), signal }))?.text()
    const first = new AbortController()
    assert.include(await ask("a", first.signal), `"A"`)
    first.abort()
    assert.include(await ask("b", new AbortController().signal), `"B"`)
    duplex?.close()
    assert.strictEqual(calls, 1)
  })
  it("lets a megabyte of a response be on its way", async () => {
    const server = createServer()
    const window = new Promise<number | undefined>((resolve) => {
      server.on("session", (session) =>
        session.on("remoteSettings", ({ initialWindowSize }) => resolve(initialWindowSize))
      )
    })
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve)
    })
    const { port } = server.address() as AddressInfo // it listens on TCP
    await using connection = over(`127.0.0.1:${port}`)
    await Effect.runPromise(connection.settings)
    const gone = new AbortController()
    const call = connection.fetch(url, { method: "POST", body: body("a"), signal: gone.signal }).catch(() => {})
    assert.strictEqual(await window, 1024 * 1024)
    gone.abort()
    await call
    server.close()
  })
})
