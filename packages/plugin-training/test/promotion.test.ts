import { describe, expect, it } from "vitest"
import { type Evaluation, type TrainingEvent } from "../src/index.ts"
import { appOf, statesOf } from "./backends.ts"
import { drawn, temporary } from "./pictures.ts"
import { type Behaviour, makeService, overFunction } from "./service.ts"

const pets = ["cat", "dog"] as const

/** A service whose nth version is right with the nth of these scores for what is there. */
const withScores = (scores: ReadonlyArray<number>, given: Partial<Behaviour> = {}) =>
  makeService({
    states: [21100],
    waiting: 0,
    score: (shown, concept, nth) => (shown === concept ? (scores[nth - 1] ?? 0) : 1 - (scores[nth - 1] ?? 0)),
    ...given
  })

const better = (next: Evaluation, current: Evaluation | undefined) =>
  current === undefined || next.accuracy > current.accuracy

describe("a policy", () => {
  it.each([
    ["keeps a version that is better", [0.4, 0.9], { promoted: true, versionId: "v2" }, ["v1", "v2"]],
    ["drops one that is not", [0.9, 0.4], { promoted: false, versionId: "v1" }, ["v1"]]
  ])("%s", async (_, scores, expected, left) => {
    using folder = temporary()
    const service = withScores(scores)
    const app = appOf({ connection: overFunction(service), folder: folder.path })
    const pipeline = app
      .train("pets")
      .concepts(...pets)
      .examples(drawn(pets, 5))
      .holdout(0.4)
      .promoteWhen(better)
    await pipeline.run()
    const seen: Array<TrainingEvent> = []
    const second = await pipeline.run({ onEvent: (event) => seen.push(event) })
    expect(second).toMatchObject(expected)
    expect(second.evaluation?.accuracy).toBe(scores[1] === 0.9 ? 1 : 0)
    expect(second.previous?.accuracy).toBe(scores[0] === 0.9 ? 1 : 0)
    expect(service.models.get("pets")?.versions.map(({ id }) => id)).toEqual(left)
    expect(seen.at(-1)).toMatchObject({ state: "ready", version: expected.versionId, promoted: expected.promoted })
    expect(statesOf(seen).slice(-3)).toEqual(["evaluating", "evaluated", "ready"])
  })

  it("keeps the only version there is, and says that it was not wanted", async () => {
    using folder = temporary()
    const service = withScores([0.3])
    const app = appOf({ connection: overFunction(service), folder: folder.path })
    const model = await app
      .train("pets")
      .concepts(...pets)
      .examples(drawn(pets, 5))
      .holdout(0.4)
      .promoteWhen(({ accuracy }) => accuracy > 0.9)
      .run()
    expect(model).toMatchObject({ promoted: false, versionId: "v1" })
    expect(service.models.get("pets")?.versions).toHaveLength(1)
  })

  it("knows the newest version whatever the order they are listed in", async () => {
    using folder = temporary()
    const service = withScores([0.9, 0.4, 0.3], { oldestFirst: true })
    const app = appOf({ connection: overFunction(service), folder: folder.path })
    const pipeline = app
      .train("pets")
      .concepts(...pets)
      .examples(drawn(pets, 5))
      .holdout(0.4)
    await pipeline.run()
    await pipeline.run()
    const third = await pipeline.promoteWhen(() => false).run()
    expect(third).toMatchObject({ promoted: false, versionId: "v2" })
  })

  it("is asked once: a run that is cut off after it has spoken goes by what it said", async () => {
    using folder = temporary()
    let asked = 0
    let refuse = true
    const service = withScores([0.9, 0.4], {
      instead: ({ method, path }) => {
        if (method === "DELETE" && path.startsWith("models/pets/versions") && refuse) {
          refuse = false
          return Response.json({ status: { code: 98004, description: "no" } }, { status: 500 })
        }
        return undefined
      }
    })
    const app = appOf({ connection: overFunction(service), folder: folder.path })
    const pipeline = app
      .train("pets")
      .concepts(...pets)
      .examples(drawn(pets, 5))
      .holdout(0.4)
      .promoteWhen((next, current) => {
        asked++
        return better(next, current)
      })
    await pipeline.run()
    expect((await pipeline.result()).ok).toBe(false)
    // the version is gone in the meantime, as when the kill came after the deletion
    service.models.get("pets")?.versions.pop()
    const model = await pipeline.run()
    expect(model).toMatchObject({ promoted: false, versionId: "v1" })
    expect(model.evaluation?.accuracy).toBe(0)
    expect(asked).toBe(2)
  })

  it("must be given again by another process", async () => {
    using folder = temporary()
    let hangs = true
    const service = withScores([0.9], {
      instead: ({ method, path }) =>
        hangs && method === "POST" && path.endsWith("outputs")
          ? Response.json({ status: { code: 11008, description: "no" } }, { status: 401 })
          : undefined
    })
    const app = appOf({ connection: overFunction(service), folder: folder.path })
    const pipeline = app
      .train("pets")
      .concepts(...pets)
      .examples(drawn(pets, 5))
      .holdout(0.4)
      .promoteWhen(better)
    expect((await pipeline.result()).ok).toBe(false)
    hangs = false
    const again = await app.training("pets")
    const refused = await again.result()
    expect(refused.ok ? "" : refused.error.message).toMatch(/give it again/)
    const lost = await again.promoteWhen(better).result()
    expect(lost.ok ? "" : lost.error.message).toMatch(/were bytes/)
    expect(await pipeline.run()).toMatchObject({ promoted: true, versionId: "v1" })
  })
})
