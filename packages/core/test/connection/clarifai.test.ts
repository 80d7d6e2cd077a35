import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { clarifai, type ClarifaiOptions, sightline } from "../../src/index.ts"
import type { Settings } from "../../src/connection/connection.ts"
import * as Redacted from "effect/Redacted"

const read = (environment: Readonly<Record<string, string>>, options: ClarifaiOptions = {}) =>
  Effect.runPromise(
    Effect.result(clarifai(options).settings).pipe(
      Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(environment)))
    )
  )

const settingsOf = async (
  environment: Readonly<Record<string, string>>,
  options?: ClarifaiOptions
): Promise<Settings> => {
  const result = await read(environment, options)
  assert(result._tag === "Success")
  return result.success
}

describe("settings", () => {
  it("come from the program's ConfigProvider", async () => {
    const settings = await settingsOf({
      CLARIFAI_PAT: "abc",
      CLARIFAI_USER_ID: "me",
      CLARIFAI_APP_ID: "main",
      CLARIFAI_API_BASE: "https://x.test/v2/"
    })
    assert.deepStrictEqual(
      [settings.baseUrl, settings.userId, settings.appId, settings.keyIsAppBound],
      ["https://x.test", "me", "main", false]
    )
    assert.strictEqual(settings.authorization && Redacted.value(settings.authorization), "Key abc")
  })

  it("that are passed win, and no other credential is then read", async () => {
    const settings = await settingsOf({ CLARIFAI_PAT: "abc", CLARIFAI_USER_ID: "me" }, { apiKey: "k", userId: "you" })
    assert.strictEqual(settings.authorization && Redacted.value(settings.authorization), "Key k")
    assert.deepStrictEqual([settings.userId, settings.keyIsAppBound], ["you", true])
  })

  it("that are empty, or blank, count as none", async () => {
    const none = await read({ CLARIFAI_PAT: "", CLARIFAI_API_KEY: " " })
    assert(none._tag === "Failure")
    assert.match(none.failure.message, /CLARIFAI_PAT: no credential found/)
    const settings = await settingsOf({ CLARIFAI_PAT: "abc", CLARIFAI_USER_ID: "", CLARIFAI_API_BASE: "" })
    assert.deepStrictEqual([settings.userId, settings.baseUrl], [undefined, "https://api.clarifai.com"])
  })

  it("with an empty key say so before anything is sent", async () => {
    for (const name of ["pat", "apiKey", "sessionToken"] as const) {
      const result = await read({ CLARIFAI_PAT: "abc" }, { [name]: " " })
      assert(result._tag === "Failure")
      assert.match(result.failure.message, new RegExp(`^${name}: is empty; pass the key`))
    }
  })

  it("with an address of another scheme, or with a path alone, say so", async () => {
    for (const baseUrl of ["htps://api.clarifai.com", "ftp://x", "/api", "//x.test/api", "file:///x", "http://"]) {
      const result = await read({ CLARIFAI_PAT: "abc" }, { baseUrl })
      assert(result._tag === "Failure", baseUrl)
      assert.match(result.failure.message, /^baseUrl: is not an address such as https:/)
    }
  })

  it("take a host, with or without a port and a path, for one with TLS", async () => {
    for (const [base, origin] of [
      ["x.test", "https://x.test"],
      ["x.test:8443", "https://x.test:8443"],
      ["x.test/proxy/v2", "https://x.test/proxy"],
      ["HTTP://x.test/v2/", "http://x.test"]
    ] as const)
      assert.strictEqual((await settingsOf({ CLARIFAI_PAT: "abc", CLARIFAI_API_BASE: base })).baseUrl, origin)
  })

  it("need no key for an address of this machine, and send none", async () => {
    for (const host of ["127.0.0.1:1234", "localhost", "[::1]:80"]) {
      const settings = await settingsOf({}, { baseUrl: `http://${host}` })
      assert.deepStrictEqual([settings.authorization, settings.sessionToken], [undefined, undefined])
      assert.isTrue(settings.keyIsAppBound)
    }
    const settings = await settingsOf({ CLARIFAI_PAT: "abc" }, { baseUrl: "http://localhost" })
    assert.strictEqual(settings.authorization && Redacted.value(settings.authorization), "Key abc")
    for (const baseUrl of ["https://127.0.0.1.example.com", "https://localhost.example.com"])
      assert.strictEqual((await read({}, { baseUrl }))._tag, "Failure")
  })

  it("follow the process's environment as it is when they are read", async () => {
    const before = process.env["CLARIFAI_PAT"]
    const value = async () => {
      const settings = await Effect.runPromise(clarifai().settings)
      return settings.authorization && Redacted.value(settings.authorization)
    }
    try {
      process.env["CLARIFAI_PAT"] = "first"
      assert.strictEqual(await value(), "Key first")
      process.env["CLARIFAI_PAT"] = "second"
      assert.strictEqual(await value(), "Key second")
    } finally {
      if (before === undefined) delete process.env["CLARIFAI_PAT"]
      else process.env["CLARIFAI_PAT"] = before
    }
  })

  it("with a limit that lets nothing be sent say which", async () => {
    const wrong: ReadonlyArray<readonly [NonNullable<ClarifaiOptions["limits"]>, string]> = [
      [{ maxAttempts: 0 }, "maxAttempts"],
      [{ attemptTimeoutMs: Number.NaN }, "attemptTimeoutMs"],
      [{ inputsPerCall: { image: 0 } }, "inputsPerCall.image"],
      [{ idleMs: -1 }, "idleMs"]
    ]
    for (const [limits, name] of wrong) {
      const result = await read({ CLARIFAI_PAT: "abc" }, { limits })
      assert(result._tag === "Failure")
      assert.strictEqual(result.failure.message.split(";")[0], `limits.${name}: must be a number above 0`)
    }
    await settingsOf({ CLARIFAI_PAT: "abc" }, { limits: { idleMs: 0, maxRetryWaitMs: 0, maxBodyBytes: Infinity } })
  })

  it("that cannot be read fail each call with one line", async () => {
    const provider = ConfigProvider.make((path) =>
      Effect.fail(new ConfigProvider.SourceError({ message: `no vault for ${path.join(".")}` }))
    )
    const result = await Effect.runPromise(
      Effect.result(sightline(clarifai()).input("https://x.test/a.jpg").predict("general").asEffect()).pipe(
        Effect.provide(ConfigProvider.layer(provider))
      )
    )
    assert(result._tag === "Failure")
    assert(result.failure._tag === "NotConfigured")
    assert.match(result.failure.message, /environment: its CLARIFAI_PAT cannot be read/)
  })
})
