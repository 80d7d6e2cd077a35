/** Finished trainings: the same call reuses their version, and a different call trains a new one. */
import { assert, describe, expect, it } from "vitest"
import { progress, type TrainingEvent, UnknownTraining } from "../../src/index.ts"
import { appOf, backends, statesOf } from "../support/backends.ts"
import { scoredBy, openScoredPets, openPets, pets, trainPets } from "../support/pets.ts"
import { drawExamples, drawImage, temporaryFolder } from "../support/images.ts"
import { makeFakeService, connectDirectly } from "../support/fake-service.ts"

describe.each(backends)("a finished training over $name", ({ open }) => {
  it("returns its result to the same call and to app.training(id), without requesting a version", async () => {
    await using backend = await open()
    const app = appOf(backend)
    const pipeline = trainPets(app, drawExamples(pets, 5)).holdout(0.4).seed(3)
    const first = await pipeline.run()
    const events: Array<TrainingEvent> = []
    const second = await pipeline.run({ onEvent: (event) => events.push(event) })
    expect(second).toEqual({ ...first, tally: { ...first.tally, added: 0, known: 6 } })
    expect(statesOf(events)).toEqual(["adding", "found", "evaluated", "ready"])
    expect(events.find(({ state }) => state === "found")).toMatchObject({ version: first.versionId })
    const byId = await (await app.training("pets")).run()
    expect(byId).toEqual({ ...first, tally: undefined })
    expect(await app.resources.inputs.list().all()).toHaveLength(6)
    const trained = await app.resources.versions.list("pets").all()
    expect(trained.filter(({ state }) => state === "ready").map(({ id }) => id)).toEqual([first.versionId])
    const { concepts } = await app.input(drawImage("dog", 77)).predict(second).run()
    expect(concepts[0]?.name).toBe("dog")
  })

  it("is repeated with again, uploads nothing twice, and is compared with the previous version", async () => {
    await using backend = await open()
    const app = appOf(backend)
    const pipeline = trainPets(app, drawExamples(pets, 5)).holdout(0.4)
    const first = await pipeline.run()
    const second = await pipeline.run({ again: true })
    expect(first.tally).toMatchObject({ added: 6, known: 0, heldOut: 4 })
    expect(second.tally).toMatchObject({ added: 0, known: 6, relabelled: 0, heldOut: 4 })
    expect(second.versionId).not.toBe(first.versionId)
    expect(second.previous?.tests).toBe(4)
    expect(await app.resources.inputs.list().all()).toHaveLength(6)
    expect((await app.resources.versions.list("pets").all()).filter(({ state }) => state === "ready")).toHaveLength(2)
    // The newest of equal trainings is reused.
    expect((await pipeline.run()).versionId).toBe(second.versionId)
  })

  it("is not reused with other settings, labels or examples, or after its version was deleted", async () => {
    await using backend = await open()
    const app = appOf(backend)
    const examples = drawExamples(pets, 4)
    const seen = new Set<string>()
    const trainsNew = async (pipeline: ReturnType<typeof trainPets>) => {
      const { versionId } = await pipeline.run()
      const isNewVersion = !seen.has(versionId)
      seen.add(versionId)
      return isNewVersion
    }
    const plain = trainPets(app, examples)
    expect(await trainsNew(plain)).toBe(true)
    expect(await trainsNew(plain.seed(2))).toBe(true)
    expect(await trainsNew(plain.mutuallyExclusive())).toBe(true)
    const [relabelled, ...others] = examples
    assert(relabelled !== undefined)
    expect(
      await trainsNew(trainPets(app, [{ ...relabelled, concepts: ["dog"], notConcepts: ["cat"] }, ...others]))
    ).toBe(true)
    expect(await trainsNew(trainPets(app, drawExamples(pets, 5)))).toBe(true)
    expect(await trainsNew(trainPets(app, examples.toReversed()))).toBe(false)
    expect(await trainsNew(plain.seed(2))).toBe(false)
    const { versionId } = await plain.run()
    await app.resources.versions.delete("pets", versionId).run()
    expect(await trainsNew(plain)).toBe(true)
    expect(await trainsNew(plain.holdout(0.25))).toBe(true)
  })

  it("from the inputs of the app is not reused once those have changed", async () => {
    await using backend = await open()
    const app = appOf(backend)
    const add = (each: number, from: number) =>
      app.resources.inputs.add(drawExamples(pets, each, from).map(({ name, ...rest }) => ({ ...rest, id: name }))).all()
    await add(4, 0)
    const pipeline = app.train("pets").concepts(...pets)
    const first = await pipeline.run()
    expect((await pipeline.run()).versionId).toBe(first.versionId)
    await app.resources.inputs.add([{ input: drawImage("fox", 1), id: "other" }]).all()
    expect((await pipeline.run()).versionId).toBe(first.versionId)
    await add(1, 4)
    expect((await pipeline.run()).versionId).not.toBe(first.versionId)
  })
})

