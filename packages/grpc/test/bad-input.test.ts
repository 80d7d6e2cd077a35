import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync } from "node:fs"
import { get } from "node:https"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Client, credentials, Metadata, status } from "@grpc/grpc-js"
import { model, sightline } from "@sightline/core"
import { engine } from "@sightline/engine"
import { grpc, type GrpcOptions } from "../src/index.ts"
import { picture } from "./picture.ts"
import { hasOpenssl, selfSigned } from "./tls-files.ts"

const directory = mkdtempSync(join(tmpdir(), "sightline-grpc-"))
const bodyBytes = 100_000
const local = engine({ directory, key: "secret", embedder: "fast", workers: 1, limits: { bodyBytes } })
let address = ""
let port = 0
beforeAll(async () => {
  address = (await local.serve({ grpc: true })).grpcAddress
  port = Number(address.split(":")[1])
})
afterAll(async () => {
  await local[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true })
})

const pets = model({ id: "pets", task: "visual-classifier" })
const predict = async (options: GrpcOptions, bytes = picture(1, 2, 3)) => {
  await using connection = grpc({ pat: "secret", userId: "me", appId: "app", limits: { maxAttempts: 1 }, ...options })
  const result = await sightline(connection).input(bytes).predict(pets).result({ timeoutMs: 30_000 })
  if (result.ok) return assert.fail("it worked")
  assert.notMatch(result.error.message, /\n|secret/)
  return result.error
}
/** The engine still answers: that it has no such model. */
const isAlive = async () => assert.strictEqual((await predict({ address }))._tag, "NotFound")

const identity = (bytes: Uint8Array) => bytes

/** What is left of a raw connection: it is closed by the engine. */
const send = (bytes: Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(bytes))
    socket.on("error", () => {})
    socket.on("data", () => {})
    socket.once("close", () => resolve())
  })

describe("bad input to the gRPC port of an engine", () => {
  it("that is not HTTP/2, or breaks off in its frames, closes its connection alone", async () => {
    const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])
    const garbage = [
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      Buffer.from(Array.from({ length: 2000 }, (_, at) => (at * 37) & 255)),
      Buffer.concat([preface, settings, Buffer.from([255, 255, 255, 0, 0, 0, 0, 0, 1])]),
      Buffer.concat([preface, settings, Buffer.from([0, 0, 4, 1, 4, 0, 0, 0, 1, 255, 255, 255, 255])])
    ]
    for (const bytes of garbage) {
      await send(bytes)
      await isAlive()
    }
  })
  it("that is a message too large is refused with what to do", async () => {
    const error = await predict({ address }, new Uint8Array(bodyBytes + 1))
    assert.strictEqual(error._tag, "InvalidRequest", error.message)
    assert.match(error.message, /larger than max \(\d+ vs 100000\)/)
    assert.isFalse(error.retryable)
    await isAlive()
  })
  it("that has values or levels without end is refused before it is taken apart", async () => {
    const few = engine({ directory: `${directory}-few`, key: "secret", limits: { jsonTokens: 1000 }, workers: 1 })
    try {
      const { grpcAddress } = await few.serve({ grpc: true })
      const client = new Client(grpcAddress, credentials.createInsecure())
      const metadata = new Metadata()
      metadata.set("authorization", "Key secret")
      const send = (bytes: Uint8Array) =>
        new Promise<{ readonly code: number; readonly details: string } | null>((resolve) => {
          const path = "/clarifai.api.V2/PostModelOutputs"
          client.makeUnaryRequest(path, (sent: Uint8Array) => Buffer.from(sent), identity, bytes, metadata, resolve)
        })
      // two bytes are an empty input
      const many = await send(Uint8Array.from({ length: 2200 }, (_, at) => (at % 2 === 0 ? 34 : 0)))
      assert.strictEqual(many?.code, status.INVALID_ARGUMENT)
      assert.match(many?.details ?? "", /too many values/)
      assert.isNull(await send(Uint8Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 34 : 0))))
      // an input's data, its regions, the data of each, and so on
      let nested: Uint8Array = new Uint8Array()
      const wrap = (tag: number) => {
        const size = nested.length < 128 ? [nested.length] : [(nested.length & 127) | 128, nested.length >> 7]
        nested = Uint8Array.from([tag, ...size, ...nested])
      }
      for (let level = 0; level < 60; level++) for (const tag of [26, 90]) wrap(tag)
      for (const tag of [18, 34]) wrap(tag)
      const deep = await send(nested)
      assert.strictEqual(deep?.code, status.INVALID_ARGUMENT)
      assert.match(deep?.details ?? "", /more than 100 levels/)
      client.close()
    } finally {
      await few[Symbol.asyncDispose]()
      rmSync(`${directory}-few`, { recursive: true })
    }
  })
  it("that is no message of a stream both ways ends the call", async () => {
    const client = new Client(address, credentials.createInsecure())
    const metadata = new Metadata()
    metadata.set("authorization", "Key secret")
    const code = await new Promise<number>((resolve) => {
      const path = "/clarifai.api.V2/StreamModelOutputs"
      const call = client.makeBidiStreamRequest(path, (sent: Uint8Array) => Buffer.from(sent), identity, metadata)
      call.on("error", (error: { readonly code: number }) => resolve(error.code))
      call.on("data", () => {})
      call.write(Uint8Array.from([10, 200]))
    })
    assert.strictEqual(code, status.INVALID_ARGUMENT)
    client.close()
  })
  it("that calls a method which is not there is UNIMPLEMENTED", async () => {
    const client = new Client(address, credentials.createInsecure())
    const code = await new Promise<number | undefined>((resolve) => {
      client.makeUnaryRequest(
        "/clarifai.api.V2/NoSuchMethod",
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes) => bytes,
        new Uint8Array(),
        new Metadata(),
        (error) => resolve(error?.code)
      )
    })
    client.close()
    assert.strictEqual(code, status.UNIMPLEMENTED)
    await isAlive()
  })
})

