import { assert, describe, it } from "@effect/vitest"
import { type Connection, Media, models, sightline } from "../../src/index.ts"
import { attachmentsOf } from "../../src/connection/attachments.ts"
import { resources } from "../../src/resources.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"

/** A connection that takes media beside the JSON, and what it was given. */
const binary = () => {
  const bodies: Array<{ readonly json: unknown; readonly attached: ReadonlyArray<Uint8Array> }> = []
  const connection: Connection = {
    ...fakeConnection(() => ({})),
    takesAttachments: true,
    fetch: async (_, init) => {
      const body = init?.body as Uint8Array
      bodies.push({ json: JSON.parse(new TextDecoder().decode(body)), attached: attachmentsOf(body) })
      return Response.json({ status: { code: 10020, description: "Failure" } })
    }
  }
  return { bodies, connection }
}
const [first, second] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5)]

describe("media beside the JSON of a body", () => {
  it("stand in it by their position, and are the bytes themselves", async () => {
    const { bodies, connection } = binary()
    const media = [first, second].map((bytes) => new Media("image", { from: "bytes", bytes }))
    await sightline(connection).inputs(media).predict(models.general).run()
    const [body] = bodies
    assert.deepStrictEqual<unknown>(body?.json, {
      inputs: [{ data: { image: { base64: "@0" } } }, { data: { image: { base64: "@1" } } }]
    })
    assert.deepStrictEqual(body?.attached, [first, second])
  })
  it("are those of added inputs too", async () => {
    const { bodies, connection } = binary()
    const app = sightline(connection).use(resources())
    await app.resources.inputs.add([{ input: first, id: "a" }]).all()
    assert.deepStrictEqual(bodies[0]?.attached, [first])
  })
  it("count as base64 in the sizes of events, as in those of plans", async () => {
    const { connection } = binary()
    const sizes: Array<number> = []
    const app = sightline(connection, {
      onEvent: (event) => {
        if (event.type === "call") sizes.push(event.call.bytes)
      }
    })
    const chain = app.inputs([first, second]).predict(models.general)
    const { calls } = await chain.plan()
    await chain.run()
    const json = { inputs: ["AQID", "BAU="].map((base64) => ({ data: { image: { base64 } } })) }
    assert.strictEqual(sizes[0], JSON.stringify(json).length)
    assert.strictEqual(sizes[0], calls[0]?.bytes)
  })
  it("are none for any other connection", () => {
    assert.deepStrictEqual(attachmentsOf(new Uint8Array()), [])
  })
})
