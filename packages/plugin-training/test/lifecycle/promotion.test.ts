import { describe, expect, it } from "vitest"
import { type Evaluation, type TrainingEvent } from "../../src/index.ts"
import { statesOf } from "../support/backends.ts"
import { openScoredPets } from "../support/pets.ts"
import { failure } from "../support/fake-service.ts"

const better = (next: Evaluation, current: Evaluation | undefined) =>
  current === undefined || next.accuracy > current.accuracy

describe("a policy", () => {
  it.each([
    ["keeps a version that it accepts", [0.4, 0.9], { promoted: true, versionId: "v2" }, ["v1", "v2"]],
    ["deletes a version that it rejects", [0.9, 0.4], { promoted: false, versionId: "v1" }, ["v1"]]
  ])("%s, and is not called again by the same training", async (_, scores, expected, left) => {
    using at = openScoredPets(scores)
    let asked = 0
    const pipeline = at.pipeline.promoteWhen((next, current) => {
      asked++
      return better(next, current)
    })
    await pipeline.run()
    const seen: Array<TrainingEvent> = []
    const second = await pipeline.run({ again: true, onEvent: (event) => seen.push(event) })
    expect(second).toMatchObject(expected)
    expect(second.evaluation?.accuracy).toBe(scores[1] === 0.9 ? 1 : 0)
    expect(second.previous?.accuracy).toBe(scores[0] === 0.9 ? 1 : 0)
    expect(at.versionIds()).toEqual(left)
    expect(seen.at(-1)).toMatchObject({ state: "ready", version: expected.versionId, promoted: expected.promoted })
    expect(statesOf(seen).slice(-3)).toEqual(["evaluating", "evaluated", "ready"])
    expect(asked).toBe(2)
    expect(await pipeline.run()).toEqual({ ...second, tally: { ...second.tally, unusable: [] } })
    expect(asked).toBe(2)
    expect(at.versionIds()).toEqual(left)
  })

  it("keeps the only version although it rejects it", async () => {
    using at = openScoredPets([0.3])
    const model = await at.pipeline.promoteWhen(({ accuracy }) => accuracy > 0.9).run()
    expect(model).toMatchObject({ promoted: false, versionId: "v1" })
    expect(at.versionIds()).toEqual(["v1"])
  })

  it("compares with the newest version in any order of the list", async () => {
    using at = openScoredPets([0.9, 0.4, 0.3], { oldestFirst: true })
    await at.pipeline.run()
    await at.pipeline.run({ again: true })
    const third = await at.pipeline.promoteWhen(() => false).run()
    expect(third).toMatchObject({ promoted: false, versionId: "v2" })
  })

  it("is called once: a run that is interrupted after its decision keeps the decision", async () => {
    let asked = 0
    let refuse = true
    using at = openScoredPets([0.9, 0.4], {
      override: ({ method, path }) => {
        if (method !== "DELETE" || !path.startsWith("models/pets/versions") || !refuse) return undefined
        refuse = false
        return failure(98004, 500, "no")
      }
    })
    const pipeline = at.pipeline.promoteWhen((next, current) => {
      asked++
      return better(next, current)
    })
    await pipeline.run()
    expect((await pipeline.result({ again: true })).ok).toBe(false)
    // The version is deleted already, as after a kill that followed the deletion.
    at.service.models.get("pets")?.versions.pop()
    const model = await pipeline.run()
    expect(model).toMatchObject({ promoted: false, versionId: "v1" })
    expect(model.evaluation?.accuracy).toBe(0)
    expect(asked).toBe(2)
  })

  it("must be given again by another process until it has decided", async () => {
    let hangs = true
    using at = openScoredPets([0.9], {
      override: ({ method, path }) =>
        hangs && method === "POST" && path.endsWith("outputs") ? failure(11008, 401, "no") : undefined
    })
    const pipeline = at.pipeline.promoteWhen(better)
    expect((await pipeline.result()).ok).toBe(false)
    hangs = false
    const again = await at.app.training("pets")
    const refused = await again.result()
    expect(refused.ok ? "" : refused.error.message).toMatch(/give it again/)
    const lost = await again.promoteWhen(better).result()
    expect(lost.ok ? "" : lost.error.message).toMatch(/were bytes/)
    expect(await pipeline.run()).toMatchObject({ promoted: true, versionId: "v1" })
    expect(await (await at.app.training("pets")).run()).toMatchObject({ promoted: true, versionId: "v1" })
  })
})
