import { LocalFile } from "@sightline/core/plugin"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { clarifai } from "@sightline/core"
import { engine } from "@sightline/engine"
import { describe, expect, it } from "vitest"
import { type CompareOptions, DownloadFailed, ExportFailed, HeadUnusable, manifest } from "../../src/index.ts"
import { appOf } from "../support/backends.ts"
import { scoredBy, openPets, pets, trainPets } from "../support/pets.ts"
import { drawExamples, drawImage, temporaryFolder } from "../support/images.ts"
import { failure, connectDirectly } from "../support/fake-service.ts"

/** A model with one version for each score, oldest first. */
const withVersions = async (scores: ReadonlyArray<number>) => {
  const at = openPets(scoredBy(scores))
  for (const _ of scores) await at.pipeline.run({ again: true })
  return { ...at, trained: at.app.trained("pets") }
}

describe("versions", () => {
  it("are listed and compared on the same tests, newest first", async () => {
    using at = await withVersions([0.2, 0.9, 0.3])
    expect((await at.trained.versions().all()).map(({ id }) => id)).toEqual(["v3", "v2", "v1"])
    const tests = drawExamples(pets, 3, 50)
    const all = await at.trained.compare(tests).run()
    expect(all.map(({ evaluation, version }) => [version.id, evaluation.accuracy, evaluation.tests])).toEqual([
      ["v3", 0, 6],
      ["v2", 1, 6],
      ["v1", 0, 6]
    ])
    const [one, ...others] = await at.trained.compare(tests, { versions: ["v2"], mutuallyExclusive: true }).run()
    expect(others).toEqual([])
    expect(one?.version.id).toBe("v2")
    const none = await at.trained.compare([]).result()
    expect(none.ok ? "" : none.error._tag).toBe("InvalidOption")
  })

  it("are deleted by rules, except the newest", async () => {
    {
      using at = await withVersions([0.2, 0.9, 0.3, 0.4])
      expect((await at.trained.prune({ newest: 2 }).run()).map(({ id }) => id)).toEqual(["v2", "v1"])
      expect(at.versionIds()).toEqual(["v3", "v4"])
    }
    {
      using at = await withVersions([0.2, 0.9, 0.3, 0.4])
      await at.trained.prune({ betterThan: { examples: drawExamples(pets, 2, 70), accuracy: 0.5 } }).run()
      expect(at.versionIds()).toEqual(["v2", "v4"])
      await at.trained.prune({ where: () => false }).run()
      expect(at.versionIds()).toEqual(["v4"])
      await at.trained.prune({ newest: 0 }).run()
      expect(at.versionIds()).toEqual(["v4"])
      for (const rule of [{}, { newest: -1 }, { newest: 1.5 }]) {
        const refused = await at.trained.prune(rule).result()
        expect(refused.ok ? "" : refused.error._tag).toBe("InvalidOption")
      }
    }
  })
})

