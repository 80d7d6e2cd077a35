import { assert, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Client, credentials, Metadata, status } from "@grpc/grpc-js"
import { engine } from "@sightline/engine"

const identity = (bytes: Uint8Array) => bytes
const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes)
/** HealthCheckRequest of a service. */
const requestOf = (service: string) =>
  service === "" ? new Uint8Array() : Uint8Array.from([10, service.length, ...Buffer.from(service)])
/** HealthCheckResponse with SERVING, NOT_SERVING and SERVICE_UNKNOWN. */
const [serving, notServing, unknown] = [1, 2, 3].map((code) => [8, code])

const opened = async (grpc: true | number = true) => {
  const directory = mkdtempSync(join(tmpdir(), "sightline-health-"))
  const local = engine({ directory, embedder: "fast", workers: 1, key: "secret" })
  const { close, grpcAddress, url } = await local.serve({ grpc })
  const client = new Client(grpcAddress, credentials.createInsecure())
  return {
    client,
    close,
    isOnePort: url === `http://${grpcAddress}`,
    healthz: async () => (await fetch(`${url}/healthz`)).status,
    [Symbol.asyncDispose]: async () => {
      client.close()
      await local[Symbol.asyncDispose]()
      rmSync(directory, { recursive: true })
    }
  }
}

describe("the health service of an engine", () => {
  it("says that the server and its service are well, without a key, and knows no other", async () => {
    await using server = await opened()
    const check = (service: string) =>
      new Promise<unknown>((resolve) => {
        const path = "/grpc.health.v1.Health/Check"
        const request = requestOf(service)
        server.client.makeUnaryRequest(path, asBuffer, identity, request, new Metadata(), (error, response) =>
          resolve(error === null ? [...(response ?? [])] : error.code)
        )
      })
    assert.deepStrictEqual(await check(""), serving)
    assert.deepStrictEqual(await check("clarifai.api.V2"), serving)
    assert.strictEqual(await check("another.Service"), status.NOT_FOUND)
  })
  it.each([true, 0] as const)("is on the port of HTTP, or on a port for gRPC alone (grpc: %s)", async (grpc) => {
    await using server = await opened(grpc)
    assert.strictEqual(server.isOnePort, grpc === true)
    const ready = Promise.withResolvers<void>()
    server.client.waitForReady(Date.now() + 20_000, (error) => (error ? ready.reject(error) : ready.resolve()))
    await ready.promise
    assert.strictEqual(await server.healthz(), 200)
  })
  it("tells its watchers when the server closes", async () => {
    await using server = await opened()
    const watch = (service: string) => {
      const seen: Array<ReadonlyArray<number>> = []
      const path = "/grpc.health.v1.Health/Watch"
      const call = server.client.makeServerStreamRequest(path, asBuffer, identity, requestOf(service), new Metadata())
      const [first, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      call.on("data", (bytes: Uint8Array) => {
        seen.push([...bytes])
        first.resolve()
      })
      call.on("error", () => ended.resolve())
      call.on("end", () => ended.resolve())
      return { seen, first: first.promise, ended: ended.promise }
    }
    const [ours, other] = [watch("clarifai.api.V2"), watch("another.Service")]
    await Promise.all([ours.first, other.first])
    assert.deepStrictEqual([ours.seen, other.seen], [[serving], [unknown]])
    await server.close()
    await Promise.all([ours.ended, other.ended])
    assert.deepStrictEqual([ours.seen, other.seen], [[serving, notServing], [unknown]])
  })
})
