import { assert, describe, it } from "@effect/vitest"
import { dataJson, hasData } from "@sightline/fixtures"
import { type Kind, Media, model, type Model, type RunResult, type Task } from "../../src/index.ts"
import { type Exchange, meaningOf, replay } from "./recorded.ts"

type App = Parameters<Parameters<typeof replay>[1]>[0]
type Play = (app: App) => Promise<unknown>

const one = "https://some-image-url"
const two = ["https://some-image-url1", "https://some-image-url2"]
const ask = (task: Task): Model<Task, Kind> => model({ id: "@modelID", task, accepts: ["image", "video"] })
const image = new Media("image", { from: "url", url: one })
/** The answer, or the tag and number of the failure. */
const told = (result: RunResult<unknown, { readonly _tag: string; readonly code?: number }>) =>
  result.ok ? result.value : [result.error._tag, result.error.code]
const predict =
  (task: Task): Play =>
  (app) =>
    app.input(image).predict(ask(task)).run()
const get =
  (names: string): Play =>
  async (app) => {
    const { accepts, concepts, modelType, name, task } = await app.resources.models.describe("@modelID").run()
    assert.isAbove(accepts.length, 0)
    return { task, modelType, name, ...(names === "" ? {} : { concepts }) }
  }

/** How each recorded call is made with this package, and what of its answer it gives. */
const plays: Readonly<Record<string, readonly [play: Play, gives: unknown]>> = {
  "java/addConcepts": [(app) => app.resources.concepts.add(["@conceptID1", "@conceptID2"]).run(), undefined],
  "java/addInputs": [
    async (app) => {
      const added = await app.resources.inputs
        .add(
          [
            { id: "@inputID1", input: "https://some.image.url1", place: { longitude: 55, latitude: 66 } },
            { id: "@inputID2", input: "https://some.image.url2" }
          ],
          { allowDuplicateUrl: true }
        )
        .all()
      return added.map((o) => [o.ok, o.key, o.ok && o.value.id, o.ok && o.value.state])
    },
    [
      [true, "@inputID1", "@inputID1", "pending"],
      [true, "@inputID2", "@inputID2", "pending"]
    ]
  ],
  "java/addMetadataForInput": [
    (app) =>
      app.resources.inputs.overwrite([{ id: "@inputID", metadata: { "@key1": "@value1", "@key2": "@value2" } }]).run(),
    undefined
  ],
  "java/batchPredict": [(app) => app.inputs(two).predict(ask("visual-classifier")).run(), undefined],
  "java/batchPredictWithArguments": [
    (app) => app.inputs(two).language("de").top(2).atLeast(0.98).predict(ask("visual-classifier")).run(),
    undefined
  ],
  "java/batchPredictWithOneInvalidURL": [
    async (app) => {
      const outcomes = await app
        .inputs(["https://some-valid-url", "https://some-invalid-url"])
        .predict(ask("visual-classifier"))
        .run()
      return outcomes.map((o) => (o.ok ? "ok" : [o.error._tag, o.error.code]))
    },
    ["ok", ["InputRejected", 30002]]
  ],
  "java/createModel": [
    (app) => app.resources.models.create({ id: "@modelID", name: "@modelName", concepts: ["dog", "cat"] }).run(),
    undefined
  ],
  "java/createModelGeneric": [
    (app) => app.resources.models.create({ id: "@modelID", name: "@modelName" }).run(),
    undefined
  ],
  "java/deleteAllInputs": [(app) => app.resources.inputs.deleteAll().run(), undefined],
  "java/deleteAllModels": [(app) => app.resources.models.deleteAll().run(), undefined],
  "java/deleteInput": [(app) => app.resources.inputs.delete("@inputID").run(), undefined],
  "java/deleteInputsBatch": [(app) => app.resources.inputs.deleteMany(["@inputID1", "@inputID2"]).run(), undefined],
  "java/deleteModel": [(app) => app.resources.models.delete("@modelID").run(), undefined],
  "java/deleteModelVersion": [(app) => app.resources.versions.delete("@modelID", "@modelVersionID").run(), undefined],
  "java/deleteModelsBatch": [(app) => app.resources.models.deleteMany(["@modelID1", "@modelID2"]).run(), undefined],
  "java/findModelByName": [(app) => app.resources.models.search("celeb*").all(), undefined],
  "java/findModelByNameAndType": [(app) => app.resources.models.search("*", { modelType: "color" }).all(), undefined],
  "java/getColorModel": [
    get("concepts"),
    { task: "image-color-recognizer", modelType: "color", name: "Color", concepts: ["AliceBlue", "AntiqueWhite"] }
  ],
  "java/getConcept": [(app) => app.resources.concepts.get("@conceptID").run(), undefined],
  "java/getConceptModel": [get(""), { task: "visual-classifier", modelType: "concept", name: "Concept" }],
  "java/getConcepts": [(app) => app.resources.concepts.list().all(), undefined],
  "java/getDemographicsModel": [
    get(""),
    { task: "visual-detector", modelType: "detect-concept", name: "Demographics" }
  ],
  "java/getEmbeddingModel": [get(""), { task: "visual-embedder", modelType: "embed", name: "General Embedding" }],
  "java/getFaceConceptsModel": [
    get(""),
    { task: "visual-detector", modelType: "facedetect-identity", name: "Celebrity" }
  ],
  "java/getFaceEmbeddingModel": [get(""), undefined],
  "java/getInput": [(app) => app.resources.inputs.get("@inputID").run(), undefined],
  "java/getInputs": [(app) => app.resources.inputs.list().all(), undefined],
  "java/getInputsStatus": [
    (app) => app.resources.inputs.counts().run(),
    { ready: 1, waiting: 2, failed: 3, processing: 4 }
  ],
  "java/getLogoModel": [get(""), undefined],
  "java/getModel": [get(""), undefined],
  "java/getModelInputs": [(app) => app.resources.models.inputs("@modelID").all(), undefined],
  "java/getModelVersion": [(app) => app.resources.versions.get("@modelID", "@modelVersionID").run(), undefined],
  "java/getModelVersions": [(app) => app.resources.versions.list("@modelID").all(), undefined],
  "java/getModels": [(app) => app.resources.models.list().all(), undefined],
  "java/getVideoModel": [get(""), undefined],
  "java/invalidJson": [
    async (app) => told(await app.resources.inputs.get("@inputID").result()),
    ["MalformedAnswer", undefined]
  ],
  "java/mergeConceptsForInput": [
    (app) =>
      app.resources.inputs
        .merge([
          {
            id: "@inputID",
            concepts: [{ id: "@positiveConcept1", name: "@positiveConceptName1" }, "@positiveConcept2"],
            notConcepts: [{ id: "@negativeConcept1", name: "@negativeConceptName1" }, "@negativeConcept2"]
          }
        ])
        .run(),
    undefined
  ],
  "java/modifyConcepts": [(app) => app.resources.concepts.rename("@conceptID", "@newConceptName").run(), undefined],
  "java/modifyModel": [
    (app) =>
      app.resources.models
        .change({
          id: "@modelID",
          name: "@newModelName",
          concepts: ["@conceptID1"],
          mutuallyExclusive: true,
          closedEnvironment: true
        })
        .run(),
    undefined
  ],
  "java/predict": [
    predict("visual-classifier"),
    {
      model: { id: "@modelID", versionId: "@modelVersionID" },
      inputId: "@inputID",
      concepts: [
        { id: "@conceptID1", name: "@conceptName1", score: 0.99 },
        { id: "@conceptID2", name: "@conceptName2", score: 0.98 }
      ]
    }
  ],
  "java/predictColor": [predict("image-color-recognizer"), undefined],
  "java/predictConcept": [predict("visual-classifier"), undefined],
  "java/predictDemographics": [predict("visual-detector"), undefined],
  "java/predictEmbedding": [
    predict("visual-embedder"),
    {
      model: { id: "@modelID", versionId: "@modelVersionID" },
      inputId: "@inputID",
      embedding: { vector: [0.1, 0.2, 0.3], dimensions: 3 }
    }
  ],
  "java/predictFaceConcepts": [predict("visual-detector"), undefined],
  "java/predictFaceEmbedding": [predict("visual-detector"), undefined],
  "java/predictLogo": [predict("visual-detector"), undefined],
  // That client's test sends a picture and is answered as for a clip.
  "java/predictVideo": [
    async (app) => {
      const { frames } = (await app.input(image).predict(ask("unknown")).run()) as {
        frames: ReadonlyArray<{ timeMs: number }>
      }
      return frames.map(({ timeMs }) => timeMs)
    },
    [0]
  ],
  "java/predictWithArguments": [
    (app) => app.input(one).language("de").top(3).atLeast(0.98).predict(ask("visual-classifier")).run(),
    undefined
  ],
  "java/predictWithInvalidURL": [
    async (app) => told(await app.input("https://some-invalid-url").predict(ask("visual-classifier")).result()),
    ["InputRejected", 30002]
  ],
  "java/predictWithUnknownFields": [predict("visual-classifier"), undefined],
  "java/removeConceptsForInputs": [
    (app) => app.resources.inputs.removeConcepts("@inputID", ["@concept2"]).run(),
    undefined
  ],
  "java/runModelEvaluation": [
    async (app) => (await app.resources.versions.evaluate("@modelID", "@modelVersionID").run()).evaluation?.code,
    21303
  ],
  "java/searchConcepts": [(app) => app.resources.concepts.search("conc*").all(), undefined],
  "java/searchConceptsWithLanguage": [
    (app) => app.resources.concepts.search("狗*", { language: "zh" }).all(),
    undefined
  ],
  "java/searchInputsByConceptID": [
    (app) => app.resources.search.inputs({ concept: { id: "@conceptID" } }, { via: "searches" }).all(),
    undefined
  ],
  "java/searchInputsByConceptName": [
    (app) => app.resources.search.inputs({ concept: { name: "@conceptName" } }, { via: "searches" }).all(),
    undefined
  ],
  "java/searchInputsByGeo": [
    async (app) => {
      const near = { longitude: 1.5, latitude: -1, km: 1 }
      const hits = await app.resources.search.inputs({ near }, { via: "searches" }).all()
      return hits.map(({ input, score }) => [score, input.id, input.url, input.state])
    },
    [[0.99, "@inputID", "https://some-image-url", "ready"]]
  ],
  "java/trainModel": [async (app) => (await app.resources.versions.train("@modelID").run()).version?.state, "pending"],
  "go/fail_11001_invalid_token": [
    async (app) => told(await app.resources.models.get("m").result()),
    ["Unauthorized", 11001]
  ],
  "go/fail_11001_no_token": [
    async (app) => told(await app.resources.models.get("m").result()),
    ["Unauthorized", 11001]
  ],
  "go/fail_11100_bad_req_supply_inputs": [
    async (app) => told(await app.input(image).predict(ask("visual-classifier")).result()),
    ["InvalidRequest", 11100]
  ],
  "go/ok_10000_added_1_image_from_url": [
    async (app) => (await app.resources.inputs.add([{ input: one }]).all()).map((o) => o.ok),
    [true]
  ],
  "go/ok_10000_added_2_images_to_search_index_download_pending": [
    async (app) =>
      (await app.resources.inputs.add([{ input: one }, { input: one }]).all()).map((o) => o.ok && o.value.state),
    ["pending", "pending"]
  ],
  "go/ok_10000_create_model": [(app) => app.resources.models.create({ id: "m" }).run(), undefined],
  "go/ok_10000_delete_all_models": [(app) => app.resources.models.deleteAll().run(), undefined],
  "go/ok_10000_delete_model": [(app) => app.resources.models.delete("m").run(), undefined],
  "go/ok_10000_delete_model_version": [(app) => app.resources.versions.delete("m", "v").run(), undefined],
  "go/ok_10000_get_model": [(app) => app.resources.models.get("m").run(), undefined],
  "go/ok_10000_get_model_version": [(app) => app.resources.versions.get("m", "v").run(), undefined],
  "go/ok_10000_get_model_version_inputs": [
    (app) => app.resources.models.inputs({ id: "m", versionId: "v" }).all(),
    undefined
  ],
  "go/ok_10000_reverse_image_search_1img": [
    (app) => app.resources.search.inputs({ like: { url: "https://samples.clarifai.com/metro-north.jpg" } }).all(),
    undefined
  ],
  "go/ok_10000_search_by_user_supplied_concept": [
    (app) => app.resources.search.inputs({ label: { id: "c" } }).all(),
    undefined
  ],
  "go/ok_10000_search_model": [(app) => app.resources.models.search("general*").all(), undefined],
  "go/ok_predict_1img": [predict("visual-classifier"), undefined],
  "seeds/000_image-predict-by-url": [predict("visual-classifier"), undefined],
  "seeds/000_image-predict-by-bytes": [
    (app) =>
      app
        .input(Uint8Array.of(1, 2, 3))
        .predict(ask("visual-classifier"))
        .run(),
    undefined
  ],
  "seeds/002_create-inputs-with-concepts": [
    async (app) => {
      const added = await app.resources.inputs
        .add([{ input: one, concepts: ["charlie"], notConcepts: ["our_wedding"] }])
        .all()
      return added.map((o) => o.ok && o.value.labels.length > 0)
    },
    [true]
  ],
  "seeds/002_create-model": [
    (app) => app.resources.models.create({ id: "pets", concepts: ["charlie"] }).run(),
    undefined
  ],
  "seeds/002_train-model": [(app) => app.resources.versions.train("pets").run(), undefined],
  "seeds/002_predict-with-custom-model": [predict("visual-classifier"), undefined],
  "seeds/003_image-predict-by-url-2017": [predict("visual-classifier"), undefined],
  "seeds/003_image-predict-by-bytes-2017": [predict("visual-classifier"), undefined],
  "seeds/003_video-predict-by-url": [
    async (app) => {
      const clip = new Media("video", { from: "url", url: "https://samples.clarifai.com/beer.mp4" })
      const { frames } = await app
        .input(clip)
        .predict(model({ id: "m", task: "visual-classifier" }))
        .run()
      return frames.map(({ timeMs }) => timeMs)
    },
    [0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000]
  ],
  "seeds/003_video-predict-by-bytes": [
    async (app) => {
      const clip = new Media("video", { from: "bytes", bytes: Uint8Array.of(1, 2, 3) })
      const { frames } = await app
        .input(clip)
        .predict(model({ id: "m", task: "visual-classifier" }))
        .run()
      return frames.length > 0
    },
    true
  ]
}

