import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { model, sightline } from "@sightline/core"
import { resources } from "@sightline/core/resources"
import { engine } from "@sightline/engine"
import { grpc } from "../src/index.ts"
import { picture } from "./picture.ts"

const directory = mkdtempSync(join(tmpdir(), "sightline-grpc-"))
const local = engine({ directory, key: "secret" })
let address = ""
let http = ""
beforeAll(async () => {
  const served = await local.serve({ grpc: true })
  address = served.grpcAddress
  http = served.url
})
afterAll(async () => {
  await local[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true })
})

describe("a gRPC connection to an engine", () => {
  const over = () => grpc({ address, pat: "secret", userId: "me", appId: "app" })
  it("trains a custom model and predicts with it, as over HTTP", async () => {
    await using connection = over()
    const app = sightline(connection).use(resources())
    const examples = Array.from({ length: 6 }, (_, at) => ({
      input: at % 2 === 0 ? picture(250 - at, 10 + at, 10) : picture(10, 10 + at, 250 - at),
      id: `i${at}`,
      concepts: [at % 2 === 0 ? "red" : "blue"]
    }))
    const added = await app.resources.inputs.add(examples).all()
    assert.isTrue(
      added.every(({ ok }) => ok),
      JSON.stringify(added)
    )
    await app.resources.models.create({ id: "colors", concepts: ["red", "blue"] }).run()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const { version } = await app.resources.versions.train("colors").run()
    for (let tries = 0; ; tries++) {
      const { state } = await app.resources.versions.get("colors", version?.id ?? "").run()
      if (state === "ready") break
      assert.isTrue(state === "pending" && tries < 100, state)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    const colors = model({ id: "colors", task: "visual-classifier" })
    const { concepts } = await app
      .input(picture(240, 20, 20))
      .predict(colors)
      .run()
    assert.strictEqual(concepts[0]?.name, "red")

    const inputs = [picture(240, 0, 0), new Uint8Array([1, 2, 3]), picture(0, 0, 240)]
    const seen = await Array.fromAsync(app.inputs(inputs).predict(colors).stream({ live: "wait" }))
    assert.deepStrictEqual(
      seen.map(({ index, ok }) => [index, ok]),
      [
        [0, true],
        [1, false],
        [2, true]
      ]
    )
  })
  it("reports a wrong key, an unknown model and an unreachable port as typed errors", async () => {
    await using wrong = grpc({ address, pat: "other", userId: "me", appId: "app" })
    const any = model({ id: "none", task: "visual-classifier" })
    const denied = await sightline(wrong)
      .input(picture(1, 2, 3))
      .predict(any)
      .result()
    assert.strictEqual(!denied.ok && denied.error._tag, "Unauthorized")
    await using right = over()
    const missing = await sightline(right)
      .input(picture(1, 2, 3))
      .predict(any)
      .result()
    assert.strictEqual(!missing.ok && missing.error._tag, "NotFound")
    await using refused = grpc({ address: "127.0.0.1:9", pat: "secret", userId: "me", appId: "app" })
    const unreachable = await sightline(refused)
      .input(picture(1, 2, 3))
      .predict(any)
      .result({ timeoutMs: 20_000 })
    assert.strictEqual(!unreachable.ok && unreachable.error._tag, "Unreachable")
    assert.isNotEmpty(http)
  })
  it("reports TLS against a plaintext server, and refuses plaintext to another machine before anything is sent", async () => {
    const any = model({ id: "none", task: "visual-classifier" })
    await using tls = grpc({ address: `https://${address}`, pat: "secret", userId: "me", appId: "app" })
    const handshake = await sightline(tls)
      .input(picture(1, 2, 3))
      .predict(any)
      .result({ timeoutMs: 20_000 })
    assert.strictEqual(!handshake.ok && handshake.error._tag, "Unreachable")
    await using far = grpc({ address: "http://service.invalid:80", pat: "secret" })
    const refused = await sightline(far)
      .input(picture(1, 2, 3))
      .predict(any)
      .result()
    assert.strictEqual(!refused.ok && refused.error._tag, "NotConfigured")
    assert.notInclude(String(!refused.ok && refused.error.message), "secret")
  })
})