describe("a version with mutually exclusive concepts", () => {
  /** The right concept has the highest score, and no score reaches 0.5. */
  const unsure = scoredBy([], { score: (shown, concept) => (shown === concept ? 0.4 : 0.3) })
  const tests = drawExamples(pets, 3, 50)
  type App = ReturnType<typeof openPets>["app"]
  const accuracies = async (app: App, options?: CompareOptions) =>
    (await app.trained("pets").compare(tests, options).run()).map(({ evaluation: { accuracy }, version: { id } }) => [
      id,
      accuracy
    ])

  it("is evaluated as such because the journal says so, independently of other versions", async () => {
    using at = openPets(unsure)
    await at.pipeline.mutuallyExclusive().run()
    await at.pipeline.run()
    expect(await accuracies(at.app)).toEqual([
      ["v2", 0],
      ["v1", 1]
    ])
    // The option overrides both.
    expect(await accuracies(at.app, { mutuallyExclusive: false })).toEqual([
      ["v2", 0],
      ["v1", 0]
    ])
    expect(await accuracies(at.app, { mutuallyExclusive: true })).toEqual([
      ["v2", 1],
      ["v1", 1]
    ])
  })

  it("is evaluated as such because the service reports it of the version, else of the model", async () => {
    for (const [reports, second] of [
      [["version"], 0],
      [["model"], 1],
      [["version", "model"], 0]
    ] as const) {
      using at = openPets({ ...unsure, reports })
      await at.pipeline.mutuallyExclusive().run()
      await at.pipeline.run()
      using elsewhere = temporaryFolder()
      const other = appOf({ connection: connectDirectly(at.service), folder: elsewhere.path })
      expect(await accuracies(other)).toEqual([
        ["v2", second],
        ["v1", 1]
      ])
    }
  })

  it("is not pruned because of scores that are read in the wrong way", async () => {
    using at = openPets(unsure)
    await at.pipeline.mutuallyExclusive().run()
    for (let i = 0; i < 2; i++) await at.pipeline.run({ again: true })
    const rule = { examples: tests, accuracy: 0.5 }
    const dropped = await at.app.trained("pets").prune({ betterThan: rule }).run()
    expect(dropped.map(({ id }) => id)).toEqual(["v2"])
    expect(at.versionIds()).toEqual(["v1", "v3"])
    await at.app
      .trained("pets")
      .prune({ betterThan: { ...rule, mutuallyExclusive: false } })
      .run()
    expect(at.versionIds()).toEqual(["v3"])
  })

  it("is evaluated as such on an engine, also by another process and after an import", async () => {
    using folder = temporaryFolder()
    await using local = engine({ directory: join(folder.path, "engine"), embedder: "fast", workers: 1 })
    const names = ["cat", "dog", "fox"]
    // The images of fox and cat are similar, so that some scores are below 0.5.
    const confused = drawExamples(names, 4).map((one, i) =>
      i % 3 === 2 ? { ...one, input: drawImage("cat", 900 + i) } : one
    )
    const app = appOf({ connection: local, folder: folder.path })
    await app
      .train("pets")
      .concepts(...names)
      .examples(confused)
      .mutuallyExclusive()
      .run()
    const other = appOf({ connection: local, folder: join(folder.path, "other") })
    await other
      .trained("copy")
      .importHead(await app.trained("pets").head().run(), { concepts: names })
      .run()
    const seen = drawExamples(names, 6, 40)
    const evaluated = async (id: string, options?: CompareOptions) =>
      (await other.trained(id).compare(seen, options).run())[0]?.evaluation
    for (const id of ["pets", "copy"]) {
      expect(await evaluated(id)).toEqual(await evaluated(id, { mutuallyExclusive: true }))
      expect(await evaluated(id)).not.toEqual(await evaluated(id, { mutuallyExclusive: false }))
    }
  })
})