interface Recorded {
  readonly id?: string
  readonly score?: number
  readonly input?: Recorded
  readonly data?: {
    readonly concepts?: ReadonlyArray<{ readonly id: string; readonly value: number }>
    readonly regions?: ReadonlyArray<{ readonly region_info: { readonly bounding_box: { readonly top_row: number } } }>
    readonly colors?: ReadonlyArray<{ readonly raw_hex: string }>
  }
}
type Json = Readonly<Record<string, Recorded | ReadonlyArray<Recorded>>>

/** What the answer must hold, read off the recording by simpler means than the codecs. */
const expected = (response: Json): ReadonlyArray<unknown> => {
  const { outputs } = response
  if (Array.isArray(outputs))
    return outputs.map(({ data = {} }: Recorded) => [
      ...(data.concepts ?? []).map(({ id, value }) => [id, value]),
      ...(data.regions ?? []).map(({ region_info }) => region_info.bounding_box.top_row),
      ...(data.colors ?? []).map(({ raw_hex }) => raw_hex)
    ])
  const main = Object.entries(response).find(([key]) => key !== "status")?.[1]
  const list: ReadonlyArray<Recorded> = main === undefined ? [] : Array.isArray(main) ? main : [main as Recorded]
  return list.map((item) => item.id ?? item.input?.id)
}