describe.skipIf(!hasOpenssl())("an engine over TLS", () => {
  const served = async (days: number) => {
    const folder = mkdtempSync(join(tmpdir(), "sightline-grpc-"))
    const secure = engine({ directory: folder, key: "secret", embedder: "fast", workers: 1 })
    const tls = selfSigned(days)
    const { grpcAddress, url } = await secure.serve({ grpc: true, tls })
    return {
      url,
      address: grpcAddress,
      cert: tls.cert,
      [Symbol.asyncDispose]: async () => {
        await secure[Symbol.asyncDispose]()
        rmSync(folder, { recursive: true })
      }
    }
  }
  it("answers who trusts its certificate, over gRPC and over HTTP, and nobody else", { timeout: 60_000 }, async () => {
    await using secure = await served(1)
    const trusting = { address: `https://${secure.address}`, rootCertificates: secure.cert }
    assert.strictEqual((await predict(trusting))._tag, "NotFound")
    assert.strictEqual(secure.url, `https://${secure.address}`)
    const overHttp = await new Promise<number | undefined>((resolve, reject) => {
      get(`${secure.url}/healthz`, { ca: Buffer.from(secure.cert) }, ({ statusCode }) => resolve(statusCode)).on(
        "error",
        reject
      )
    })
    assert.strictEqual(overHttp, 200)
    const stranger = await predict({ address: `https://${secure.address}` })
    assert.strictEqual(stranger._tag, "Unreachable", stranger.message)
    assert.match(stranger.message, /SELF_SIGNED_CERT/)
    const plain = await predict({ address: `http://${secure.address}` })
    assert.strictEqual(plain._tag, "Unreachable", plain.message)
    assert.strictEqual((await predict(trusting))._tag, "NotFound")
  })
  it("whose certificate has expired is Unreachable", { timeout: 60_000 }, async () => {
    await using expired = await served(-1)
    const error = await predict({ address: `https://${expired.address}`, rootCertificates: expired.cert })
    assert.strictEqual(error._tag, "Unreachable", error.message)
    assert.match(error.message, /CERT_HAS_EXPIRED/)
    assert.isFalse(error.retryable)
  })
  it("that is given no certificate says so", async () => {
    const refused: unknown = await local
      .serve({ tls: { key: "no key", cert: "none" } })
      .catch((error: unknown) => error)
    assert.propertyVal(refused, "_tag", "EngineOptionError")
    assert.notInclude(String(refused), "no key")
  })
})
