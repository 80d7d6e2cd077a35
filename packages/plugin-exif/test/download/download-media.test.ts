import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { models, sightline } from "@sightline/core"
import { fakeConnection } from "@sightline/core/testing"
import { guardedFetch } from "@sightline/platform/guarded-fetch"
import { exif, type FetchUrls } from "../../src/index.ts"
import { jpegOf } from "../support.ts"

let photo = new Uint8Array()
let requests: Array<string> = []

const listen = async (handler: RequestListener) => {
  const server = createServer((request, response) => {
    requests.push(request.url ?? "")
    handler(request, response)
  })
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done)
  })
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  return { port, origin: `http://127.0.0.1:${port}`, close: () => server.close() }
}
type Server = Awaited<ReturnType<typeof listen>>
const servers: Array<Server> = []
let pictures: Server | undefined
let redirects: Server | undefined

beforeAll(async () => {
  photo = new Uint8Array(await jpegOf(24, 16, 3))
  pictures = await listen((request, response) => {
    if (request.url?.startsWith("/missing") === true) response.writeHead(404).end("no")
    else if (request.url?.startsWith("/stall") === true) response.write(photo.subarray(0, 10))
    else if (request.url?.startsWith("/broken") === true) {
      response.writeHead(200, { "content-length": photo.length }).write(photo.subarray(0, 10))
      response.destroy()
    } else response.end(photo)
  })
  redirects = await listen((_, response) => {
    response.writeHead(302, { location: `${pictures?.origin}/photo.jpg` }).end()
  })
  servers.push(pictures, redirects)
})
afterAll(() => {
  for (const server of servers) server.close()
})

/** What an app with these options makes of a URL: the bytes that it sends, or the error's message. */
const sent = async (url: string, fetchUrls: boolean | FetchUrls): Promise<Buffer | string> => {
  requests = []
  const connection = fakeConnection(() => ({ status: { code: 10_000 }, outputs: [{ status: { code: 10_000 } }] }))
  const app = sightline(connection).use(exif({ fetchUrls }))
  const result = await app.input(url).predict(models.general).result()
  if (!result.ok) {
    assert.strictEqual(result.error._tag, "MediaUnreadable")
    assert.notInclude(result.error.message, "secret")
    return result.error.message
  }
  // The body is what core's own encoder wrote.
  const body = connection.calls[0]?.body as
    | { readonly inputs: ReadonlyArray<{ readonly data: { readonly image: { readonly base64: string } } }> }
    | undefined
  return Buffer.from(body?.inputs[0]?.data.image.base64 ?? "", "base64")
}
const photoUrl = () => `${pictures?.origin}/photo.jpg?token=secret`

describe("URL inputs that are downloaded", () => {
  it("are not downloaded from addresses that are not public, by number or by name", async () => {
    for (const host of ["127.0.0.1", "localhost", "[::1]", "2130706433"]) {
      const url = `http://${host}:${pictures?.port}/photo.jpg?token=secret`
      assert.match(String(await sent(url, true)), /is not a public address; exif\(\{ fetchUrls: \{ allowPrivate/, host)
      assert.deepStrictEqual(requests, [])
    }
  })

  it("are downloaded from private addresses when that is allowed, for all URLs or for some", async () => {
    assert.deepStrictEqual(await sent(photoUrl(), { allowPrivate: true }), Buffer.from(photo))
    const allowPrivate = ({ port }: URL) => port === String(pictures?.port)
    assert.deepStrictEqual(await sent(photoUrl(), { allowPrivate }), Buffer.from(photo))
    assert.match(String(await sent(`${redirects?.origin}/`, { allowPrivate })), /is not a public address/)
    assert.deepStrictEqual(requests, [])
  })

  it("are checked again at every redirect", async () => {
    assert.deepStrictEqual(await sent(`${redirects?.origin}/a`, { allowPrivate: true }), Buffer.from(photo))
    assert.deepStrictEqual(requests, ["/a", "/photo.jpg"])
    const onlyFirst = ({ port }: URL) => port === String(redirects?.port)
    assert.match(String(await sent(`${redirects?.origin}/a`, { allowPrivate: onlyFirst })), /is not a public address/)
    assert.deepStrictEqual(requests, ["/a"])
  })

  it("are refused when a name resolves to a private address, before any connection", async () => {
    const addresses = ["169.254.169.254", "10.0.0.1", "::ffff:127.0.0.1", "168.63.129.16"]
    for (const address of addresses) {
      let connections = 0
      const fetch = guardedFetch({
        resolve: async () => [{ address, family: address.includes(":") ? 6 : 4 }],
        connect: () => {
          connections++
          throw new Error("no connection is made in tests")
        }
      })
      const message = await sent("https://images.test/a.jpg?token=secret", { fetch })
      assert.match(String(message), /images\.test is not a public address/, address)
      assert.strictEqual(connections, 0)
    }
  })

  it("fail with a reason that does not show the URL's query", async () => {
    const options: FetchUrls = { allowPrivate: true }
    assert.match(String(await sent(`${pictures?.origin}/missing?t=secret`, options)), /answered with HTTP 404/)
    assert.match(String(await sent(photoUrl(), { ...options, maxBytes: 100 })), /it has more than 100 bytes/)
    assert.match(
      String(await sent(`${pictures?.origin}/stall?t=secret`, { ...options, timeoutMs: 100 })),
      /downloading it took too long/
    )
    assert.match(
      String(await sent(`${pictures?.origin}/broken?t=secret`, options)),
      /could not be downloaded|cannot connect/
    )
    const failing = () => Promise.reject(new Error("secret"))
    assert.match(String(await sent(photoUrl(), { fetch: failing })), /could not be downloaded/)
  })
})
