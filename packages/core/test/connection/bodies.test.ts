import { Readable } from "node:stream"
import { assert, describe, it } from "@effect/vitest"
import { clarifai, type ClarifaiOptions, models, sightline } from "../../src/index.ts"
import { readText } from "../../src/connection/response-body.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"
import { body, output } from "../faults/answers.ts"

const url = "https://images.test/a.jpg"
const answer = JSON.stringify(body(10000, [output(url)]))

/** A response in the form of other libraries: what `body` is differs, `text()` is the same. */
const foreign = (streamed: unknown, headers: Readonly<Record<string, string>> = {}) =>
  ({
    ok: true,
    status: 200,
    statusText: "OK",
    type: "default",
    headers: new Headers(headers),
    body: streamed,
    text: () => Promise.resolve(answer)
  }) as unknown as Response // as node-fetch and React Native make it

const predict = (options: ClarifaiOptions) =>
  sightline(clarifai({ pat: "k", userId: "u", appId: "a", baseUrl: "http://x.test", ...options }))
    .input(url)
    .predict(models.general)
    .result()

describe("a fetch of the user's own", () => {
  it.each<[string, () => unknown]>([
    ["a stream of Node's, as node-fetch's", () => Readable.from([Buffer.from(answer)])],
    ["no body, as React Native's", () => undefined],
    ["null", () => null],
    ["a web stream", () => new Response(answer).body]
  ])("may answer with %s", async (_, bodyOf) => {
    const result = await predict({ fetch: () => Promise.resolve(foreign(bodyOf())) })
    assert.strictEqual(result.ok && result.value.concepts[0]?.id, "c")
  })

  it("is read no further than the limit, whatever its body is", async () => {
    let left = false
    const endless = Readable.from(
      (function* () {
        try {
          for (;;) yield Buffer.alloc(1000, "x")
        } finally {
          left = true
        }
      })()
    )
    assert.strictEqual(await readText(foreign(endless), 5000), undefined)
    assert.isTrue(left)
    assert.strictEqual(await readText(foreign(undefined), 3), undefined)
  })
})

describe("a key or a header that no request can carry", () => {
  it.each<[string, ClarifaiOptions]>([
    ["an invisible character", { pat: "abc\u200bdef" }],
    ["bullets", { pat: "\u2022\u2022\u2022\u2022abcd" }],
    ["typographic quotes", { pat: "\u201cabcdef\u201d" }],
    ["a null character", { pat: "abc\u0000def" }],
    ["a session token of letters that are not ASCII", { sessionToken: "żółw", pat: undefined as never }],
    ["a header's value", { headers: { "x-who": "Zo\u017eia" } }],
    ["a header's value with a line break", { headers: { "x-who": "a\r\nx-more: b" } }],
    ["a header's name", { headers: { "x who": "a" } }]
  ])("with %s is NotConfigured, and nothing is sent", async (_, options) => {
    let calls = 0
    const { pat = "sessionToken" in options ? undefined : "k", ...others } = options
    const result = await predict({
      ...others,
      ...(pat === undefined ? {} : { pat }),
      fetch: () => {
        calls++
        return Promise.reject(new Error("sent"))
      }
    })
    assert(!result.ok && result.error._tag === "NotConfigured", JSON.stringify(result))
    assert.notInclude(result.error.message, "may have been done")
    assert.strictEqual(calls, 0)
  })
})

it("bytes go out where Buffer has only its documented methods, as in workerd", async () => {
  const own = Reflect.get(Buffer.prototype, "latin1Write") as (...args: ReadonlyArray<unknown>) => number
  Reflect.set(Buffer.prototype, "latin1Write", function (this: Buffer, text: string, at = 0, length = this.length) {
    if (length > this.length - at) throw new RangeError(`The value of "length" is out of range`)
    return own.call(this, text, at, length)
  })
  try {
    const connection = fakeConnection(() => body(10000, [output(url)]))
    const bytes = Uint8Array.of(0xff, 0xd8, 0xff, 1)
    const result = await sightline(connection).input(bytes).predict(models.general).result()
    assert.isTrue(result.ok)
    assert.include(JSON.stringify(connection.calls[0]?.body), "/9j/AQ==")
  } finally {
    Reflect.set(Buffer.prototype, "latin1Write", own)
  }
})