describe.each(["in this process", "on a socket with a key"])("exports of an engine %s", (where) => {
  const open = async () => {
    const folder = temporaryFolder()
    const local = engine({ directory: join(folder.path, "engine"), embedder: "fast", workers: 1 })
    const connection = where.startsWith("in")
      ? local
      : clarifai({ baseUrl: (await local.serve({ key: "secret" })).url, pat: "secret", userId: "me", appId: "main" })
    const app = appOf({ connection, folder: folder.path })
    const close = async () => {
      await local[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    }
    return { app, folder: folder.path, [Symbol.asyncDispose]: close }
  }

  it("contain the examples with their labels, and can be trained with again", async () => {
    await using at = await open()
    await at.app.resources.inputs.add([{ input: drawImage("fox", 91), id: "neither", notConcepts: ["cat"] }]).all()
    const examples = [
      ...drawExamples(pets, 4),
      { input: drawImage("cat", 90), name: "x", concepts: ["cat", "outdoors"] }
    ]
    await trainPets(at.app, examples).run()
    const exported = await at.app.trained("pets").exportExamples(join(at.folder, "out"), { exclusive: true }).run()
    expect(exported).toMatchObject({
      examples: 9,
      failed: [{ name: "neither", problem: "the service has no positive label of it" }]
    })
    const read = await Array.fromAsync(manifest(exported.manifest))
    expect(read).toHaveLength(9)
    expect(read.filter(({ concepts }) => concepts.includes("outdoors"))).toHaveLength(1)
    expect(read.filter(({ notConcepts }) => notConcepts?.includes("cat"))).toHaveLength(4)
    expect(
      read.map(({ input }) => (input instanceof LocalFile ? readFileSync(input.path).toString("hex") : "")).toSorted()
    ).toEqual(examples.map(({ input }) => Buffer.from(input).toString("hex")).toSorted())
    // The same content has the same input id.
    const again = await at.app
      .train("copy")
      .concepts(...pets)
      .examples(manifest(exported.manifest))
      .run()
    expect(again.tally).toMatchObject({ added: 0, known: 9 })
  })

  it("contain the head as an ONNX model that names its embedder and that another app imports", async () => {
    await using at = await open()
    await using other = await open()
    const model = await at.app
      .train("pets")
      .concepts(...pets)
      .examples(drawExamples(pets, 5))
      .mutuallyExclusive()
      .run()
    const file = join(at.folder, "heads", "of today", "pets.onnx")
    await at.app.trained("pets").exportHead(file).run()
    const bytes = readFileSync(file)
    expect(bytes.toString("latin1")).toMatch(/embedder.*sightline-fast/s)
    const version = await other.app.trained("pets").importHead(file, { concepts: pets }).run()
    expect((await other.app.trained("pets").versions().all()).map(({ id, state }) => [id, state])[0]).toEqual([
      version,
      "ready"
    ])
    const test = drawImage("dog", 321)
    const here = await at.app.input(test).predict(model).run()
    const there = await other.app
      .input(test)
      .predict({ ...model, versionId: version })
      .run()
    expect(there.concepts.map(({ name, score }) => [name, score])).toEqual(
      here.concepts.map(({ name, score }) => [name, score])
    )
    expect(await other.app.trained("pets").head(version).run()).toEqual(new Uint8Array(bytes))
  })

  it("fail with the reason", async () => {
    await using at = await open()
    const { app } = at
    const tagOf = async (operation: {
      readonly result: () => Promise<{ ok: boolean; error?: { readonly _tag: string } }>
    }) => (await operation.result()).error?._tag
    expect(await tagOf(app.trained("none").head())).toBe("NotFound")
    await app.resources.models.create({ id: "empty", concepts: pets }).run()
    expect(await tagOf(app.trained("empty").head())).toBe("HeadUnusable")
    expect(await tagOf(app.trained("empty").importHead(join(at.folder, "nothing.onnx")))).toBe("HeadUnusable")
    expect(await tagOf(app.trained("empty").importHead(new Uint8Array([1, 2, 3])))).toBe("InvalidRequest")
    writeFileSync(join(at.folder, "file"), "x")
    expect(await tagOf(app.trained("empty").exportExamples(join(at.folder, "file")))).toBe("ExportFailed")
    expect(ExportFailed.name).toBe("ExportFailed")
    await trainPets(app, drawExamples(pets, 2)).run()
    const inFile = await app
      .trained("pets")
      .exportHead(join(at.folder, "file", "pets.onnx"))
      .result()
    expect(inFile).toMatchObject({ ok: false, error: { _tag: "HeadUnusable" } })
    const onFolder = await app.trained("pets").exportHead(at.folder).result()
    expect(onFolder.ok ? "" : onFolder.error.message).toMatch(/cannot be written.*it is a folder; name a file in it/)
    const nothing = await app.trained("pets").importHead(join(at.folder, "nothing.onnx")).result()
    expect(nothing.ok ? "" : nothing.error.message).toMatch(/nothing\.onnx cannot be read: there is no such file/)
  })
})

describe("an export of a service", () => {
  const exporting = (states: ReadonlyArray<unknown>) => {
    let asked = 0
    const at = openPets({
      states: [21100],
      waiting: 0,
      override: ({ path }) =>
        path.endsWith("/exports")
          ? { status: { code: 10000 }, export: states[Math.min(asked++, states.length - 1)] }
          : path.startsWith("file")
            ? failure(11101, 404)
            : undefined
    })
    return { ...at, asked: () => asked }
  }
  const status = (code: number) => ({ status: { code } })

  it("is polled until it is ready; a failed or unknown status ends the wait at once with its number", async () => {
    for (const code of [21502, 21599, 30000]) {
      using at = exporting([status(21503), status(21501), status(code)])
      await at.pipeline.run()
      const result = await at.app.trained("pets").head().result()
      if (result.ok) throw new Error("it did not fail")
      expect(result.error).toBeInstanceOf(HeadUnusable)
      expect(result.error).toMatchObject({ code })
      expect(at.asked()).toBe(3)
    }
  })

  it("fails if its file does not exist, without showing the address's query", async () => {
    using at = exporting([{ status: { code: 21500 }, url: "http://fake.invalid/file?signature=secret" }])
    await at.pipeline.run()
    const result = await at.app.trained("pets").head().result()
    if (result.ok) throw new Error("it did not fail")
    expect(result.error).toBeInstanceOf(DownloadFailed)
    expect(result.error.message).not.toContain("secret")
  })
})
