import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { Media, model, models, sightline, textMedia, workflow } from "../../src/index.ts"
import { resources } from "../../src/resources.ts"
import { type FakeCall, fakeConnection } from "../../src/testing/fake-connection.ts"
import { fromProtoJson, meaning, meaningThroughGenerated, protoType } from "./protocol.ts"
import { runs } from "./runs.ts"

/** The message that a call's body is, by its method and path. */
const messageOf = ({ method, path }: FakeCall): string | undefined => {
  const route = `${method} ${path.split("?")[0]?.replace(/^\/v2(?:\/users\/[^/]+\/apps\/[^/]+)?/, "") ?? ""}`
  const table: ReadonlyArray<readonly [RegExp, string]> = [
    [/^POST \/models\/[^/]+(?:\/versions\/[^/]+)?\/outputs(?:\/generate)?$/, "PostModelOutputsRequest"],
    [/^POST \/workflows\/[^/]+(?:\/versions\/[^/]+)?\/results$/, "PostWorkflowResultsRequest"],
    [/^POST \/inputs$/, "PostInputsRequest"],
    [/^PATCH \/inputs\/jobs\/add\/[^/]+$/, "CancelInputsAddJobRequest"],
    [/^PATCH \/inputs$/, "PatchInputsRequest"],
    [/^DELETE \/inputs$/, "DeleteInputsRequest"],
    [/^POST \/inputs\/searches$/, "PostInputsSearchesRequest"],
    [/^POST \/concepts$/, "PostConceptsRequest"],
    [/^PATCH \/concepts$/, "PatchConceptsRequest"],
    [/^POST \/concepts\/searches$/, "PostConceptsSearchesRequest"],
    [/^POST \/models$/, "PostModelsRequest"],
    [/^PATCH \/models$/, "PatchModelsRequest"],
    [/^DELETE \/models$/, "DeleteModelsRequest"],
    [/^POST \/models\/searches$/, "PostModelsSearchesRequest"],
    [/^POST \/models\/[^/]+\/versions$/, "PostModelVersionsRequest"],
    [/^POST \/models\/[^/]+\/versions\/[^/]+\/metrics$/, "PostModelVersionMetricsRequest"],
    [/^PATCH \/models\/[^/]+\/versions$/, "PatchModelVersionsRequest"],
    [/^POST \/workflows$/, "PostWorkflowsRequest"],
    [/^PATCH \/workflows$/, "PatchWorkflowsRequest"],
    [/^DELETE \/workflows$/, "DeleteWorkflowsRequest"],
    [/^POST \/datasets$/, "PostDatasetsRequest"],
    [/^PATCH \/datasets$/, "PatchDatasetsRequest"],
    [/^DELETE \/datasets$/, "DeleteDatasetsRequest"],
    [/^POST \/datasets\/[^/]+\/inputs$/, "PostDatasetInputsRequest"],
    [/^DELETE \/datasets\/[^/]+\/inputs$/, "DeleteDatasetInputsRequest"],
    [/^POST \/datasets\/[^/]+\/versions$/, "PostDatasetVersionsRequest"],
    [/^DELETE \/datasets\/[^/]+\/versions$/, "DeleteDatasetVersionsRequest"]
  ]
  return table.find(([pattern]) => pattern.test(route))?.[1]
}

const seen = new Set<string>()

/** Makes the call, whatever is answered, and holds its body to the official definition. */
const hold = async (use: (app: ReturnType<typeof appOf>) => Promise<unknown>) => {
  const connection = fakeConnection(() => ({ status: { code: 10020, description: "Failure" } }))
  await use(appOf(connection)).catch(() => undefined)
  assert.isAbove(connection.calls.length, 0)
  for (const call of connection.calls) {
    const name = messageOf(call)
    if (name === undefined) return assert.fail(`${call.method} ${call.path}`)
    seen.add(name)
    const body = without(call.body ?? {}, name === "DeleteInputsRequest" ? ["delete_all"] : ["closed_environment"])
    fromProtoJson(protoType(name), body)
    assert.deepStrictEqual(meaningThroughGenerated(protoType(name), body), meaning(protoType(name), body))
  }
}
const appOf = (connection: Parameters<typeof sightline>[0]) =>
  sightline(connection, { secrets: { mine: "third-party" } }).use(resources())

