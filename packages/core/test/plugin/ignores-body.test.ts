import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, expect, it } from "vitest"
import { clarifai, models, sightline } from "../../src/index.ts"
import { definePlugin } from "../../src/plugin.ts"

const status = { code: 10000, description: "Ok" }
const outputs = [{ status, data: { concepts: [{ id: "a", name: "train", value: 0.5 }] } }]
const server = createServer((_, response) => {
  response.setHeader("content-type", "application/json")
  response.end(JSON.stringify({ status, outputs }))
})
beforeAll(() => new Promise<void>((done) => void server.listen(0, "127.0.0.1", done)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** A plugin that notes the texts of responses. */
const watcher = (name: string, texts: Array<string>, ignoresBody: boolean) =>
  definePlugin({
    name,
    version: 1,
    hooks: {
      request: {
        ignoresBody,
        run: (request, next) => Effect.tap(next(request), ({ text }) => Effect.sync(() => void texts.push(text)))
      }
    }
  })

const predict = async (ignoring: ReadonlyArray<boolean>): Promise<ReadonlyArray<string>> => {
  const texts: Array<string> = []
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await using connection = clarifai({ pat: "key", userId: "me", appId: "main", baseUrl })
  const [one = false, two = false] = ignoring
  const app = sightline(connection)
    .use(watcher("one", texts, one))
    .use(watcher("two", texts, two))
  const { concepts } = await app.input("https://example.com/a.jpg").predict(models.general).run()
  expect(concepts.map(({ name }) => name)).toEqual(["train"])
  return texts
}

it("hooks that ignore bodies are given none, and the answer arrives all the same", async () => {
  expect(await predict([true, true])).toEqual(["", ""])
})

it("a hook that looks at bodies is given them, whatever others ignore", async () => {
  const texts = await predict([true, false])
  expect(texts).toHaveLength(2)
  for (const text of texts) expect(JSON.parse(text)).toMatchObject({ status })
})
