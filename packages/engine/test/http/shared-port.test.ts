import { assert, describe, it } from "@effect/vitest"
import { once } from "node:events"
import { createServer } from "node:http"
import { type AddressInfo, connect, type Socket } from "node:net"
import { text } from "node:stream/consumers"
import { sharePort } from "../../src/serving/shared-port.ts"

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
const request = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"

/** A server that answers `http` over HTTP, and what it was sent over HTTP/2. */
const serve = async (timeoutMs: number, maxConnections = 100) => {
  const server = createServer((_, response) => response.end("http"))
  server.maxConnections = maxConnections
  const echo = (socket: Socket) => socket.on("data", (bytes) => socket.end(bytes))
  const stop = sharePort(server, echo, timeoutMs)
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo // it listens on TCP
  /** What the server answers to these parts, each sent once the one before has arrived, until it closes the connection. */
  const ask = async (...parts: ReadonlyArray<string>): Promise<string> => {
    const socket = connect(port, "127.0.0.1")
    socket.on("error", () => {})
    const answer = text(socket).catch(() => "")
    for (const part of parts) {
      await new Promise((resolve) => socket.write(part, resolve))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return answer
  }
  return {
    ask,
    port,
    stop,
    [Symbol.asyncDispose]: async () => {
      stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

describe("a port of HTTP and gRPC", () => {
  it("tells them apart by their first bytes, however they are cut", async () => {
    await using server = await serve(60_000)
    assert.include(await server.ask(request), "http")
    assert.include(await server.ask("P", request.replace("GET", "OST")), "http")
    assert.include(await server.ask("PR", request.replace("GET ", "OPFIND ")), "http")
    assert.strictEqual(await server.ask(preface), preface)
    assert.strictEqual(await server.ask(...preface.split("")), preface)
    assert.strictEqual(await server.ask(`${preface}more`), `${preface}more`)
    assert.include(await server.ask("PRX * HTTP/1.1\r\n\r\n"), "400")
  })
  it("closes connections that send nothing, half a preface, or end in it", async () => {
    await using server = await serve(100)
    const answers = await Promise.all([server.ask(), server.ask(preface.slice(0, 12)), server.ask("P", "R")])
    assert.deepStrictEqual(answers, ["", "", ""])
    await using patient = await serve(60_000)
    const socket = connect(patient.port, "127.0.0.1", () => socket.end("PRI"))
    socket.resume()
    await once(socket, "close")
    assert.include(await server.ask(request), "http")
  })
  it("counts silent connections among those that it takes, and closes them when it stops", async () => {
    await using server = await serve(60_000, 2)
    const silent = [1, 2].map(() => connect(server.port, "127.0.0.1"))
    await Promise.all(silent.map((socket) => once(socket, "connect")))
    assert.strictEqual(await server.ask(request), "")
    const closed = silent.map((socket) => once(socket.resume(), "close"))
    server.stop()
    await Promise.all(closed)
    assert.include(await server.ask(request), "http")
  })
})
