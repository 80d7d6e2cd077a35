/** Failing trainings: each status of the service has its own error, and every wait ends. */
import { InvalidOption } from "@sightline/core/plugin"
import { TestClock } from "effect/testing"
import { Effect, Fiber } from "effect"
import { it as effectIt } from "@effect/vitest"
import { describe, expect, it } from "vitest"
import * as doors from "../../src/index.ts"
import { TrainingDeadline, type TrainingEvent, UnknownTrainingState, VersionDeleted } from "../../src/index.ts"
import { appOf } from "../support/backends.ts"
import { openPets, trainPets, pets } from "../support/pets.ts"
import { drawExamples, temporaryFolder } from "../support/images.ts"
import { failure, makeFakeService, connectBySocket } from "../support/fake-service.ts"

/** A value that a caller without types may pass. */
const untyped = (value: unknown) => value as never // the value does not have the type, on purpose

const ends: Readonly<Record<number, readonly [tag: string, remedy: RegExp, retryable: boolean]>> = {
  21105: ["TrainingFailed", /train/, false],
  21106: ["TrainingFailed", /train/, false],
  21108: ["TrainingFailed", /train/, false],
  21109: ["TrainingFailed", /train/, false],
  21110: ["NoTrainingData", /add examples that are labelled/, false],
  21111: ["NoPositives", /at least one example of each/, false],
  21112: ["SingleConcept", /add a second concept/, false],
  21113: ["TrainingTookTooLong", /train again/, true],
  21114: ["InputsNotReady", /check the inputs/, true],
  21115: ["TrainingBroke", /train again/, true],
  21116: ["TrainingBroke", /train again/, true],
  21117: ["InsufficientData", /add more examples/, false],
  21118: ["InvalidParams", /params/, false],
  21119: ["TooManyInvalid", /remove or repair/, false]
}

describe("a training that fails on the service", () => {
  it.concurrent.each(Object.entries(ends))(
    "with status %s has its own error",
    async (code, [tag, remedy, retryable]) => {
      using at = openPets({ states: [21103, Number(code)] })
      const result = await at.pipeline.result()
      if (result.ok) throw new Error("it did not fail")
      expect(result.error).toMatchObject({ _tag: tag, code: Number(code), retryable, model: "pets" })
      expect(result.error.message).toMatch(remedy)
      expect(result.error.message).not.toContain("\n")
      const known: Readonly<Record<string, unknown>> = doors
      if (tag !== "TrainingFailed") expect(result.error.constructor).toBe(known[tag])
      // The training is over: the same call requests another version, and uploads nothing again.
      const again = await at.pipeline.result()
      expect(again.ok).toBe(false)
      expect(at.service.models.get("pets")?.versions).toHaveLength(2)
      expect(at.service.inputs.size).toBe(4)
    }
  )

  it("with an unknown status ends at once with its number, and can be continued later", async () => {
    for (const code of [21199, 21102, 21350, 30000, 0]) {
      using at = openPets({ states: [21103, 21101, code, 21100] })
      const result = await at.pipeline.result()
      if (result.ok) throw new Error("it did not fail")
      expect(result.error).toBeInstanceOf(UnknownTrainingState)
      expect(result.error).toMatchObject({ code })
      expect(result.error.message).toContain(String(code))
      const model = await at.pipeline.run()
      expect(model.versionId).toBe("v1")
    }
  })

  it("fails once if its version is deleted, and then begins again", async () => {
    using at = openPets({ states: [21103, 21101, 21101, 21100] })
    const versions = () => at.service.models.get("pets")?.versions
    const first = await at.pipeline.result({ onEvent: ({ state }) => state === "training" && versions()?.pop() })
    if (first.ok) throw new Error("it did not fail")
    expect(first.error).toBeInstanceOf(VersionDeleted)
    expect((await at.pipeline.run()).versionId).toBe("v2")
  })

  it("succeeds with a version that is trained and not deployed", async () => {
    for (const code of [21352, 21353]) {
      using at = openPets({ states: [21103, 21104, 21107, 21101, code] })
      expect((await at.pipeline.run()).versionId).toBe("v1")
    }
  })
})

