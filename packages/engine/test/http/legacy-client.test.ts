/** Somebody else's client: the npm package `clarifai` 2.9.1, unchanged, against the engine on a socket. */
import { assert, describe, it } from "@effect/vitest"
import clarifai from "clarifai"
import { poll } from "../support/fresh-engine.ts"
import { freshEngine } from "../support/fresh-engine.ts"
import { drawBase64, type Motif } from "../support/draw-picture.ts"

const key = "0123456789abcdef0123456789abcdef"

const picture = async (motif: Motif, seed: number) => ({
  id: `${motif}-${seed}`,
  base64: await drawBase64(motif, seed),
  concepts: [
    { id: motif, value: true },
    { id: motif === "across" ? "down" : "across", value: false }
  ]
})

describe("the legacy client", () => {
  it("drives a custom model through its whole life", async () => {
    await using local = freshEngine({ key })
    const server = await local.serve()
    const app = new clarifai.App({ apiKey: key, apiEndpoint: server.url })

    // inputs with positive and negative concepts
    const pictures = await Promise.all(
      (["across", "down"] as const).flatMap((motif) => Array.from({ length: 8 }, (_, seed) => picture(motif, seed)))
    )
    const created = await app.inputs.create(pictures)
    assert.strictEqual(created.length, 16)
    assert.strictEqual(created[0]?.id, "across-0")
    await poll(
      async () => ({ http: 200, body: await app.inputs.getStatus() }),
      ({ body }) => body.counts.processed === 16
    )
    const listed = await app.inputs.list()
    assert.strictEqual(listed.length, 16)
    const one = await app.inputs.get("across-0")
    assert.match(one.imageUrl, /^http:\/\/127\.0\.0\.1:\d+\/media\/[0-9a-f]{64}$/)
    assert.deepStrictEqual(
      Array.from(one.concepts, ({ id, value }) => [id, value]),
      [["across", 1]]
    )

    // concepts
    await app.concepts.create([{ id: "blobs", name: "blobs and dots" }])
    assert.strictEqual((await app.concepts.get("blobs")).name, "blobs and dots")
    assert.strictEqual((await app.concepts.list()).length, 3)
    assert.strictEqual((await app.concepts.search("blob*")).length, 1)
    const renamed = await app.concepts.update([{ id: "blobs", name: "spots" }])
    assert.strictEqual(renamed[0]?.name, "spots")

    // create, train, poll
    const model = await app.models.create("stripes", [{ id: "across" }, { id: "down" }], {
      conceptsMutuallyExclusive: true
    })
    assert.strictEqual(model.modelVersion.status.code, 21102)
    const training = await model.train()
    assert.strictEqual(training.modelVersion.status.code, 21103)
    const trained = await poll(
      async () => ({ http: 200, body: await training.getOutputInfo() }),
      ({ body }) => ![21103, 21101].includes(body.modelVersion.status.code)
    )
    assert.strictEqual(trained.body.modelVersion.status.code, 21100)
    assert.deepStrictEqual(
      trained.body.outputInfo.data.concepts.map(({ id }: { id: string }) => id),
      ["across", "down"]
    )

    // predict: without a version, with one, with options
    const unseen = await drawBase64("down", 99)
    const predicted = await app.models.predict("stripes", { base64: unseen })
    assert.strictEqual(predicted.status.code, 10000)
    assert.strictEqual(predicted.outputs[0]?.data.concepts[0]?.id, "down")
    const pinned = await app.models.predict({ id: "stripes", version: training.versionId }, [{ base64: unseen }], {
      maxConcepts: 1
    })
    assert.strictEqual(pinned.outputs[0]?.data.concepts.length, 1)
    const selected = await app.models.predict("stripes", { base64: unseen }, { selectConcepts: [{ name: "across" }] })
    assert.deepStrictEqual(
      selected.outputs[0]?.data.concepts.map(({ id }) => id),
      ["across"]
    )

    // list, search, versions, inputs
    assert.strictEqual((await app.models.list()).length, 1)
    assert.strictEqual((await app.models.search("str*", "concept"))[0]?.id, "stripes")
    assert.strictEqual((await model.getVersions()).model_versions.length, 2)
    assert.strictEqual((await model.getVersion(training.versionId)).model_version.status.code, 21100)
    assert.strictEqual((await training.getInputs()).inputs.length, 16)

    // patch
    const merged = await app.models.update({ id: "stripes", name: "lines", concepts: [{ id: "blobs" }] })
    assert.strictEqual(merged[0]?.name, "lines")
    assert.strictEqual((await (await app.models.get("stripes")).getOutputInfo()).outputInfo.data?.concepts.length, 2)
    await model.deleteConcepts([{ id: "blobs" }])
    await app.inputs.mergeConcepts([{ id: "across-0", concepts: [{ id: "blobs", value: true }] }])
    assert.strictEqual((await app.inputs.get("across-0")).concepts.length, 2)
    await app.inputs.deleteConcepts([{ id: "across-0", concepts: [{ id: "blobs", value: true }] }])
    assert.strictEqual((await app.inputs.get("across-0")).concepts.length, 1)

    // search: by annotation, and by looks
    const annotated = await app.inputs.search({ concept: { id: "down", type: "input" } })
    assert.strictEqual(annotated.hits.length, 8)
    const alike = await app.inputs.search({ input: { base64: pictures[3]?.base64 } })
    assert.strictEqual(alike.hits[0]?.input.id, "across-3")
    assert.closeTo(alike.hits[0]?.score ?? 0, 1, 1e-4)

    // delete
    await app.models.delete("stripes", training.versionId)
    assert.strictEqual((await model.getVersions()).model_versions.length, 1)
    await app.models.delete("stripes")
    assert.strictEqual((await app.models.list()).length, 0)
    await app.inputs.delete("across-0")
    await app.inputs.delete(["across-1", "across-2"])
    assert.strictEqual((await app.inputs.list()).length, 13)
    await app.inputs.delete()
    assert.strictEqual((await app.inputs.list()).length, 0)
  })

  it("is told apart from strangers by its key", async () => {
    await using local = freshEngine({ key })
    const server = await local.serve()
    const stranger = new clarifai.App({ apiKey: "f".repeat(32), apiEndpoint: server.url })
    const refused = await stranger.models.list().then(
      () => undefined,
      (cause: { readonly response: { readonly status: number; readonly data: unknown } }) => cause.response
    )
    assert.strictEqual(refused?.status, 401)
    assert.nestedPropertyVal(refused?.data, "status.code", 11009)
    assert.nestedPropertyVal(refused?.data, "models.length", 0)
  })
})
