import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync } from "node:fs"
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
  address = (await local.serve({ grpc: true })).grpcAddress ?? ""
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
    const { grpcAddress = "", url } = await secure.serve({ grpc: true, tls })
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
    assert.match(secure.url, /^https:/)
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
