import { createHmac } from "node:crypto"
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"
import ky, { type Options } from "ky"
import { afterAll, assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import { clarifai, type ClarifaiOptions, models, sightline } from "../../src/index.ts"
import { body, output } from "../faults/answers.ts"

const url = "https://images.test/a.jpg"
const pat = "0123456789abcdef0123456789abcdef"

interface Seen {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
let seen: Array<Seen> = []
const server = createServer(async (request, response) => {
  let text = ""
  for await (const chunk of request.setEncoding("utf8")) text += chunk
  seen.push({ path: request.url ?? "", headers: request.headers, body: text })
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body(10000, [output(url)])))
})
beforeAll(() => new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  seen = []
})

const baseUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}` // TCP, so never a path

const predict = async (hooks: Options["hooks"], options: ClarifaiOptions = {}) => {
  await using app = sightline(
    clarifai({
      pat,
      userId: "me",
      appId: "main",
      baseUrl: baseUrl(),
      ky: ky.extend(hooks === undefined ? {} : { hooks }),
      ...options
    })
  )
  return app.input(url).predict(models.general).result()
}

describe("hooks of the user's ky", () => {
  it("see the real request, and what they add to it is sent", async () => {
    const signed = await predict({
      beforeRequest: [
        async ({ request }) => {
          assert.strictEqual(request.headers.get("authorization"), `Key ${pat}`)
          const digest = createHmac("sha256", "secret")
            .update(await request.clone().text())
            .digest("hex")
          request.headers.set("x-signature", digest)
        }
      ]
    })
    assert.isTrue(signed.ok)
    const [sent] = seen
    assert.isAbove(sent?.body.length ?? 0, 10)
    assert.strictEqual(
      sent?.headers["x-signature"],
      createHmac("sha256", "secret")
        .update(sent?.body ?? "")
        .digest("hex")
    )
  })

  it("may send another request instead", async () => {
    const answered = await predict({
      beforeRequest: [({ request }) => new Request(request.url.replace("/v2/", "/proxy/v2/"), request)]
    })
    assert.isTrue(answered.ok)
    assert.match(seen[0]?.path ?? "", /^\/proxy\/v2\/users\//)
    assert.include(seen[0]?.body ?? "", url)
  })

  it("may answer instead of the service, as a cache does", async () => {
    const kept = JSON.stringify(body(10000, [output(url)]))
    const answered = await predict({ beforeRequest: [() => new Response(kept)] })
    assert.strictEqual(answered.ok && answered.value.concepts[0]?.id, "c")
    assert.deepStrictEqual(seen, [])
  })

  it("may read an answer, and give another", async () => {
    const statuses: Array<number> = []
    const kept = await predict({
      afterResponse: [
        async ({ response }) => {
          statuses.push(response.status, (await response.text()).length)
        }
      ]
    })
    assert.isTrue(kept.ok)
    assert.strictEqual(statuses[0], 200)
    const changed = await predict({
      afterResponse: [() => Response.json(body(21200), { status: 404 })]
    })
    assert.strictEqual(!changed.ok && changed.error._tag, "NotFound")
  })

  it("that throw fail the call with a typed error, which is not repeated", async () => {
    for (const [hook, sent] of [
      ["beforeRequest", false],
      ["afterResponse", true]
    ] as const) {
      seen = []
      const failed = await predict({
        [hook]: [
          () => {
            throw new Error(`no vault at https://vault.test/x?token=${pat}`)
          }
        ]
      })
      assert(!failed.ok && failed.error._tag === "Unreachable")
      assert.strictEqual(failed.error.sent, sent)
      assert.isFalse(failed.error.retryable)
      assert.match(
        failed.error.message,
        /a ky hook threw: no vault at https:\/\/vault\.test\/x\?…<redacted>; fix the hook$/
      )
      assert.strictEqual(seen.length, sent ? 1 : 0)
    }
  })

  it("cannot repeat a call: this package decides that", async () => {
    const failed = await predict({ afterResponse: [() => ky.retry()] })
    assert(!failed.ok && failed.error._tag === "Unreachable")
    assert.match(failed.error.message, /a ky hook threw: Forced retry/)
    assert.strictEqual(seen.length, 1)
  })

  it("that consume the request's body say so", async () => {
    const failed = await predict({
      beforeRequest: [
        async ({ request }) => {
          await request.text()
        }
      ]
    })
    assert(!failed.ok && failed.error._tag === "Unreachable")
    assert.match(failed.error.message, /a ky hook threw: .*[Bb]ody/)
    assert.isFalse(failed.error.sent)
  })
})

describe("the user's ky", () => {
  it("adds its headers, and has its retry, timeout and HTTP errors switched off", async () => {
    const instance = ky.create({
      headers: { "x-proxy": "team-a" },
      timeout: 1,
      retry: 5,
      prefix: "https://elsewhere.test"
    })
    const answered = await predict(undefined, { ky: instance })
    assert.isTrue(answered.ok)
    assert.strictEqual(seen[0]?.headers["x-proxy"], "team-a")
    assert.strictEqual(seen[0]?.headers.authorization, `Key ${pat}`)
  })

  it("has a fetch of its own beneath it, unless the connection was given one", async () => {
    const used: Array<string> = []
    const noting =
      (name: string): typeof globalThis.fetch =>
      (input, init) => {
        used.push(name)
        return globalThis.fetch(input, init)
      }
    const instance = ky.create({ fetch: noting("ky") })
    assert.isTrue((await predict(undefined, { ky: instance })).ok)
    assert.isTrue((await predict(undefined, { ky: instance, fetch: noting("connection") })).ok)
    assert.deepStrictEqual(used, ["ky", "connection"])
  })
})

describe("the fetch beneath ky", () => {
  it("is called with an address as text, plain headers and a body of bytes", async () => {
    const calls: Array<readonly [unknown, RequestInit]> = []
    for (const hooks of [undefined, { beforeRequest: [() => {}] }]) {
      await predict(hooks, {
        fetch: (input, init = {}) => {
          calls.push([input, init])
          return globalThis.fetch(input, init)
        }
      })
    }
    assert.strictEqual(calls.length, 2)
    for (const [input, init] of calls) {
      assert.isString(input)
      assert.instanceOf(init.body, Uint8Array)
      assert.strictEqual((init.headers as Record<string, string>)["authorization"], `Key ${pat}`)
      assert.strictEqual(init.redirect, "manual")
    }
  })
})