describe("a training with invalid options", () => {
  it.each([
    ["without concepts", (at: ReturnType<typeof openPets>) => at.app.train("p").examples([]), /concepts are missing/],
    ["with a repeated concept", (at: ReturnType<typeof openPets>) => at.app.train("p").concepts("a", "a"), /twice/],
    ["with an empty name", (at: ReturnType<typeof openPets>) => at.app.train("p").concepts(""), /empty name/],
    [
      "with an array of concepts",
      (at: ReturnType<typeof openPets>) => at.app.train("p").concepts(untyped(["a"])),
      /one by one/
    ],
    [
      "with a policy and no holdout",
      (at: ReturnType<typeof openPets>) => at.pipeline.promoteWhen(() => true),
      /holdout/
    ]
  ])("%s fails and sends nothing", async (_, make, problem) => {
    using at = openPets({})
    const result = await make(at).result()
    if (result.ok) throw new Error("it did not fail")
    expect(result.error._tag).toBe("InvalidOption")
    expect(result.error.message).toMatch(problem)
    expect(at.service.counts()).toBe(0)
  })

  it.each([
    ["a holdout of 1", (at: ReturnType<typeof openPets>) => at.pipeline.holdout(1), /holdout is 1; .* below 1/],
    [
      "a holdout in percent",
      (at: ReturnType<typeof openPets>) => at.pipeline.holdout(20),
      /holdout is 20; .*0\.2 for 20 %/
    ],
    ["a holdout of NaN", (at: ReturnType<typeof openPets>) => at.pipeline.holdout(Number.NaN), /holdout is NaN/],
    [
      "a holdout as a string",
      (at: ReturnType<typeof openPets>) => at.pipeline.holdout(untyped("0.2")),
      /holdout is "0\.2"/
    ],
    [
      "a timeout of 0",
      (at: ReturnType<typeof openPets>) => at.pipeline.timeout({ ms: 0 }),
      /timeout is 0; .*milliseconds above 0/
    ],
    [
      "a number as id",
      (at: ReturnType<typeof openPets>) => at.app.train(untyped(3)),
      /train is given 3; .*id of a model/
    ],
    ["an empty id", (at: ReturnType<typeof openPets>) => at.app.train(""), /train is given ""/],
    [
      "an undefined id",
      (at: ReturnType<typeof openPets>) => at.app.trained(untyped(undefined)),
      /trained is given undefined/
    ]
  ])("with %s throws at once", (_, make, problem) => {
    using at = openPets({})
    expect(() => make(at)).toThrow(InvalidOption)
    expect(() => make(at)).toThrow(problem)
    expect(at.service.counts()).toBe(0)
  })
  it("with a number as id is not resumed", async () => {
    using at = openPets({})
    await expect(at.app.training(untyped(3))).rejects.toMatchObject({ _tag: "InvalidOption", option: "training" })
  })
})

describe("a call that fails", () => {
  const refusing = (route: string, code: number, http: number) => ({
    override: ({ method, path }: { readonly method: string; readonly path: string }) =>
      `${method} ${path}`.startsWith(route) ? failure(code, http, "not now") : undefined
  })
  it.each([
    ["POST inputs", 11008, 401, "Unauthorized"],
    ["POST inputs", 11006, 429, "QuotaExceeded"],
    ["POST inputs", 98004, 500, "ServiceFailed"],
    ["POST models", 11007, 403, "Forbidden"],
    ["GET inputs/status", 11008, 401, "Unauthorized"],
    ["POST models/pets/versions", 21203, 400, "InvalidRequest"],
    ["GET models/pets/versions/v1", 11007, 403, "Forbidden"]
  ])("%s with %i ends the training with the error of the call", async (route, code, http, tag) => {
    using at = openPets(refusing(route, code, http))
    const result = await at.pipeline.result()
    if (result.ok) throw new Error("it did not fail")
    expect(result.error).toMatchObject({ _tag: tag, code })
  })

  it("while the training waits is retried, so that a short outage does not end it", async () => {
    let reads = 0
    using at = openPets({
      override: ({ method, path }) =>
        `${method} ${path}` === "GET models/pets/versions/v1" && reads++ < 4 ? failure(40031, 503) : undefined
    })
    expect((await at.pipeline.run()).versionId).toBe("v1")
  })

  it("for a single input leaves that input out", async () => {
    let first = true
    using at = openPets({
      override: ({ body, method, path }) => {
        if (method !== "POST" || path !== "inputs" || !first) return undefined
        first = false
        const { inputs } = body as { readonly inputs: ReadonlyArray<{ readonly id: string }> } // sent by our client
        return Response.json(
          {
            status: { code: 10010, description: "Mixed" },
            inputs: inputs.map(({ id }, i) => ({ id, status: { code: i === 1 ? 30104 : 30001, description: "said" } }))
          },
          { status: 207 }
        )
      }
    })
    const { tally } = await at.pipeline.run()
    expect(tally).toMatchObject({ added: 3 })
    expect(tally?.unusable.map(({ name }) => name)).toEqual(["dog-0"])
  })
})

