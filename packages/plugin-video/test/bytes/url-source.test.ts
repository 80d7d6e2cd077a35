// Which addresses are read: public ones, unless the caller says otherwise.
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { models, sightline } from "@sightline/core"
import { guardedFetch } from "@sightline/platform/guarded-fetch"
import { createServer } from "node:http"
import { type AddressInfo, connect } from "node:net"
import { decodeFrames, video } from "../../src/index.ts"
import { service } from "../service.ts"

const requested: Array<string> = []
const server = createServer((request, response) => {
  requested.push(request.url ?? "")
  if (request.url === "/moved") response.writeHead(302, { location: `http://127.0.0.1:${port()}/inner` }).end()
  else response.writeHead(200).end("inner secrets")
})
const port = (): number => (server.address() as AddressInfo).port // a TCP server has one
beforeAll(() => new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const failure = async (work: () => Promise<unknown>): Promise<unknown> => {
  try {
    await work()
    return undefined
  } catch (error) {
    return error
  }
}

const drain = async (frames: AsyncIterable<unknown>) => {
  for await (const _ of frames);
}

describe("an address that is not public", () => {
  it.each(["127.0.0.1", "localhost", "[::1]", "2130706433", "[::ffff:127.0.0.1]"])(
    "%s is not connected to, and the error says what would read it",
    async (host) => {
      const error = await failure(() => drain(decodeFrames(`http://${host}:${port()}/clip.mp4?token=1`)))
      assert.propertyVal(error, "_tag", "VideoSourceError")
      assert.include(String(error), "allowPrivate")
      assert.notInclude(String(error), "token")
      assert.deepStrictEqual(requested, [])
    }
  )
  it("is not reached through a chain", async () => {
    const url = `http://127.0.0.1:${port()}/clip.mp4`
    const clip = sightline(service()).use(video()).video(url)
    const frames = await clip.frames().run()
    assert.isFalse(frames.some(({ ok }) => ok))
    assert.isFalse((await clip.keyframes().predict(models.general).result()).ok)
    const local = sightline(service())
      .use(video({ predict: "local" }))
      .video(url)
    assert.isFalse((await local.predict(models.general).result()).ok)
    assert.deepStrictEqual(requested, [])
  })
  it("is not reached by a redirect", async () => {
    const targets: Array<string> = []
    // the name is public, so its connection is allowed; it ends at this machine's own server
    const fetch = guardedFetch({
      resolve: async () => [{ address: "93.184.215.14", family: 4 }],
      connect: ({ address }) => {
        targets.push(address)
        return connect(port(), "127.0.0.1")
      }
    })
    const error = await failure(() => drain(decodeFrames(`http://videos.test:${port()}/moved`, { fetch })))
    assert.include(String(error), "not a public address")
    assert.deepStrictEqual(targets, ["93.184.215.14"])
    assert.deepStrictEqual(requested.splice(0), ["/moved"])
  })
  it("is read if the caller trusts it", async () => {
    const error = await failure(() => drain(decodeFrames(`http://127.0.0.1:${port()}/x.mp4`, { allowPrivate: true })))
    assert.propertyVal(error, "_tag", "VideoUnsupported")
    assert.deepStrictEqual(requested.splice(0), ["/x.mp4"])
  })
})
