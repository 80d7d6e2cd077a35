import { assert, describe, it } from "@effect/vitest"
import { models, sightline } from "../../src/index.ts"
import { fakeConnection, recordedConnection, recording } from "../../src/testing.ts"
import { answerConcepts } from "../run/answers.ts"

const url = "https://images.test/a.jpg"

describe("recorded answers", () => {
  it("are given again to the same calls, and any other call says what is left", async () => {
    const live = recording(fakeConnection(answerConcepts({ train: 0.9 })))
    const first = await sightline(live).input(url).top(2).predict(models.general).run()
    const replayed = recordedConnection(JSON.parse(JSON.stringify(live.exchanges)))
    const app = sightline(replayed)
    assert.lengthOf(replayed.unused(), 1)
    const other = await app.input(url).top(3).predict(models.general).result()
    assert.match(String(!other.ok && other.error), /was not recorded; left are: POST/)
    assert.deepStrictEqual(await app.input(url).top(2).predict(models.general).run(), first)
    assert.lengthOf(replayed.unused(), 0)
  })

  it("hold no header of the request, where the key is", async () => {
    const live = recording({ ...fakeConnection(answerConcepts({})), headers: { "x-secret": "very secret" } })
    await sightline(live).input(url).predict(models.general).run()
    assert.notInclude(JSON.stringify(live.exchanges), "very secret")
  })

  it("keep the order of equal calls, statuses and bodies that are not JSON", async () => {
    const request = { method: "POST", path: "/v2/users/clarifai/apps/main/models/general-image-recognition/outputs" }
    const connection = recordedConnection([
      { request, response: { status: 502, body: "<html>bad gateway</html>" } },
      {
        request,
        response: { status: 200, body: { status: { code: 10000 }, outputs: [{ status: { code: 10000 }, data: {} }] } }
      }
    ])
    const app = sightline({ ...connection, limits: { ...connection.limits, maxAttempts: 1 } })
    const first = await app.input(url).predict(models.general).result()
    assert.isFalse(first.ok)
    assert.deepStrictEqual((await app.input(url).predict(models.general).run()).concepts, [])
  })
})
