import { assert, describe, it } from "@effect/vitest"
import { afterAll } from "vitest"
import { clarifai, models, sightline } from "../../src/index.ts"
import type { Fetch } from "../../src/connection/connection.ts"
import { body, output } from "../faults/answers.ts"
import { startFaultServer } from "../faults/server.ts"

const server = startFaultServer()
afterAll(() => server.close())

const url = "https://images.test/a.jpg"
const good = JSON.stringify(body(10000, [output(url)]))
const bytes = (text: string, ...before: ReadonlyArray<number>) =>
  Buffer.concat([Buffer.from(before), Buffer.from(text)])

/** What becomes of an input whose answer is these bytes. */
const endOf = async (http: number, answer: Buffer, fetch?: Fetch): Promise<string> => {
  const { baseUrl } = await server.add(({ response }) => {
    response.writeHead(http).end(answer)
    return "none"
  })
  const pat = "0123456789abcdef0123456789abcdef"
  await using app = sightline(clarifai({ pat, userId: "me", appId: "main", baseUrl, ...(fetch && { fetch }) }))
  const result = await app.input(url).predict(models.general).result()
  return result.ok ? `concept ${result.value.concepts[0]?.id}` : result.error.message
}

describe("an answer is the same to Node's own http as to fetch", () => {
  it.each([
    ["an answer", 200, bytes(good), "concept c"],
    ["one that begins with a byte order mark", 200, bytes(good, 0xef, 0xbb, 0xbf), "concept c"],
    ["an empty body", 200, bytes(""), "the body is empty"],
    ["a list", 200, bytes("[]"), 'the body begins with "[]"'],
    ["null", 200, bytes("null"), 'the body begins with "null"'],
    ["a sentence as JSON, with a failing status", 404, bytes('"no such thing"'), "no such thing"],
    ["JSON that is cut off", 200, bytes(good.slice(0, -1)), "the body begins with"],
    ["a text that is no UTF-8", 200, bytes(":", 0xe9), "the body begins with"]
  ])("%s", async (_, http, answer, end) => {
    const own = await endOf(http, answer)
    assert.include(own, end)
    assert.strictEqual(own, await endOf(http, answer, (input, init) => globalThis.fetch(input, init)))
  })
})