describe("a slow service", () => {
  it("ends the run at its deadline in any state, and the next run continues", async () => {
    for (const [route, state] of [
      ["GET inputs/status", "adding"],
      ["POST inputs", "adding"],
      ["GET models/pets/versions/v1", "preparing"]
    ] as const) {
      using folder = temporaryFolder()
      let hangs = true
      const service = makeFakeService({
        override: ({ method, path }) => (hangs && `${method} ${path}` === route ? new Promise(() => {}) : undefined)
      })
      const socket = await connectBySocket(service)
      try {
        const app = appOf({ connection: socket.connection, folder: folder.path })
        const pipeline = trainPets(app, drawExamples(pets, 2))
        const result = await pipeline.timeout({ ms: 400 }).result()
        if (result.ok) throw new Error("it did not fail")
        expect(result.error).toBeInstanceOf(TrainingDeadline)
        expect(result.error).toMatchObject({ timeoutMs: 400, state, retryable: true })
        hangs = false
        const model = await pipeline.run()
        expect(model.versionId).toBe("v1")
        expect(service.inputs.size).toBe(4)
      } finally {
        await socket.close()
      }
    }
  })

  effectIt.effect("is polled with increasing delays, by its own estimate, until the deadline", () =>
    Effect.gen(function* () {
      const reads = (secondsLeft: number | undefined) =>
        Effect.gen(function* () {
          using at = openPets({ states: [21101], waiting: 0, ...(secondsLeft === undefined ? {} : { secondsLeft }) })
          const fiber = yield* Effect.forkChild(Effect.flip(at.pipeline.asEffect()))
          const count = () => at.service.calls.filter((call) => call === "GET models/pets/versions/v1").length
          const turn = Effect.promise(() => new Promise(setImmediate))
          while (count() === 0) yield* turn
          // The steps are shorter than any delay; each leaves real time for a call.
          for (let passed = 0; passed < 7 * 3600; passed += 5) {
            yield* TestClock.adjust("5 seconds")
            for (let turns = 0; turns < 5; turns++) yield* turn
          }
          const error = yield* Fiber.join(fiber)
          expect(error).toBeInstanceOf(TrainingDeadline)
          return count()
        })
      const unknown = yield* reads(undefined)
      const long = yield* reads(36_000)
      // At last every 15 s, or every 30 s with the estimate.
      expect(unknown).toBeGreaterThan(1000)
      expect(unknown).toBeLessThan(6 * 60 * 5)
      expect(long).toBeGreaterThan(500)
      expect(long).toBeLessThan(unknown * 0.7)
    })
  )
})

describe("an aborted training", () => {
  it("rejects with the reason, and leaves no listener, timer or socket", async () => {
    using folder = temporaryFolder()
    const service = makeFakeService({ states: [21101] })
    const socket = await connectBySocket(service)
    const listening = new Set<unknown>()
    const stop = new AbortController()
    const { signal } = stop
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (type: string, listener: EventListener, options?: AddEventListenerOptions) => {
      listening.add(listener)
      add(type, listener, options)
    }
    signal.removeEventListener = (type: string, listener: EventListener) => {
      listening.delete(listener)
      remove(type, listener)
    }
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length
    const before = timers()
    try {
      const app = appOf({ connection: socket.connection, folder: folder.path })
      const pipeline = trainPets(app, drawExamples(pets, 2))
      const events: Array<TrainingEvent> = []
      const running = pipeline.run({
        signal,
        onEvent: (event) => {
          events.push(event)
          if (event.state === "training") setTimeout(() => stop.abort(new Error("enough")), 50)
        }
      })
      await expect(running).rejects.toThrow("enough")
      const emitted = events.length
      const asked = service.calls.length
      await new Promise((resolve) => setTimeout(resolve, 700))
      expect(events).toHaveLength(emitted)
      expect(service.calls).toHaveLength(asked)
      expect(listening.size).toBe(0)
      expect(timers()).toBeLessThanOrEqual(before + 1) // the connection's keep-alive

      const stream = pipeline.stream({ signal: AbortSignal.timeout(300) })
      await expect(Array.fromAsync(stream)).rejects.toMatchObject({ name: "TimeoutError" })
      for await (const { state } of pipeline.stream()) if (state === "training") break
      const left = service.calls.length
      await new Promise((resolve) => setTimeout(resolve, 700))
      expect(service.calls).toHaveLength(left)
    } finally {
      await socket.close()
    }
  })

  it("before it began sends nothing", async () => {
    using at = openPets({})
    await expect(at.pipeline.run({ signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow("no")
    expect(at.service.counts()).toBe(0)
  })
})
