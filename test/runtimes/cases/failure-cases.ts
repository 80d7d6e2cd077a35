// Cases: refusals, repeats, broken connections, deadlines and aborts.
import { type ClarifaiOptions, models } from "@sightline/core"
import { resources } from "@sightline/core/resources"
import { appAt, callsOf, seenSoon, testKey } from "../connect.ts"
import { type Config, equal, isTrue, type RuntimeCase } from "../runtime-case.ts"

const url = "https://images.test/a.jpg"

/** Predicts on one address at a fault: the end, the attempts, and how many calls arrived. */
const ask = async (config: Config, fault: string, options: ClarifaiOptions = {}) => {
  const app = appAt(config, fault, options)
  const [outcome] = await app.inputs([url]).predict(models.general).run()
  if (outcome === undefined) throw new Error("there is no outcome")
  const calls = /^(refused|tlsDropped|noTls)$/.test(fault) ? 0 : (await callsOf(config, fault, app)).length
  const { attempts } = outcome
  if (outcome.ok) return { end: "ok", attempts, calls, sent: undefined, error: undefined }
  const { error } = outcome
  return { end: error._tag, attempts, calls, sent: "sent" in error ? error.sent : undefined, error }
}

const endsAs =
  (fault: string, end: string, attempts: number, options?: ClarifaiOptions): RuntimeCase =>
  async (config) => {
    const told = await ask(config, fault, options)
    equal([told.end, told.attempts, told.calls], [end, attempts, attempts], told.error?.message)
  }

/** What no connection carried: said to be never sent where the runtime tells, and else treated as if it was. */
const neverSent =
  (fault: string, attempts: number): RuntimeCase =>
  async (config) => {
    const untold = config.untold?.includes(fault) === true
    const { end, error, sent, ...told } = await ask(config, fault, { limits: { maxAttempts: 3 } })
    equal([end, sent, told.attempts], ["Unreachable", untold, untold ? 1 : attempts], error?.message)
  }

const deflated =
  (fault: string): RuntimeCase =>
  async (config) => {
    const app = appAt(config, fault)
    const result = await app.input(url).predict(models.general).result()
    equal(result.ok ? "ok" : result.error.message, "ok")
    const [call] = await callsOf(config, fault, app)
    return call?.headers["accept-encoding"]?.includes("deflate") === true
      ? undefined
      : "this runtime does not ask for deflate"
  }

const shown = (error: unknown) => `${String(error)} ${JSON.stringify(error)} ${(error as Error).stack ?? ""}`

const soon = { limits: { attemptTimeoutMs: 1500 } }

export const failureCases: Readonly<Record<string, RuntimeCase>> = {
  "a throttled call is repeated": endsAs("throttledOnce", "ok", 2),
  "an unavailable service is asked again": endsAs("unavailableOnce", "ok", 2),
  "a failed call is not repeated": endsAs("failing", "ServiceFailed", 1),
  "a gateway's page is a typed error": endsAs("badGateway", "ServiceFailed", 1),
  "predictions are repeated after a gateway's error where the connection says so": endsAs(
    "badGateway",
    "ServiceFailed",
    3,
    {
      retry: { predictions: "always" },
      limits: { maxAttempts: 3 }
    }
  ),
  "a reset connection may have carried the call, which is not repeated": async (config) => {
    const told = await ask(config, "reset")
    equal([told.end, told.sent, told.attempts], ["Unreachable", true, 1], told.error?.message)
    isTrue(told.calls <= 2, `${told.calls} calls`) // a browser itself repeats once on a new connection
  },
  "predictions are repeated after a reset where the connection says so": async (config) => {
    const told = await ask(config, "resetOnce", { retry: { predictions: "always" } })
    equal([told.end, told.calls], ["ok", 2], told.error?.message)
  },
  "a read is repeated after a reset": async (config) => {
    const app = appAt(config, "resetOnce")
    const result = await app.use(resources()).resources.inputs.get("one").result()
    // the repeat arrives: this fault answers in a form that has no input
    equal((await callsOf(config, "resetOnce", app)).length, 2, result.ok ? "ok" : result.error.message)
  },
  "a refused connection was never used, and is tried again": neverSent("refused", 3),
  "a connection that ends before TLS stands was never used, and is tried again": neverSent("tlsDropped", 3),
  "a port without TLS was never sent a call": neverSent("noTls", 1),
  "a body that breaks off is a typed error": endsAs("cut", "MalformedAnswer", 1),
  "a body that is no JSON is a typed error": endsAs("notJson", "MalformedAnswer", 1),
  "a body over the limit is not read": endsAs("huge", "MalformedAnswer", 1, { limits: { maxAnswerBytes: 1_000_000 } }),
  "a redirect is not followed": async (config) => {
    const told = await ask(config, "redirecting")
    isTrue(told.end !== "ok", "it ended well")
    equal([told.calls, told.attempts], [1, 1])
  },
  "a service that repeats the key does not make it shown": async (config) => {
    const { end, error } = await ask(config, "refusing")
    equal(end, "Unauthorized")
    isTrue(!shown(error).includes(testKey), "the key is shown")
  },
  "gzip is read": endsAs("gzip", "ok", 1),
  "brotli is read": endsAs("brotli", "ok", 1),
  "deflate is read where it is asked for": deflated("deflate"),
  "deflate without a header is read where it is asked for": deflated("rawDeflate"),
  "a service that never answers meets the deadline of the attempt": endsAs("dripping", "TimedOut", 1, soon),
  "a run's deadline keeps the answers that came": async (config) => {
    const app = appAt(config, "stalling", { limits: { inputsPerCall: { image: 1 } } })
    const outcomes = await app
      .inputs([url, "https://images.test/stall.jpg", url])
      .predict(models.general)
      .run({ timeoutMs: 4000 })
    equal(
      outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error._tag)),
      ["ok", "TimedOut", "ok"]
    )
  },
  "an abort rejects with its reason and closes the connection": async (config) => {
    const app = appAt(config, "stalling")
    const stop = new AbortController()
    const running = app.input("https://images.test/stall.jpg").predict(models.general).run({ signal: stop.signal })
    const ended = running.then(
      () => "it went on",
      (error: unknown) => (error instanceof Error ? error.message : String(error))
    )
    await seenSoon("the call did not arrive", async () => (await callsOf(config, "stalling", app)).length === 1)
    stop.abort(new Error("enough"))
    equal(await ended, "enough")
    await seenSoon(
      "the connection stayed open",
      async () => (await callsOf(config, "stalling", app))[0]?.abandoned === true
    )
  },
  "a signal that is aborted already sends nothing": async (config) => {
    const app = appAt(config, "well")
    const signal = AbortSignal.abort(new Error("before"))
    const ended = await app
      .input(url)
      .predict(models.general)
      .run({ signal })
      .then(
        () => "sent",
        (error: Error) => error.message
      )
    equal([ended, (await callsOf(config, "well", app)).length], ["before", 0])
  },
  "a key that no header can carry is a setting to fix": async (config) => {
    const app = appAt(config, "well", { pat: "abc\u200Bdef0123456789" })
    const result = await app.input(url).predict(models.general).result()
    equal([result.ok ? "ok" : result.error._tag, (await callsOf(config, "well", app)).length], ["NotConfigured", 0])
  }
}
