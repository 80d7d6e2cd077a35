import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { clarifai } from "@sightline/core"
import { engine } from "@sightline/engine"
import { describe, expect, it } from "vitest"
import { type CompareOptions, DownloadFailed, ExportFailed, HeadUnusable, manifest } from "../src/index.ts"
import { appOf } from "./backends.ts"
import { graded, over, pets, petsOf } from "./over.ts"
import { drawn, picture, temporary } from "./pictures.ts"
import { failure, overFunction } from "./service.ts"

/** Versions that are right with these scores, the first of them the oldest. */
const withVersions = async (scores: ReadonlyArray<number>) => {
  const at = over(graded(scores))
  for (const _ of scores) await at.pipeline.run({ again: true })
  return { ...at, trained: at.app.trained("pets") }
}

describe("versions", () => {
  it("are listed and compared on the same tests, newest first", async () => {
    using at = await withVersions([0.2, 0.9, 0.3])
    expect((await at.trained.versions().all()).map(({ id }) => id)).toEqual(["v3", "v2", "v1"])
    const tests = drawn(pets, 3, 50)
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

  it("are deleted by rules, and never the newest", async () => {
    {
      using at = await withVersions([0.2, 0.9, 0.3, 0.4])
      expect((await at.trained.prune({ newest: 2 }).run()).map(({ id }) => id)).toEqual(["v2", "v1"])
      expect(at.left()).toEqual(["v3", "v4"])
    }
    {
      using at = await withVersions([0.2, 0.9, 0.3, 0.4])
      await at.trained.prune({ betterThan: { examples: drawn(pets, 2, 70), accuracy: 0.5 } }).run()
      expect(at.left()).toEqual(["v2", "v4"])
      await at.trained.prune({ where: () => false }).run()
      expect(at.left()).toEqual(["v4"])
      await at.trained.prune({ newest: 0 }).run()
      expect(at.left()).toEqual(["v4"])
      for (const rule of [{}, { newest: -1 }, { newest: 1.5 }]) {
        const refused = await at.trained.prune(rule).result()
        expect(refused.ok ? "" : refused.error._tag).toBe("InvalidOption")
      }
    }
  })
})

describe("a version whose concepts exclude each other", () => {
  /** The right concept scores highest, and none scores 0.5. */
  const unsure = graded([], { score: (shown, concept) => (shown === concept ? 0.4 : 0.3) })
  const tests = drawn(pets, 3, 50)
  type App = ReturnType<typeof over>["app"]
  const accuracies = async (app: App, options?: CompareOptions) =>
    (await app.trained("pets").compare(tests, options).run()).map(({ evaluation: { accuracy }, version: { id } }) => [
      id,
      accuracy
    ])

  it("is measured so, as its journal tells, whatever the others are", async () => {
    using at = over(unsure)
    await at.pipeline.mutuallyExclusive().run()
    await at.pipeline.run()
    expect(await accuracies(at.app)).toEqual([
      ["v2", 0],
      ["v1", 1]
    ])
    // what is asked for counts
    expect(await accuracies(at.app, { mutuallyExclusive: false })).toEqual([
      ["v2", 0],
      ["v1", 0]
    ])
    expect(await accuracies(at.app, { mutuallyExclusive: true })).toEqual([
      ["v2", 1],
      ["v1", 1]
    ])
  })

  it("is measured so where only the service tells it: of the version, else of its model", async () => {
    for (const [tells, second] of [
      [["version"], 0],
      [["model"], 1],
      [["version", "model"], 0]
    ] as const) {
      using at = over({ ...unsure, tells })
      await at.pipeline.mutuallyExclusive().run()
      await at.pipeline.run()
      using elsewhere = temporary()
      const other = appOf({ connection: overFunction(at.service), folder: elsewhere.path })
      expect(await accuracies(other)).toEqual([
        ["v2", second],
        ["v1", 1]
      ])
    }
  })

  it("is not deleted for scores that are read otherwise", async () => {
    using at = over(unsure)
    await at.pipeline.mutuallyExclusive().run()
    for (let i = 0; i < 2; i++) await at.pipeline.run({ again: true })
    const rule = { examples: tests, accuracy: 0.5 }
    const dropped = await at.app.trained("pets").prune({ betterThan: rule }).run()
    expect(dropped.map(({ id }) => id)).toEqual(["v2"])
    expect(at.left()).toEqual(["v1", "v3"])
    await at.app
      .trained("pets")
      .prune({ betterThan: { ...rule, mutuallyExclusive: false } })
      .run()
    expect(at.left()).toEqual(["v3"])
  })

  it("is measured so on an engine, another process's and an imported one too", async () => {
    using folder = temporary()
    await using local = engine({ directory: join(folder.path, "engine"), embedder: "fast", workers: 1 })
    const names = ["cat", "dog", "fox"]
    // the pictures of fox and cat are alike, so that some scores are below a half
    const confused = drawn(names, 4).map((one, i) => (i % 3 === 2 ? { ...one, input: picture("cat", 900 + i) } : one))
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
    const seen = drawn(names, 6, 40)
    const measured = async (id: string, options?: CompareOptions) =>
      (await other.trained(id).compare(seen, options).run())[0]?.evaluation
    for (const id of ["pets", "copy"]) {
      expect(await measured(id)).toEqual(await measured(id, { mutuallyExclusive: true }))
      expect(await measured(id)).not.toEqual(await measured(id, { mutuallyExclusive: false }))
    }
  })
})

describe.each(["in this process", "on a socket with a key"])("exports of an engine %s", (where) => {
  const open = async () => {
    const folder = temporary()
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

  it("hold the examples with their labels, and train the same anew", async () => {
    await using at = await open()
    await at.app.resources.inputs.add([{ input: picture("fox", 91), id: "neither", notConcepts: ["cat"] }]).all()
    const examples = [...drawn(pets, 4), { input: picture("cat", 90), name: "x", concepts: ["cat", "outdoors"] }]
    await petsOf(at.app, examples).run()
    const exported = await at.app.trained("pets").exportExamples(join(at.folder, "out"), { exclusive: true }).run()
    expect(exported).toMatchObject({
      examples: 9,
      failed: [{ name: "neither", problem: "the service tells of no concept in it" }]
    })
    const read = await Array.fromAsync(manifest(exported.manifest))
    expect(read).toHaveLength(9)
    expect(read.filter(({ concepts }) => concepts.includes("outdoors"))).toHaveLength(1)
    expect(read.filter(({ notConcepts }) => notConcepts?.includes("cat"))).toHaveLength(4)
    expect(
      read.map(({ input }) => (typeof input === "string" ? readFileSync(input).toString("hex") : "")).toSorted()
    ).toEqual(examples.map(({ input }) => Buffer.from(input).toString("hex")).toSorted())
    // the same content is the same input
    const again = await at.app
      .train("copy")
      .concepts(...pets)
      .examples(manifest(exported.manifest))
      .run()
    expect(again.tally).toMatchObject({ added: 0, known: 9 })
  })

  it("hold the head as an ONNX model that names its embedder, and that another app takes", async () => {
    await using at = await open()
    await using other = await open()
    const model = await at.app
      .train("pets")
      .concepts(...pets)
      .examples(drawn(pets, 5))
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
    const test = picture("dog", 321)
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

  it("fail with what is wrong", async () => {
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
    await petsOf(app, drawn(pets, 2)).run()
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
    const at = over({
      states: [21100],
      waiting: 0,
      instead: ({ path }) =>
        path.endsWith("/exports")
          ? { status: { code: 10000 }, export: states[Math.min(asked++, states.length - 1)] }
          : path.startsWith("file")
            ? failure(11101, 404)
            : undefined
    })
    return { ...at, asked: () => asked }
  }
  const status = (code: number) => ({ status: { code } })

  it("is waited for, and an unknown state or a failure ends the wait at once with its number", async () => {
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

  it("whose file is not there says so", async () => {
    using at = exporting([{ status: { code: 21500 }, url: "http://fake.invalid/file?signature=secret" }])
    await at.pipeline.run()
    const result = await at.app.trained("pets").head().result()
    if (result.ok) throw new Error("it did not fail")
    expect(result.error).toBeInstanceOf(DownloadFailed)
    expect(result.error.message).not.toContain("secret")
  })
})