/** Members that today's definition has no more and that older services take. */
const without = (json: unknown, keys: ReadonlyArray<string>): unknown => {
  if (Array.isArray(json)) return json.map((item) => without(item, keys))
  if (typeof json !== "object" || json === null) return json
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) => (keys.includes(key) ? [] : [[key, without(value, keys)]]))
  )
}

const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).filter((text) => text.trim() !== "")
const json = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 1 }), {
  maxKeys: 3,
  noNullPrototype: true
})
const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 })
const media = fc.oneof(
  fc.webUrl().map((url) => new Media("image", { from: "url", url })),
  bytes.map((b) => new Media("image", { from: "bytes", bytes: b })),
  bytes.map((b) => new Media("video", { from: "bytes", bytes: b })),
  fc.webUrl().map((url) => new Media("audio", { from: "url", url })),
  fc.string({ unit: "grapheme", minLength: 1 }).map((text) => textMedia(text))
)
const anything = model({ id: "m/1 ü", task: "unknown" })

describe("what chains and resources send is what the official definition takes", () => {
  it("predictions and workflows, with any options", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(media, { minLength: 1, maxLength: 4 }),
        fc.record({
          key: word,
          names: fc.array(word, { minLength: 1, maxLength: 3 }),
          top: fc.integer({ min: 1, max: 200 }),
          atLeast: fc.float({ min: 0, max: 1, noNaN: true }),
          params: json,
          sampleMs: fc.integer({ min: 100, max: 60_000 }),
          runner: fc.boolean()
        }),
        fc.constantFrom("predict", "workflow"),
        async (given, { atLeast, key, names, params, runner, sampleMs, top }, way) => {
          const [first] = given
          if (!first) return
          const where = runner
            ? { deployment: { id: "d", userId: "u" } }
            : { nodepool: { id: "n", computeClusterId: "c", userId: "u" } }
          await hold(async (app) => {
            const chain = app
              .input(first)
              .key(key)
              .concepts(...names)
              .top(top)
              .atLeast(atLeast)
              .language("de")
              .sampleMs(sampleMs)
            if (way === "workflow") return chain.workflow(workflow({ id: "w", nodes: { a: models.general } })).run()
            return chain.params(params).secret("api_key", "mine").runner(where).version("v 1").predict(anything).run()
          })
          await hold((app) => app.inputs(given).predict(anything).run())
        }
      ),
      { numRuns: runs(25) }
    )
  })
  it("several media in one input", () =>
    hold((app) =>
      app
        .parts(textMedia("why?"), new Media("image", { from: "bytes", bytes: Uint8Array.of(1) }))
        .predict(anything)
        .run()
    ))
  it("a streamed question", () =>
    hold((app) =>
      app
        .text("why?")
        .params({ temperature: 0 })
        .generate(model({ id: "m", task: "text-to-text" }))
        .text()
    ))
  it("inputs that are added and changed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(media, { minLength: 1, maxLength: 4 }),
        fc.array(word, { maxLength: 2 }),
        fc.array(word, { maxLength: 2 }),
        json,
        async (given, concepts, notConcepts, metadata) => {
          const place = { longitude: 1.5, latitude: -2 }
          const known = { concepts, notConcepts, metadata, place }
          await hold((app) =>
            app.resources.inputs
              .add(
                given.map((input, i) => ({ input, id: `i${i}`, ...known })),
                { allowDuplicateUrl: true, onTakenId: "skip", job: "jöb" }
              )
              .all()
          )
          await hold((app) => app.resources.inputs.merge([{ id: "i", ...known }]).run())
          await hold((app) =>
            app.resources.search
              .inputs(
                { label: { id: "c" }, metadata, near: { ...place, km: 3 }, like: { url: "https://x.test/a.jpg" } },
                { atLeast: 0.5 }
              )
              .all()
          )
        }
      ),
      { numRuns: runs(15) }
    )
  })
  it.each<readonly [string, Parameters<typeof hold>[0]]>([
    ["inputs.overwrite", (app) => app.resources.inputs.overwrite([{ id: "i", concepts: ["a"] }]).run()],
    ["inputs.removeConcepts", (app) => app.resources.inputs.removeConcepts("i", ["a"]).run()],
    ["inputs.deleteMany", (app) => app.resources.inputs.deleteMany(["a"]).run()],
    ["inputs.cancelJob", (app) => app.resources.inputs.cancelJob("j").run()],
    ["inputs.deleteAll", (app) => app.resources.inputs.deleteAll().run()],
    ["concepts.add", (app) => app.resources.concepts.add(["a", { id: "b", name: "B" }]).run()],
    ["concepts.rename", (app) => app.resources.concepts.rename("a", "A").run()],
    ["concepts.search", (app) => app.resources.concepts.search("a*", { language: "de" }).all()],
    ["models.search", (app) => app.resources.models.search("a*", { modelType: "visual-classifier" }).all()],
    [
      "models.create",
      (app) =>
        app.resources.models
          .create({ id: "m", name: "M", modelType: "embedding-classifier", concepts: ["a"], mutuallyExclusive: true })
          .run()
    ],
    ["models.change", (app) => app.resources.models.change({ id: "m", closedEnvironment: true }, "overwrite").run()],
    ["models.deleteMany", (app) => app.resources.models.deleteMany(["a"]).run()],
    ["models.deleteAll", (app) => app.resources.models.deleteAll().run()],
    ["versions.train", (app) => app.resources.versions.train("m").run()],
    ["versions.evaluate", (app) => app.resources.versions.evaluate("m", "v").run()],
    [
      "versions.train, deeply and from a version",
      (app) =>
        app.resources.versions
          .train("m", {
            description: "d",
            params: { template: "t", num_epochs: 2 },
            resumeFrom: { model: "m", version: "v" }
          })
          .run()
    ],
    [
      "versions.change",
      (app) => app.resources.versions.change("m", { id: "v", description: "d", metadata: { a: 1 } }).run()
    ],
    [
      "workflows.change",
      (app) => app.resources.workflows.change({ id: "w", nodes: [{ id: "n", modelId: "m" }] }).run()
    ],
    ["workflows.deleteMany", (app) => app.resources.workflows.deleteMany(["a"]).run()],
    ["workflows.deleteAll", (app) => app.resources.workflows.deleteAll().run()],
    [
      "datasets.create",
      (app) => app.resources.datasets.create({ id: "d", description: "D", metadata: { a: 1 } }, { id: "e" }).run()
    ],
    ["datasets.change", (app) => app.resources.datasets.change({ id: "d", description: "D" }, "overwrite").run()],
    ["datasets.delete", (app) => app.resources.datasets.delete("d", "e").run()],
    ["datasets.addInputs", (app) => app.resources.datasets.addInputs("d", ["i", "j"]).run()],
    ["datasets.removeInputs", (app) => app.resources.datasets.removeInputs("d", ["i"]).run()],
    ["datasets.freeze", (app) => app.resources.datasets.freeze("d", { id: "v", description: "V" }).run()],
    ["datasets.deleteVersions", (app) => app.resources.datasets.deleteVersions("d", ["v"]).run()],
    [
      "search.inputs, with concepts that are not there",
      (app) =>
        app.resources.search
          .inputs({
            concept: [{ name: "犬", language: "ja" }, { id: "c" }],
            label: [{ id: "a" }, { id: "b", present: false }]
          })
          .all()
    ],
    [
      "workflows.create",
      (app) =>
        app.resources.workflows
          .create({
            id: "w",
            nodes: [
              { id: "n", modelId: "m", versionId: "v" },
              { id: "o", modelId: "p", after: ["n"] }
            ]
          })
          .run()
    ]
  ])("%s", (_, use) => hold(use))
  it("of every kind that there is", () => {
    assert.strictEqual(seen.size, 27)
  })
})
