/** Downloads of exports: the resolver is fake and the connector refuses, so that nothing leaves this machine. */
import { createServer } from "node:http"
import { connect as connectTcp, type AddressInfo } from "node:net"
import { fakeConnection } from "@sightline/core/testing"
import { sightline } from "@sightline/core"
import { Effect } from "effect"
import { definePlugin, type Host } from "@sightline/core/plugin"
import { describe, expect, it } from "vitest"
import { DownloadFailed, training } from "../../src/index.ts"
import { makeDownload } from "../../src/export/download-file.ts"
import { makeFakeService, connectDirectly } from "../support/fake-service.ts"
import { temporaryFolder } from "../support/images.ts"

/** The wire of an app, as members of plugins get it. */
const wireOf = () => {
  let wire: Host["wire"] | undefined
  const spy = definePlugin({ name: "spy", version: 1, members: (host) => ((wire = host.wire), {}) })
  sightline(fakeConnection(() => ({}))).use(spy)
  if (wire === undefined) throw new Error("the plugin was not given a wire")
  return wire
}

/** A server on a loopback port that answers each path. */
const serve = async (
  answers: Readonly<Record<string, { readonly status?: number; readonly body?: string; readonly location?: string }>>
) => {
  const server = createServer((request, response) => {
    const { body = "", location, status = 200 } = answers[request.url ?? ""] ?? { status: 404 }
    response.writeHead(status, location === undefined ? {} : { location })
    response.end(body)
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  const { port } = server.address() as AddressInfo // TCP
  return {
    port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      })
  }
}

const failureOf = (download: ReturnType<typeof makeDownload>, url: string, maxBytes = 1000) =>
  Effect.runPromise(Effect.flip(download(wireOf(), url, maxBytes)))

describe("a download of an address that an input names", () => {
  const refuse = () => {
    throw new Error("nothing may be connected")
  }
  it.each([
    ["http://127.0.0.1:1/a", "a loopback address"],
    ["http://[::1]/a", "a loopback address"],
    ["http://169.254.169.254/latest/meta-data", "metadata of a cloud"],
    ["http://168.63.129.16/a", "a cloud's own address"],
    ["http://10.0.0.1/a", "a private address"],
    ["http://inner.example/a", "a name of a private address"]
  ])("does not reach %s: %s", async (url) => {
    const download = makeDownload({ resolve: async () => [{ address: "10.1.2.3", family: 4 }], connect: refuse })
    const failure = await failureOf(download, `${url}?signature=secret`)
    expect(failure).toBeInstanceOf(DownloadFailed)
    expect(failure.message).toMatch(/is not a public address; set training\(\{ allowPrivate: true \}\)/)
    expect(failure.message).not.toContain("secret")
  })

  it("does not follow a redirect to a private address", async () => {
    await using server = await serve({ "/a": { status: 302, location: "http://10.0.0.1/admin" } })
    const asked: Array<string> = []
    const download = makeDownload({
      resolve: async () => [{ address: "93.184.216.34", family: 4 }],
      connect: ({ address }) => {
        asked.push(address)
        return connectTcp({ host: "127.0.0.1", port: server.port })
      }
    })
    const failure = await failureOf(download, "http://public.example/a")
    expect(failure.message).toMatch(/10\.0\.0\.1 is not a public address/)
    expect(asked).toEqual(["93.184.216.34"])
  })

  it("reaches private addresses if that is allowed, and reads no more than it may", async () => {
    await using server = await serve({ "/a": { body: "x".repeat(500) }, "/none": { status: 404 } })
    const download = makeDownload({ allowPrivate: true })
    const url = `http://127.0.0.1:${server.port}`
    expect((await Effect.runPromise(download(wireOf(), `${url}/a`, 500))).byteLength).toBe(500)
    expect((await failureOf(download, `${url}/a`, 499)).problem).toBe("it has more than 499 bytes")
    expect((await failureOf(download, `${url}/none`)).problem).toBe("the response is HTTP 404")
    expect((await failureOf(download, "not an address")).problem).toBe("it is not a valid URL")
  })
})

describe("an export of examples", () => {
  it("does not reach private addresses of inputs unless the app allows it", async () => {
    await using server = await serve({ "/photo.bmp": { body: "BM photo" } })
    using place = temporaryFolder()
    const service = makeFakeService({
      override: ({ method, path }) =>
        method === "GET" && path.startsWith("models/pets/inputs")
          ? {
              status: { code: 10000 },
              inputs: [
                {
                  id: "a",
                  status: { code: 30000 },
                  data: {
                    image: { url: `http://127.0.0.1:${server.port}/photo.bmp` },
                    concepts: [{ id: "cat", value: 1 }]
                  }
                }
              ]
            }
          : undefined
    })
    const exported = (allowPrivate: boolean) =>
      sightline(connectDirectly(service))
        .use(training({ journal: place.path, allowPrivate }))
        .trained("pets")
        .exportExamples(`${place.path}/out`)
        .run()
    expect(await exported(false)).toMatchObject({ examples: 0, failed: [{ name: "a" }] })
    expect(await exported(true)).toMatchObject({ examples: 1, failed: [] })
  })
})
