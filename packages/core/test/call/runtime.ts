/** A call runtime over a fake service, for suites that test one module and no app. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import type { Call } from "../../src/call/attempt.ts"
import type { CallEvent } from "../../src/call/call-info.ts"
import { type CallRuntime, makeCallRuntime } from "../../src/call/call-runtime.ts"
import type { RequestHook } from "../../src/call/request-hook.ts"
import type { Connection } from "../../src/connection/connection.ts"
import type { LimitOptions } from "../../src/connection/limits.ts"
import { type FakeCall, type FakeConnection, fakeConnection } from "../../src/testing/fake-connection.ts"

export interface FakeRuntime {
  readonly runtime: CallRuntime
  readonly calls: FakeConnection["calls"]
  readonly events: ReadonlyArray<CallEvent>
}

/** A runtime whose connection answers each call with `answer`; it notes calls and events. */
export const runtimeOver = (
  answer: (call: FakeCall) => unknown,
  options: {
    readonly limits?: LimitOptions
    readonly perSecond?: number
    readonly hooks?: ReadonlyArray<RequestHook>
    readonly connection?: Partial<Connection>
  } = {}
): FakeRuntime => {
  const { connection = {}, hooks = [], ...rest } = options
  const fake = fakeConnection(answer, rest)
  const events: Array<CallEvent> = []
  const appHooks = hooks.map((run) => ({ plugin: "hooked", ignoresBody: false, run }))
  const runtime = makeCallRuntime({ ...fake, ...connection }, appHooks, (event) => events.push(event))
  return { runtime, calls: fake.calls, events }
}

/** A prediction without inputs. */
export const prediction: Call = {
  method: "POST",
  path: "/v2/models/m/outputs?page=1",
  body: new TextEncoder().encode(`{"inputs":[]}`),
  model: "m",
  timeoutMs: 60_000,
  intent: "prediction"
}

/** A body with a status alone. */
export const statusBody = (code: number, more: object = {}) => ({
  status: { code, description: "as told", req_id: "r1", ...more }
})

/** Most steps of the clock: more than any test here needs. */
const maxSteps = 5000

/** Runs an effect while the clock of the test goes on, so that waits end and promises are taken between. */
export const withTime = <A, E, R>(effect: Effect.Effect<A, E, R>, stepMs = 250): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    for (let step = 0; step < maxSteps && fiber.pollUnsafe() === undefined; step++) {
      for (let turn = 0; turn < 5; turn++) yield* Effect.promise(() => new Promise((go) => void setImmediate(go)))
      if (fiber.pollUnsafe() === undefined) yield* TestClock.adjust(stepMs)
    }
    return yield* Fiber.join(fiber)
  })
