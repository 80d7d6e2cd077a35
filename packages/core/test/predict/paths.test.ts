// Who calls, and whose model is meant, as it travels.
import { assert, describe, it } from "@effect/vitest"
import { clarifai, type ClarifaiOptions, models, sightline } from "../../src/index.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"

const calling = async (options: ClarifaiOptions, model: string | typeof models.general = "m") => {
  const fake = fakeConnection(() => ({ status: { code: 10000 }, outputs: [{ status: { code: 10000 }, data: {} }] }))
  const connection = clarifai({ baseUrl: "http://x.test", ...options, fetch: fake.fetch })
  const result = await sightline(connection).input("https://x.test/a.jpg").predict(model).result()
  const [call] = fake.calls
  return { result, call, path: call?.path }
}

describe("a call", () => {
  it.each<readonly [string, ClarifaiOptions, string]>([
    ["a personal token, for its own user", { pat: "p", appId: "a" }, "/v2/users/me/apps/a/models/m/outputs"],
    [
      "a personal token, for a user",
      { pat: "p", userId: "u/1", appId: "a" },
      "/v2/users/u%2F1/apps/a/models/m/outputs"
    ],
    ["an app's key", { apiKey: "k" }, "/v2/models/m/outputs"],
    ["an app's key, with its app", { apiKey: "k", appId: "a" }, "/v2/models/m/outputs"],
    [
      "an app's key, with user and app",
      { apiKey: "k", userId: "u", appId: "a" },
      "/v2/users/u/apps/a/models/m/outputs"
    ],
    ["a session token", { sessionToken: "s", appId: "a" }, "/v2/users/me/apps/a/models/m/outputs"]
  ])("with %s has its path", async (_, options, path) => {
    assert.strictEqual((await calling(options)).path, path)
  })
  it("has the key's scheme, or the session's header", async () => {
    const { call: keyed } = await calling({ pat: " p ", appId: "a" })
    assert.strictEqual(keyed?.headers.get("authorization"), "Key p")
    const { call: session } = await calling({ sessionToken: "s", appId: "a" })
    assert.strictEqual(session?.headers.get("x-clarifai-session-token"), "s")
    assert.isNull(session?.headers.get("authorization") ?? null)
  })
  it("goes to the model's owner, whoever calls", async () => {
    assert.strictEqual(
      (await calling({ pat: "p", userId: "u", appId: "a" }, models.general)).path,
      "/v2/users/clarifai/apps/main/models/general-image-recognition/outputs"
    )
    assert.strictEqual(
      (await calling({ pat: "p" }, "https://clarifai.com/meta/Llama-3/models/m/versions/v")).path,
      "/v2/users/meta/apps/Llama-3/models/m/versions/v/outputs"
    )
  })
  it("of a personal token that names no app is not made, and says what is missing", async () => {
    const { call, result } = await calling({ pat: "p" })
    assert.strictEqual(call, undefined)
    assert.strictEqual(!result.ok && result.error._tag, "NotConfigured")
    assert.include(String(!result.ok && result.error.message), "CLARIFAI_APP_ID")
  })
  it("goes to the address that is given, in each of its forms", async () => {
    const seen: Array<string> = []
    for (const baseUrl of [
      "http://127.0.0.1:9000",
      "https://api.clarifai.com/",
      "api.clarifai.com:443",
      "https://proxy.test/clarifai/v2"
    ]) {
      const connection = clarifai({
        apiKey: "k",
        baseUrl,
        fetch: (input) => {
          seen.push(input instanceof Request ? input.url : String(input))
          return Promise.resolve(Response.json({ status: { code: 11101 } }, { status: 404 }))
        }
      })
      await sightline(connection).input("https://x.test/a.jpg").predict("m").result()
    }
    assert.deepStrictEqual(
      seen.map((url) => url.replace("/v2/models/m/outputs", "")),
      ["http://127.0.0.1:9000", "https://api.clarifai.com", "https://api.clarifai.com", "https://proxy.test/clarifai"]
    )
  })
})
