import { assert, describe, it } from "@effect/vitest"
import { clarifai, inBody, Media, model, models, sightline, textMedia, workflow } from "../../src/index.ts"
import { resources } from "../../src/resources.ts"
import { type FakeCall, fakeConnection } from "../../src/testing/fake-connection.ts"
import { fromProtoJson, protoType } from "../wire/protocol.ts"

const status = { code: 10000 }
const owner = { user_id: "me/1", app_id: "a b" }

const over = (answer: (call: FakeCall) => unknown = () => ({ status, outputs: [{ status, data: {} }] })) => {
  const fake = fakeConnection(answer)
  const { fetch } = fake
  const connection = inBody(
    clarifai({ pat: "p", userId: "me/1", appId: "a b", baseUrl: "http://x.test", fetch, rate: { perSecond: Infinity } })
  )
  return { app: sightline(connection).use(resources()), calls: fake.calls }
}
const own = model({ id: "m", task: "visual-classifier" })

describe("user and app in the body", () => {
  it("of predictions, of one's own models and of others'", async () => {
    const { app, calls } = over()
    await app.input("https://x.test/a.jpg").version("v").top(3).predict(own).run()
    await app
      .input(new Media("image", { from: "bytes", bytes: Uint8Array.of(1, 2, 3) }))
      .predict(models.general)
      .run()
    assert.deepStrictEqual(
      calls.map(({ body, path }) => [path, Object(body).user_app_id]),
      [
        ["/v2/models/m/versions/v/outputs", owner],
        ["/v2/models/general-image-recognition/outputs", { user_id: "clarifai", app_id: "main" }]
      ]
    )
    assert.deepStrictEqual(Object(calls[1]?.body).inputs, [{ data: { image: { base64: "AQID" } } }])
    for (const { body } of calls) fromProtoJson(protoType("PostModelOutputsRequest"), body)
  })
  it("of what a service keeps: in the query where there is no body", async () => {
    const { app, calls } = over(() => ({ status }))
    const { inputs, versions } = app.resources
    await inputs.list({ pageSize: 5 }).all()
    await inputs.delete("i/1").run()
    await inputs.merge([{ id: "i", concepts: ["c"] }]).run()
    await versions.train("m").result()
    const query = "user_app_id.user_id=me%2F1&user_app_id.app_id=a+b"
    assert.deepStrictEqual(
      calls.map(({ body, method, path }) => [method, path, Object(body).user_app_id]),
      [
        ["GET", `/v2/inputs?page=1&per_page=5&${query}`, undefined],
        ["DELETE", `/v2/inputs/i%2F1?${query}`, undefined],
        ["PATCH", "/v2/inputs", owner],
        ["POST", "/v2/models/m/versions", owner]
      ]
    )
    assert.deepStrictEqual(calls[3]?.body, { user_app_id: owner })
    assert.strictEqual(calls[3]?.headers.get("content-type"), "application/json")
  })
  it("leaves those in the path that the protocol has only there", async () => {
    const { app, calls } = over(() => ({ status }))
    const llm = model({ id: "m", task: "text-to-text" })
    await app
      .input(textMedia("q"))
      .generate(llm)
      .text()
      .catch(() => undefined)
    await app.resources.models.concepts({ id: "m", versionId: "v" }).all()
    await app.resources.versions.change("m", { id: "v", description: "d" }).run()
    await app
      .input("https://x.test/a.jpg")
      .workflow(workflow({ id: "w", versionId: "v" }))
      .result()
    assert.strictEqual(calls.length, 4)
    for (const { body, path } of calls) {
      assert.match(path, /^\/v2\/users\/me%2F1\/apps\/a%20b\//)
      assert.notProperty(Object(body), "user_app_id")
    }
  })
})
