/** A holdout that can keep nothing back: said at once, with the reason, in the result and to people. */
import { describe, expect, it } from "vitest"
import { progress, type TrainedModel, type TrainingEvent, type Untested } from "../src/index.ts"
import { graded, over, pets, petsOf } from "./over.ts"
import { drawn } from "./pictures.ts"

type Over = ReturnType<typeof over>
type Run = (at: Over, onEvent: (event: TrainingEvent) => void) => Promise<TrainedModel>

const cases: ReadonlyArray<readonly [string, Untested["reason"], RegExp, Run]> = [
  [
    "all examples are learnt from already",
    "known",
    /learns from all examples already.*add new ones/,
    async ({ pipeline }, onEvent) => {
      await pipeline.run()
      return pipeline.holdout(0.5).run({ onEvent })
    }
  ],
  [
    "no concept has enough of them",
    "few",
    /no concept has 5 new examples, of which holdout\(0\.2\)/,
    ({ pipeline }, onEvent) => pipeline.holdout(0.2).run({ onEvent })
  ],
  [
    "there are none",
    "none",
    /give examples\(\.\.\)/,
    async ({ app, pipeline }, onEvent) => {
      await pipeline.run()
      return app
        .train("pets")
        .concepts(...pets)
        .holdout(0.2)
        .run({ onEvent })
    }
  ],
  [
    "none can be read again",
    "lost",
    /bytes.*run app\.train\("pets"\) with the same examples/,
    async ({ app, pipeline }, onEvent) => {
      const stop = new AbortController()
      const aborted = pipeline.holdout(0.5).run({
        signal: stop.signal,
        onEvent: ({ state }) => state === "trained" && stop.abort(new Error("enough"))
      })
      await expect(aborted).rejects.toThrow("enough")
      return (await app.training("pets")).run({ onEvent })
    }
  ]
]

describe("a holdout that keeps nothing back", () => {
  it.each(cases)("because %s says so before a version is trained", async (_, reason, problem, run) => {
    using at = over(graded([]))
    const events: Array<TrainingEvent> = []
    let text = ""
    const lines = progress({ to: { write: (more) => (text += more) } })
    const model = await run(at, (event) => {
      events.push(event)
      lines(event)
    })
    expect(model.evaluation).toBeUndefined()
    expect(model.untested).toEqual({ reason, problem: expect.stringMatching(problem) })
    const told = events.filter(({ state }) => state === "untested")
    expect(told).toEqual([expect.objectContaining(model.untested ?? {})])
    expect(events.findIndex(({ state }) => state === "untested")).toBeLessThan(
      events.findIndex(({ state }) => state === "preparing")
    )
    expect(text).toContain(`pets: untested, ${model.untested?.problem}\n`)
    // it is remembered with the result
    expect((await (await at.app.training("pets")).run()).untested?.reason).toBe(reason)
  })

  it("is none where nothing was to be kept back, or something was", async () => {
    using at = over(graded([]), 5)
    const all = await at.pipeline.holdout(0.4).run()
    expect(all).toMatchObject({ evaluation: { tests: 4 }, untested: undefined })
    expect((await at.pipeline.run()).untested).toBeUndefined()
    // new examples of one concept are enough
    const more = await petsOf(at.app, [...drawn(pets, 5), ...drawn(["cat"], 10, 50)])
      .holdout(0.2)
      .run()
    expect(more).toMatchObject({ evaluation: { tests: 3 }, untested: undefined })
  })

  it("leaves a policy nothing to judge by, and says why", async () => {
    using at = over(graded([]))
    await at.pipeline.run()
    const refused = await at.pipeline
      .holdout(0.5)
      .promoteWhen(() => true)
      .result()
    expect(refused.ok ? "" : refused.error.message).toMatch(
      /nothing to judge by: the service learns from all examples already/
    )
  })
})
