import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { toCallSettings } from "../../src/call/call-runtime.ts"
import { defaultLimits } from "../../src/connection/limits.ts"
import { appPath, modelEndpoint, workflowEndpoint } from "../../src/predict/endpoint.ts"

const settings = (more: { userId?: string; appId?: string; keyIsAppBound?: boolean } = {}) =>
  toCallSettings({
    baseUrl: "https://x.test",
    authorization: Redacted.make("Key credential-1"),
    sessionToken: undefined,
    userId: undefined,
    appId: undefined,
    keyIsAppBound: false,
    ...more
  })
const owned = settings({ userId: "u", appId: "a" })

describe("the path of an app", () => {
  it.effect.each<[string, Parameters<typeof appPath>, string]>([
    ["the connection's", [owned], "/v2/users/u/apps/a"],
    ["the owner's", [owned, { userId: "v", appId: "b" }], "/v2/users/v/apps/b"],
    ["the owner's app, of the connection's user", [owned, { appId: "b" }], "/v2/users/u/apps/b"],
    ["the credential's own user's", [settings({ appId: "a" })], "/v2/users/me/apps/a"],
    ["the key's", [settings({ keyIsAppBound: true })], "/v2"],
    ["the key's, without a user", [settings({ keyIsAppBound: true, appId: "a" })], "/v2"],
    ["another owner's app, with a key", [settings({ keyIsAppBound: true }), { appId: "b" }], "/v2/users/me/apps/b"],
    ["a user's app, with a key", [settings({ keyIsAppBound: true, userId: "u", appId: "a" })], "/v2/users/u/apps/a"],
    ["that of strange ids", [settings({ userId: "ü/1", appId: "a b" })], "/v2/users/%C3%BC%2F1/apps/a%20b"]
  ])("is %s", ([, args, path]) => Effect.map(appPath(...args), (found) => assert.strictEqual(found, path)))
  it.effect("needs an app for a personal token", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(appPath(settings({ userId: "u" })))
      assert.strictEqual(error.setting, "appId")
      assert.include(error.problem, "CLARIFAI_APP_ID")
    })
  )
  it.effect("is refused for ids that would change it", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(appPath(settings({ userId: "..", appId: "a" })))).setting, "userId")
      assert.strictEqual((yield* Effect.flip(appPath(settings({ userId: "u", appId: "" })))).setting, "appId")
    })
  )
})

describe("the endpoint of a model", () => {
  const of = (
    address: Parameters<typeof modelEndpoint>[1],
    options: Parameters<typeof modelEndpoint>[3] = {},
    secrets = {}
  ) => modelEndpoint(owned, address, "image", options, secrets)
  it.effect("has its path, and its options without version and secrets", () =>
    Effect.gen(function* () {
      const endpoint = yield* of({ id: "m" }, { top: 3, version: "v" })
      assert.deepInclude(endpoint, {
        service: "model",
        model: "m",
        kind: "image",
        path: "/v2/users/u/apps/a/models/m/versions/v/outputs",
        options: { top: 3 },
        secrets: [],
        maxInputs: Infinity
      })
      assert.strictEqual((yield* of({ id: "m" })).path, "/v2/users/u/apps/a/models/m/outputs")
      const versioned = { id: "m", versionId: "w" }
      assert.include((yield* of(versioned)).path, "/versions/w/")
      assert.include((yield* of(versioned, { version: "v" })).path, "/versions/v/")
      const generated = yield* modelEndpoint(owned, { id: "m" }, "text", {}, {}, "outputs/generate")
      assert.strictEqual(generated.path, "/v2/users/u/apps/a/models/m/outputs/generate")
    })
  )
  it.effect("has secrets among its parameters, and hides them", () =>
    Effect.gen(function* () {
      const options = { params: { temperature: 0 }, secrets: { api_key: "mine", other: Redacted.make("given-key") } }
      const endpoint = yield* of({ id: "m" }, options, { mine: Redacted.make("named-key") })
      assert.deepStrictEqual(endpoint.options, { params: { temperature: 0, api_key: "named-key", other: "given-key" } })
      assert.sameMembers([...endpoint.secrets], ["named-key", "given-key"])
      for (const secret of ["named-key", "given-key", "credential-1"])
        assert.strictEqual(endpoint.hidden.redact(`with ${secret}`), "with <redacted>")
    })
  )
  it.effect("is refused for a secret that the app does not have", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(of({ id: "m" }, { secrets: { api_key: "mine" } }))
      assert(error._tag === "InvalidOption")
      assert.strictEqual(error.option, "the secret for api_key")
    })
  )
  it.effect.each<[string, Readonly<Record<string, unknown>>, ReadonlyArray<string>]>([
    ["by their names, at any depth", { a: { api_key: "short" }, list: [{ Password: "pw-1" }] }, ["short", "pw-1"]],
    ["by the name of their list", { tokens: ["t1", "t2"] }, ["t1", "t2"]],
    ["by their form", { value: "abcdef0123456789" }, ["abcdef0123456789"]],
    ["and no words", { text: "a long sentence of sixteen letters 1", word: "incomprehensibility", id: "abc123" }, []],
    ["and no numbers", { token: 5, key: null, pat: true }, []],
    ["by a whole word", { pat: "x1", pattern: "x2" }, ["x1"]]
  ])("hides parameters that are keys %s", ([, params, secrets]) =>
    Effect.map(of({ id: "m" }, { params: params as {} }), (endpoint) =>
      assert.deepStrictEqual([...endpoint.secrets], secrets)
    )
  )
  it.effect("is refused for an id that would change the path", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(of({ id: ".." })))._tag, "InvalidRequest")
      assert.strictEqual((yield* Effect.flip(of({ id: "m" }, { version: ".." })))._tag, "InvalidRequest")
      assert.strictEqual(
        (yield* Effect.flip(modelEndpoint(settings(), { id: "m" }, "image", {}, {})))._tag,
        "NotConfigured"
      )
    })
  )
})

describe("the endpoint of a workflow", () => {
  const of = (options: Parameters<typeof workflowEndpoint>[3], address = { id: "w" }) =>
    workflowEndpoint(owned, address, "image", options, defaultLimits)
  it.effect("has its path, its options and its limit", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* of({ atLeast: 0.5, version: "v" }), {
        service: "workflow",
        model: "w",
        path: "/v2/users/u/apps/a/workflows/w/versions/v/results",
        options: { atLeast: 0.5 },
        secrets: [],
        maxInputs: 32
      })
      assert.strictEqual((yield* of({})).path, "/v2/users/u/apps/a/workflows/w/results")
    })
  )
  it.effect.each(["params", "secrets", "runner"] as const)("has no %s", (option) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(of({ [option]: {} }))
      assert(error._tag === "InvalidOption")
      assert.strictEqual(error.option, option)
      assert.include(error.problem, "option of models")
    })
  )
})