describe("a finished training", () => {
  it("is reused although others were begun since, and does not change them", async () => {
    let refuses = false
    using at = openPets(
      scoredBy([0.9, 0.9, 0.9], {
        override: ({ method, path }) =>
          refuses && method === "GET" && path.endsWith("versions/v2") ? { status: { code: 10000 } } : undefined
      })
    )
    const other = at.pipeline.seed(2)
    expect((await at.pipeline.run()).versionId).toBe("v1")
    refuses = true
    expect((await other.result()).ok).toBe(false)
    expect((await at.pipeline.run()).versionId).toBe("v1")
    refuses = false
    expect((await other.run()).versionId).toBe("v2")
    expect(at.versionIds()).toEqual(["v1", "v2"])
  })

  it("is reused for any order of concepts and parameters", async () => {
    using at = openPets(scoredBy([]))
    const trainings = [
      at.pipeline.params({ a: 1, b: { c: [2], d: null } }),
      at.pipeline.params({ b: { d: null, c: [2] }, a: 1 }),
      at.pipeline.params({ b: { d: null, c: [2] }, a: 1 }).concepts("dog", "cat")
    ]
    for (const training of trainings) expect((await training.run()).versionId).toBe("v1")
    expect((await at.pipeline.params({ a: 1, b: { c: [3], d: null } }).run()).versionId).toBe("v2")
  })

  it("is reused although its inputs were deleted, and uploads them again", async () => {
    using at = openScoredPets([0.9])
    const first = await at.pipeline.run()
    at.service.inputs.clear()
    const second = await at.pipeline.run()
    expect(second).toEqual({ ...first, tally: first.tally })
    expect(await at.pipeline.artifacts()).toMatchObject({ version: { id: "v1" } })
    expect(at.service.inputs.size).toBe(6)
    expect((await (await at.app.training("pets")).run()).versionId).toBe("v1")
    expect(at.versionIds()).toEqual(["v1"])
  })

  it("is not reused or resumed after it was discarded", async () => {
    using at = openScoredPets([0.9, 0.1])
    const pipeline = at.pipeline.promoteWhen(({ accuracy }, current) => accuracy > (current?.accuracy ?? 0))
    await pipeline.run()
    expect(await pipeline.run({ again: true })).toMatchObject({ promoted: false, versionId: "v1" })
    // Its own version was rejected and deleted; the version of its result belongs to another training.
    await pipeline.discard()
    await expect(at.app.training("pets")).rejects.toBeInstanceOf(UnknownTraining)
    expect((await pipeline.run()).versionId).toBe("v1")
    expect(at.service.calls.filter((call) => call === "POST models/pets/versions")).toHaveLength(2)
    // The call above has made it the last training again.
    expect(await pipeline.artifacts()).toMatchObject({ version: { id: "v1" } })
    await pipeline.discard()
    expect((await pipeline.run()).versionId).toBe("v3")
  })

  it("is not resumed after its version was deleted", async () => {
    using at = openScoredPets([0.9])
    await at.pipeline.run()
    const byId = await at.app.training("pets")
    at.service.models.get("pets")?.versions.pop()
    const result = await byId.result()
    expect(result.ok ? "" : result.error._tag).toBe("UnknownTraining")
    const again = await byId.result({ again: true })
    expect(again.ok ? "" : again.error._tag).toBe("UnknownTraining")
  })

  it("without an evaluation is evaluated when its tests, which were bytes, are given again", async () => {
    using at = openScoredPets([0.9])
    const stop = new AbortController()
    const onEvent = ({ state }: TrainingEvent) => state === "trained" && stop.abort(new Error("enough"))
    await expect(at.pipeline.run({ signal: stop.signal, onEvent })).rejects.toThrow("enough")
    const untested = await (await at.app.training("pets")).run()
    expect(untested).toMatchObject({ versionId: "v1", evaluation: undefined, untested: { reason: "lost" } })
    const tested = await at.pipeline.run()
    expect(tested).toMatchObject({ versionId: "v1", evaluation: { tests: 4, accuracy: 1 }, untested: undefined })
    expect((await (await at.app.training("pets")).run()).evaluation).toEqual(tested.evaluation)
    expect(at.versionIds()).toEqual(["v1"])
  })

  it("is repeated with again by each way of running it", async () => {
    using at = openPets(scoredBy([]))
    await at.pipeline.run()
    for await (const { state } of at.pipeline.stream({ again: true })) expect(state).not.toBe("found")
    await (await at.pipeline.start({ again: true })).done()
    expect((await at.pipeline.result({ again: true })).ok).toBe(true)
    expect(at.versionIds()).toEqual(["v1", "v2", "v3", "v4"])
    const states: Array<string> = []
    for await (const { state } of at.pipeline.stream()) states.push(state)
    expect(states).toContain("found")
    expect(at.versionIds()).toHaveLength(4)
  })

  it("is reported by progress() on a separate line", async () => {
    using folder = temporaryFolder()
    const app = appOf({ connection: connectDirectly(makeFakeService(scoredBy([]))), folder: folder.path })
    let text = ""
    const onEvent = progress({ to: { write: (more) => (text += more) } })
    const pipeline = trainPets(app, drawExamples(pets, 2))
    await pipeline.run()
    await pipeline.run({ onEvent })
    expect(text).toBe(
      "pets: adding, 0 examples, 4 already there\npets: found, already trained as version v1\npets: ready, version v1\n"
    )
  })
})
