/** A holdout that holds nothing out is reported at once, with the reason, in events, result and progress. */
import { describe, expect, it } from "vitest"
import { progress, type TrainedModel, type TrainingEvent, type Untested } from "../../../src/index.ts"
import { scoredBy, openPets, pets, trainPets } from "../../support/pets.ts"
import { drawExamples } from "../../support/images.ts"

type Over = ReturnType<typeof openPets>
type Run = (at: Over, onEvent: (event: TrainingEvent) => void) => Promise<TrainedModel>

const cases: ReadonlyArray<readonly [string, Untested["reason"], RegExp, Run]> = [
  [
    "the service has all examples already",
    "known",
    /learns from all examples already.*add new ones/,
    async ({ pipeline }, onEvent) => {
      await pipeline.run()
      return pipeline.holdout(0.5).run({ onEvent })
    }
  ],
  [
    "no concept has enough examples",
    "few",
    /no concept has 5 new examples, of which holdout\(0\.2\)/,
    ({ pipeline }, onEvent) => pipeline.holdout(0.2).run({ onEvent })
  ],
  [
    "there are no examples",
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
    "no test can be read again",
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

describe("a holdout that holds nothing out", () => {
  it.each(cases)("because %s is reported before a version is trained", async (_, reason, problem, run) => {
    using at = openPets(scoredBy([]))
    const events: Array<TrainingEvent> = []
    let text = ""
    const lines = progress({ to: { write: (more) => (text += more) } })
    const model = await run(at, (event) => {
      events.push(event)
      lines(event)
    })
    expect(model.evaluation).toBeUndefined()
    expect(model.untested).toEqual({ reason, problem: expect.stringMatching(problem) })
    const reported = events.filter(({ state }) => state === "untested")
    expect(reported).toEqual([expect.objectContaining(model.untested ?? {})])
    expect(events.findIndex(({ state }) => state === "untested")).toBeLessThan(
      events.findIndex(({ state }) => state === "preparing")
    )
    expect(text).toContain(`pets: untested, ${model.untested?.problem}\n`)
    // The journal keeps the reason.
    expect((await (await at.app.training("pets")).run()).untested?.reason).toBe(reason)
  })

  it("is not reported without a holdout, or if some examples are held out", async () => {
    using at = openPets(scoredBy([]), 5)
    const all = await at.pipeline.holdout(0.4).run()
    expect(all).toMatchObject({ evaluation: { tests: 4 }, untested: undefined })
    expect((await at.pipeline.run()).untested).toBeUndefined()
    // New examples of one concept are enough.
    const more = await trainPets(at.app, [...drawExamples(pets, 5), ...drawExamples(["cat"], 10, 50)])
      .holdout(0.2)
      .run()
    expect(more).toMatchObject({ evaluation: { tests: 3 }, untested: undefined })
  })

  it("fails a training with a policy, with the reason", async () => {
    using at = openPets(scoredBy([]))
    await at.pipeline.run()
    const refused = await at.pipeline
      .holdout(0.5)
      .promoteWhen(() => true)
      .result()
    expect(refused.ok ? "" : refused.error.message).toMatch(
      /no evaluation to decide by: the service learns from all examples already/
    )
  })
})
