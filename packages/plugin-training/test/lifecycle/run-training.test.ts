import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, expect, it } from "vitest"
import { BadExamples, type Example, folder, stored, type TrainingEvent, UnknownTraining } from "../../src/index.ts"
import { appOf, backends, statesOf } from "../support/backends.ts"
import { pets, trainPets } from "../support/pets.ts"
import { drawExamples, drawImage, writePhotos } from "../support/images.ts"

describe.each(backends)("a training over $name", ({ open }) => {
  it("goes from a folder to predictions, with each state once and in order", async () => {
    await using backend = await open()
    const photos = join(backend.folder, "photos")
    writePhotos(photos, pets, 6)
    const app = appOf(backend)
    const events: Array<TrainingEvent> = []
    const model = await trainPets(app, folder(photos))
      .mutuallyExclusive()
      .holdout(0.34)
      .run({ onEvent: (event) => events.push(event) })

    const states = statesOf(events)
    const order = [
      "adding",
      "processing",
      "preparing",
      "queued",
      "training",
      "trained",
      "evaluating",
      "evaluated",
      "ready"
    ]
    expect(states.map((state) => order.indexOf(state))).toEqual(
      states.map((state) => order.indexOf(state)).toSorted((a, b) => a - b)
    )
    expect(states).toEqual(
      expect.arrayContaining(["adding", "processing", "preparing", "trained", "evaluated", "ready"])
    )
    expect(events.every(({ atMs, training }) => atMs >= 0 && training === "pets")).toBe(true)
    expect(model.tally).toEqual({ added: 8, known: 0, relabelled: 0, duplicates: 0, heldOut: 4, unusable: [] })
    expect(model.promoted).toBe(true)
    expect(model.evaluation).toMatchObject({ tests: 4, failed: 0, accuracy: 1, macroF1: 1, worst: [] })
    expect(model.previous).toBeUndefined()
    expect(model.advice).toBeUndefined()

    const { concepts } = await app.input(drawImage("dog", 999)).predict(model).run()
    expect(concepts[0]?.name).toBe("dog")
    const inputs = await app.resources.inputs.list().all()
    expect(inputs).toHaveLength(8)
    expect(inputs.every(({ labels }) => labels.filter(({ present }) => present).length === 1)).toBe(true)
  })

  it("merges the labels of equal images, and reports those that contradict each other", async () => {
    await using backend = await open()
    const app = appOf(backend)
    const same = drawImage("cat", 7)
    const examples: ReadonlyArray<Example> = [
      ...drawExamples(pets, 3),
      { name: "a", input: same, concepts: ["cat"] },
      { name: "b", input: same.slice(), concepts: ["cat", "dog"] },
      { name: "c", input: same, concepts: ["cat"] },
      { name: "d", input: same, concepts: ["cat"], notConcepts: ["dog"] },
      { name: "e", input: drawImage("cat", 8), concepts: ["cat"], notConcepts: ["cat"] },
      { name: "f", input: drawImage("cat", 9), concepts: ["fish"] }
    ]
    const model = await trainPets(app, examples).run()
    expect(model.tally).toMatchObject({ added: 7, duplicates: 2 })
    expect(model.tally?.unusable).toEqual([
      { name: "d", problem: "it is the same image as a, which contradicts it on dog" },
      { name: "e", problem: "it is labelled both with cat and without it" },
      { name: "f", problem: "none of its labels is a concept of the model" }
    ])
    const both = (await app.resources.inputs.list().all()).filter(
      ({ labels }) => labels.filter(({ present }) => present).length === 2
    )
    expect(both).toHaveLength(1)
  })

  it("corrects labels that have changed, and keeps those of other models", async () => {
    await using backend = await open()
    const app = appOf(backend)
    const wrong = { name: "x", input: drawImage("dog", 50) }
    const others = drawExamples(pets, 3)
    await trainPets(app, [...others, { ...wrong, concepts: ["cat", "indoors"] }]).run()
    const model = await trainPets(app, [...others, { ...wrong, concepts: ["dog"] }]).run()
    expect(model.tally).toMatchObject({ added: 0, known: 7, relabelled: 1 })
    const changed = (await app.resources.inputs.list().all()).find(({ labels }) =>
      labels.some(({ id }) => id === "indoors")
    )
    assert(changed !== undefined)
    expect(
      changed.labels
        .filter(({ present }) => present)
        .map(({ id }) => id)
        .toSorted()
    ).toEqual(["dog", "indoors"])
  })

  it("learns from inputs that are on the service, by id or all of them", async () => {
    await using backend = await open()
    const app = appOf(backend)
    const added = await Array.fromAsync(
      app.resources.inputs.add(drawExamples(pets, 4).map(({ input, name }) => ({ input, id: name })))
    )
    assert(added.every(({ ok }) => ok))
    const byName = await app
      .train("pets")
      .concepts(...pets)
      .examples([
        ...drawExamples(pets, 4).map(({ concepts, name }) => ({ input: stored(name), concepts })),
        { input: stored("not-there"), concepts: ["cat"] }
      ])
      .run()
    expect(byName.tally).toMatchObject({ added: 0, known: 8, relabelled: 8, heldOut: 0 })
    expect(byName.tally?.unusable).toEqual([{ name: "not-there", problem: "the service has no input of this id" }])
    const all = await app
      .train("pets")
      .concepts(...pets)
      .run()
    expect(all.tally).toBeUndefined()
    const { concepts } = await app.input(drawImage("cat", 99)).predict(all).run()
    expect(concepts[0]?.name).toBe("cat")
  })

  it("reports files that cannot be read or are not images, and fails for them if it is strict", async () => {
    await using backend = await open()
    const photos = join(backend.folder, "photos")
    writePhotos(photos, pets, 4)
    writeFileSync(join(photos, "cat", "broken.jpg"), "this is not a picture")
    writeFileSync(join(photos, "dog", "empty.png"), "")
    const app = appOf(backend)
    const pipeline = trainPets(app, folder(photos))
    const { tally } = await pipeline.run()
    expect(tally?.unusable.map(({ name }) => name).toSorted()).toEqual([
      join("cat", "broken.jpg"),
      join("dog", "empty.png")
    ])
    expect(tally?.unusable.every(({ problem }) => problem !== "")).toBe(true)
    await expect(pipeline.strict().run()).rejects.toBeInstanceOf(BadExamples)
  })

  it("is resumed by its id, also with examples that were bytes, and returns its result once it is finished", async () => {
    await using backend = await open()
    const app = appOf(backend)
    const pipeline = trainPets(app, drawExamples(pets, 5)).holdout(0.4)
    const stop = new AbortController()
    const aborted = pipeline.run({
      signal: stop.signal,
      onEvent: ({ state }) => {
        if (state === "preparing") stop.abort(new Error("enough"))
      }
    })
    await expect(aborted).rejects.toThrow("enough")
    const again = await app.training("pets")
    const model = await again.run()
    // The tests were bytes, which the journal does not hold.
    expect(model.evaluation).toBeUndefined()
    expect(model.tally).toBeUndefined()
    expect((await app.input(drawImage("dog", 77)).predict(model).run()).concepts[0]?.name).toBe("dog")
    expect(await (await app.training("pets")).run()).toEqual(model)
    await expect(app.training("never")).rejects.toBeInstanceOf(UnknownTraining)
  })

  it("reports its artifacts after it was stopped, and deletes them with discard", async () => {
    await using backend = await open()
    const app = appOf(backend)
    await app.resources.inputs.add([{ input: drawImage("fox", 1), id: "mine" }]).all()
    const pipeline = trainPets(app, drawExamples(pets, 4))
    let reached = () => {}
    const ready = new Promise<void>((resolve) => {
      reached = resolve
    })
    const started = await pipeline.start({
      onEvent: ({ state }) => (state === "queued" || state === "trained") && reached()
    })
    expect(started.id).toBe("pets")
    await ready
    const left = await started.stop()
    expect(left).toMatchObject({ training: "pets", model: "pets" })
    expect(left.inputs).toHaveLength(8)
    expect(left.version).toBeDefined()
    expect(await pipeline.artifacts()).toMatchObject({ inputs: left.inputs, model: "pets" })
    await expect(started.done()).rejects.toBeDefined()

    const withoutVersion = await pipeline.discard()
    expect(withoutVersion).toMatchObject({ version: undefined, model: undefined })
    expect(withoutVersion.inputs).toHaveLength(8)
    const nothing = await pipeline.discard({ inputs: true })
    expect(nothing).toEqual({ training: "pets", inputs: [], version: undefined, model: undefined })
    expect((await app.resources.inputs.list().all()).map(({ id }) => id)).toEqual(["mine"])
    expect((await app.resources.models.get("pets").result()).ok).toBe(false)

    const started2 = await pipeline.start()
    const model = await started2.done()
    expect(model.concepts).toEqual(pets)
    // stop() deletes neither the artifacts of a finished training nor those of an earlier one.
    expect(await started2.stop({ discard: { inputs: true } })).toMatchObject({ inputs: [], version: undefined })
    expect((await app.resources.versions.get("pets", model.versionId).run()).state).toBe("ready")
    const started3 = await pipeline.start()
    await started3.stop({ discard: { inputs: true } })
    expect((await app.resources.versions.get("pets", model.versionId).run()).state).toBe("ready")
    expect(await app.resources.inputs.list().all()).toHaveLength(9)
  })

  it("yields its events as a stream that ends", async () => {
    await using backend = await open()
    const events = await Array.fromAsync(trainPets(appOf(backend), drawExamples(pets, 3)).stream())
    expect(events.at(0)?.state).toBe("adding")
    expect(events.at(-1)).toMatchObject({ state: "ready", promoted: true })
  })
})