interface Given {
  readonly ok?: boolean
  readonly value?: Given
  readonly id?: string
  readonly input?: Given
  readonly concepts?: ReadonlyArray<{ readonly id: string; readonly score: number }>
  readonly regions?: ReadonlyArray<{ readonly box: { readonly top: number } }>
  readonly colors?: ReadonlyArray<{ readonly hex: string }>
}

const given = (answer: unknown): ReadonlyArray<unknown> => {
  const list = (answer === undefined ? [] : Array.isArray(answer) ? answer : [answer]) as ReadonlyArray<Given>
  return list.map((item) => {
    const { colors, concepts, id, input, regions } = item.value ?? item
    if (id !== undefined || input !== undefined) return id ?? input?.id
    return [
      ...(concepts ?? []).map((concept) => [concept.id, concept.score]),
      ...(regions ?? []).map(({ box }) => box.top),
      ...(colors ?? []).map(({ hex }) => hex)
    ]
  })
}

/** Recordings that are no call of this package, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  "go/ok_auth": "the token call of the OAuth days",
  "java/workflowPredict": "workflow.test.ts",
  "java/workflowBatchPredict": "workflow.test.ts",
  "java/workflowPredictWithBase64": "workflow.test.ts"
}

describe.skipIf(!hasData("wire"))("recorded exchanges, replayed by a server", () => {
  const { exchanges } = hasData("wire")
    ? (dataJson("wire", "index.json") as { readonly exchanges: ReadonlyArray<Exchange> })
    : { exchanges: [] }
  const answered = exchanges
    .filter(({ response }) => response !== undefined)
    .map((exchange) => [`${exchange.client}/${exchange.name}`, exchange] as const)

  it("are all accounted for", () => {
    for (const [name] of answered) assert.isTrue(name in plays || name in elsewhere, name)
  })
  it.each(answered.filter(([name]) => name in plays))("%s", async (name, exchange) => {
    const [play, gives] = plays[name] ?? []
    if (!play) return assert.fail(name)
    const { answer, asked } = await replay(exchange, play)
    assert.strictEqual(asked.length, 1, "one call")
    const [call] = asked
    if (!call) return
    assert.strictEqual(call.authorization, "Key recorded-key")
    if (gives !== undefined) assert.deepStrictEqual(answer, gives)
    else if (!/(get|describe).*Model$/i.test(name))
      assert.deepStrictEqual(given(answer), expected(dataJson("wire", exchange.response ?? "") as Json))
    if (exchange.method !== null) assert.strictEqual(call.method, exchange.method)
    if (exchange.path !== null) {
      const [path, query] = exchange.path.split("?")
      assert.strictEqual(call.path, path)
      if (query !== undefined && call.method === "GET") assert.strictEqual(call.query.get("page"), "1")
    }
    if (exchange.request !== undefined && !name.endsWith("invalidJson"))
      assert.deepStrictEqual(meaningOf(call.body), meaningOf(dataJson("wire", exchange.request)))
  })
})
