import { describe, expect, it } from "vitest"
import { type FinishedTraining, ReportFailed, type TrainingEvent } from "../../src/index.ts"
import { openScoredPets } from "../support/pets.ts"

describe("the report of a training", () => {
  it("gets the model, and both versions with their tests, the new one first", async () => {
    using at = openScoredPets([0.4, 0.9])
    const reported: Array<FinishedTraining> = []
    const report = (finished: FinishedTraining) => Promise.resolve(reported.push(finished))
    const first = await at.pipeline.mutuallyExclusive().run({ report })
    const second = await at.pipeline.mutuallyExclusive().run({ report, again: true })
    expect(reported.map(({ model, mutuallyExclusive }) => [model, mutuallyExclusive])).toEqual([
      [first, true],
      [second, true]
    ])
    expect(reported.map(({ versions }) => versions.map(({ version }) => version))).toEqual([["v1"], ["v2", "v1"]])
    const [latest, previous] = reported[1]?.versions ?? []
    expect([latest?.evaluation, previous?.evaluation]).toEqual([second.evaluation, second.previous])
    expect(latest?.tests?.length).toBe(second.evaluation?.tests)
    for (const { concepts, scores } of latest?.tests ?? []) expect(scores[concepts[0] ?? ""]).toBe(0.9)
    for (const { concepts, scores } of previous?.tests ?? []) expect(scores[concepts[0] ?? ""]).toBe(0.4)
  })

  it("gets an evaluation of an earlier run without its tests", async () => {
    using at = openScoredPets([0.9])
    const { evaluation } = await at.pipeline.run()
    let reported: FinishedTraining | undefined
    await at.pipeline.run({
      report: (finished) => {
        reported = finished
        return Promise.resolve()
      }
    })
    expect(reported?.versions).toEqual([{ version: "v1", evaluation }])
  })

  it("fails the run by its name when it fails; the model is trained, and the same call reports it", async () => {
    using at = openScoredPets([0.9])
    const states: Array<string> = []
    const onEvent = ({ state }: TrainingEvent) => void states.push(state)
    const refused = await at.pipeline.result({ onEvent, report: () => Promise.reject(new Error("the disk is full")) })
    expect(refused.ok ? undefined : refused.error).toBeInstanceOf(ReportFailed)
    expect(refused.ok ? "" : refused.error.message).toMatch(
      /pets version v1 is trained.*the disk is full.*same call again/
    )
    expect(states.at(-1)).toBe("ready")
    let reported = 0
    const model = await at.pipeline.run({ report: () => Promise.resolve(reported++) })
    expect([model.versionId, reported, at.versionIds()]).toEqual(["v1", 1, ["v1"]])
  })

  it("is awaited, and a throw in it is its failure", async () => {
    using at = openScoredPets([0.9])
    let ended = false
    await at.pipeline.run({
      report: async () => {
        await new Promise((done) => setTimeout(done, 20))
        ended = true
      }
    })
    expect(ended).toBe(true)
    const thrown = await at.pipeline.result({
      report: () => {
        throw new TypeError("not a function")
      }
    })
    expect(thrown.ok ? "" : thrown.error._tag).toBe("ReportFailed")
  })
})
