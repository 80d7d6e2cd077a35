import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { makeCallRuntime, toCallSettings } from "../../src/call/call-runtime.ts"
import { NotConfigured } from "../../src/errors/errors.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"

const settings = {
  baseUrl: "https://x.test",
  authorization: Redacted.make("Key authorization-1"),
  sessionToken: Redacted.make("session-token-1"),
  userId: undefined,
  appId: undefined,
  keyIsAppBound: true,
  secretHeaders: { "x-proxy": Redacted.make("proxy-header-1") }
}

describe("the settings of calls", () => {
  it("know every secret that a call carries", () => {
    const { secrets } = toCallSettings(settings)
    for (const secret of ["authorization-1", "session-token-1", "proxy-header-1"])
      assert.strictEqual(secrets.redact(`with ${secret}.`), "with <redacted>.")
  })
  it("know none where there is none", () => {
    const { secretHeaders: _, ...rest } = settings
    const { secrets } = toCallSettings({ ...rest, authorization: undefined, sessionToken: undefined })
    assert.strictEqual(secrets.redact("session-token-1"), "session-token-1")
  })
})

describe("a runtime", () => {
  it.effect("reads the settings of its connection once", () =>
    Effect.gen(function* () {
      let read = 0
      const connection = { ...fakeConnection(() => ({})), settings: Effect.sync(() => (read++, settings)) }
      const runtime = makeCallRuntime(connection, [], () => {})
      assert.strictEqual(yield* runtime.settings, yield* runtime.settings)
      assert.strictEqual(read, 1)
    })
  )
  it.effect("reads them again where that failed", () =>
    Effect.gen(function* () {
      let read = 0
      const missing = new NotConfigured({ setting: "pat", problem: "is missing" })
      const connection = {
        ...fakeConnection(() => ({})),
        settings: Effect.suspend(() => (read++ === 0 ? Effect.fail(missing) : Effect.succeed(settings)))
      }
      const runtime = makeCallRuntime(connection, [], () => {})
      assert.strictEqual(yield* Effect.flip(runtime.settings), missing)
      assert.strictEqual((yield* runtime.settings).baseUrl, "https://x.test")
    })
  )
  it("shares the state of its connection with other apps over it", () => {
    const connection = fakeConnection(() => ({}))
    const [first, second] = [
      makeCallRuntime(connection, [], () => {}),
      makeCallRuntime(connection, [], () => {}, false)
    ]
    assert.strictEqual(first.state, second.state)
    assert.deepStrictEqual([first.watched, second.watched], [true, false])
  })
})
