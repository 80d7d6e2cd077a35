// Every cURL call of the project's documents and of the platform's, as this package makes it: the method, the path and
// the meaning of the body are theirs.
import { assert, describe, it } from "@effect/vitest"
import { dataJson, hasData } from "@sightline/fixtures"
import * as Effect from "effect/Effect"
import { Media, model, sightline, textMedia } from "../../src/index.ts"
import { resources } from "../../src/resources.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"
import { type Exchange, meaningOf } from "./recorded.ts"

interface Curl {
  readonly method: string
  readonly url: string | null
  readonly body?: unknown
}
const appOf = (connection: Parameters<typeof sightline>[0]) => sightline(connection).use(resources())
type App = ReturnType<typeof appOf>
type Call = (app: App) => Promise<unknown>

const bytes = Uint8Array.of(1, 2, 3)
const at = (url: string) => `https://samples.clarifai.com/${url}`
const general = model({ id: "aaa03c23b3724a16a56b629203edc62c", task: "visual-classifier" })
const general2 = model({ id: "@@generalModelId", task: "visual-classifier" })
const clip = (source: Media<"video">["source"]) => new Media("video", source)

/** Each call by where it stands in the file. */
const seeds: ReadonlyArray<Call | string> = [
  (app) =>
    app
      .input(at("metro-north.jpg"))
      .version("{THE_MODEL_VERSION_ID}")
      .predict(model({ id: "{THE_MODEL_ID}", task: "visual-classifier" }))
      .run(),
  (app) => app.input(bytes).predict("{THE_MODEL_ID}").run(),
  "its body is read from standard input",
  (app) =>
    app.resources.inputs
      .add(
        [
          { input: at("puppy.jpeg"), concepts: ["charlie"], notConcepts: ["our_wedding"] },
          { input: at("wedding.jpg"), concepts: ["our_wedding"], notConcepts: ["charlie", "cat"] }
        ],
        { allowDuplicateUrl: true }
      )
      .all(),
  (app) =>
    app.resources.models
      .create({ id: "pets", concepts: ["charlie"], mutuallyExclusive: false, closedEnvironment: false })
      .run(),
  (app) => app.resources.versions.train("pets").run(),
  (app) => app.input(at("metro-north.jpg")).version("{YOUR_MODEL_VERSION_ID}").predict("pets").run(),
  (app) => app.input(at("metro-north.jpg")).version("aa7f35c01e0642fda5cf400f543e7c40").predict(general).run(),
  (app) => app.input(bytes).predict(general2).run(),
  "its body is read from standard input",
  (app) =>
    app
      .input(clip({ from: "url", url: at("beer.mp4") }))
      .sampleMs(1000)
      .predict(general2)
      .run(),
  (app) =>
    app
      .input(clip({ from: "bytes", bytes }))
      .sampleMs(1000)
      .predict(general2)
      .run()
]

const annotations = "annotations, tasks and collectors are no part of this package"
const graph = "the knowledge graph is no part of this package"
const filters = "filters of datasets are gone from the protocol"
const mappers = "models that map concepts are set up elsewhere"
const searched = "annotations are searched, not inputs"
const docs: ReadonlyArray<Call | string> = [
  ...Array.from({ length: 6 }, () => annotations),
  graph,
  annotations,
  annotations,
  (app) => app.resources.inputs.add([{ input: at("metro-north.jpg") }], { allowDuplicateUrl: true }).all(),
  (app) =>
    app.resources.inputs.add([{ input: at("puppy.jpeg"), concepts: ["charlie"] }], { allowDuplicateUrl: true }).all(),
  (app) =>
    app.resources.inputs
      .add([{ input: at("puppy.jpeg"), metadata: { id: "id001", type: "animal", size: 100 } }], {
        allowDuplicateUrl: true
      })
      .all(),
  (app) => app.resources.inputs.merge([{ id: "{YOUR_INPUT_ID}", concepts: ["tree"], notConcepts: ["water"] }]).run(),
  (app) =>
    app.resources.inputs
      .merge([
        { id: "{YOUR_INPUT_ID_1}", concepts: ["tree"], notConcepts: ["water"] },
        { id: "{YOUR_INPUT_ID_2}", concepts: ["animal"], notConcepts: ["fruit"] }
      ])
      .run(),
  (app) => app.resources.inputs.removeConcepts("{YOUR_INPUT_ID}", ["water"]).run(),
  (app) =>
    app.resources.inputs
      .removeConceptsOf({ "{YOUR_INPUT_ID_1}": ["tree", "water"], "{YOUR_INPUT_ID_2}": ["animal", "fruit"] })
      .run(),
  (app) =>
    app.resources.datasets
      .create({ id: "dataset-1633032323", description: "This is the foo dataset", metadata: { lol: "hey" } })
      .run(),
  (app) =>
    app.resources.datasets
      .change(
        { id: "{{dataset_id}}", description: "This is the new foo dataset", metadata: { foo: "bar" } },
        "overwrite"
      )
      .run(),
  filters,
  (app) => app.resources.datasets.delete("{{dataset_id}}").run(),
  filters,
  filters,
  (app) => app.resources.datasets.addInputs("d", ["{{input_id}}"]).run(),
  filters,
  (app) => app.resources.models.create({ id: "petsID", concepts: ["boscoe"] }).run(),
  (app) => app.resources.models.change({ id: "petsID", concepts: ["charlie"] }).run(),
  (app) => app.resources.models.change({ id: "petsID", concepts: ["charlie"] }, "remove").run(),
  (app) => app.resources.models.search("gen*", { modelType: "concept" }).all(),
  "the template of a training is given to the training today, not to the model",
  (app) =>
    app.resources.workflows
      .create({
        id: "my-new-workflow-id",
        nodes: [
          { id: "embed", modelId: "{YOUR_EMBED_MODEL_ID}", versionId: "{YOUR_EMBED_MODEL_VERSION_ID}" },
          {
            id: "my-custom-model",
            modelId: "{YOUR_CUSTOM_MODEL_ID}",
            versionId: "{YOUR_CUSTOM_MODEL_VERSION_ID}",
            after: ["embed"]
          }
        ]
      })
      .run(),
  (app) => app.input(at("metro-north.jpg")).language("zh").predict(general).run(),
  (app) => app.input(at("metro-north.jpg")).concepts("train", "ai_6kTjGfF6").predict(general).run(),
  (app) => app.input(at("metro-north.jpg")).top(3).predict(general).run(),
  (app) => app.input(at("metro-north.jpg")).atLeast(0.95).predict(general).run(),
  (app) => app.input(textMedia("<$(raw /home/user/image.jpeg)>")).predict("{THE_MODEL_ID}").run(),
  searched,
  (app) =>
    app.resources.inputs
      .add([{ input: at("dog.tiff"), place: { longitude: -30, latitude: 40 } }], { allowDuplicateUrl: true })
      .all(),
  searched,
  searched,
  (app) =>
    app.resources.search
      .inputs({ label: { name: "cat" }, concept: { name: "dog", present: false } }, { via: "searches" })
      .all(),
  (app) => app.resources.search.inputs({ metadata: { type: "animal" } }, { via: "searches" }).all(),
  (app) => app.resources.search.inputs({ label: { name: "people" } }, { via: "searches" }).all(),
  (app) => app.resources.search.inputs({ concept: { name: "犬", language: "ja" } }, { via: "searches" }).all(),
  (app) => app.resources.search.inputs({ like: { url: "{YOUR_IMAGE_URL}" } }, { via: "searches" }).all(),
  "a search that was kept is no part of this package",
  searched,
  (app) =>
    app.resources.concepts
      .add([
        { id: "peopleID", name: "people" },
        { id: "manID", name: "man" },
        { id: "adultID", name: "adult" }
      ])
      .run(),
  graph,
  ...Array.from({ length: 3 }, () => mappers),
  (app) => app.resources.workflows.deleteAll().run()
]

/** A body's meaning in today's words; what makes no difference to a service makes none here. */
const today = (body: unknown, removing = false): unknown => {
  if (Array.isArray(body)) return body.map((item) => today(item, removing))
  if (typeof body !== "object" || body === null) return body
  const taken = removing || Object(body).action === "remove"
  const entries = Object.entries(body).map(([key, value]): readonly [string, unknown] => {
    if (key === "base64") return [key, "bytes"] // a shell reads them there
    const item = today(value, taken)
    if (!key.endsWith("concepts") || !Array.isArray(item)) return [key, item]
    // one without a value is there; one that is taken away may have any
    return [key, item.map((one) => ({ value: 1, ...one, ...(taken ? { value: 0 } : {}) }))]
  })
  return Object.fromEntries(entries)
}

/** What a document's body says today: one model is a list of one, and datasets have ids alone. */
const modern = (body: unknown): unknown => {
  if (typeof body !== "object" || body === null) return {}
  if ("model" in body && !("inputs" in body)) return { models: [body.model] }
  if ("datasets" in body && Array.isArray(body.datasets))
    return {
      ...body,
      datasets: body.datasets.map((one) => Object.fromEntries(Object.entries(one).filter(([key]) => key !== "name")))
    }
  return body
}

const hold = async ({ body, method, url }: Curl, call: Call) => {
  const fake = fakeConnection(() => ({ status: { code: 10000 } }))
  const owner = url?.includes("/users/me/apps/{{app}}/") === true ? { userId: "me", appId: "{{app}}" } : {}
  const connection = { ...fake, settings: Effect.map(fake.settings, (settings) => ({ ...settings, ...owner })) }
  await call(appOf(connection)).catch(() => undefined)
  assert.strictEqual(fake.calls.length, 1)
  const [sent] = fake.calls
  if (url !== null) {
    assert.strictEqual(sent?.method, method)
    const path = decodeURIComponent(new URL(url).pathname).replace(/\/$/, "")
    assert.strictEqual(decodeURIComponent(sent?.path ?? ""), path)
  }
  assert.deepStrictEqual(today(meaningOf(sent?.body ?? {})), today(meaningOf(modern(body))))
}

describe.skipIf(!hasData("wire")).each([
  ["seeds", seeds],
  ["docs", docs]
] as const)("cURL calls of %s", (folder, calls) => {
  const curls = hasData("wire") ? (dataJson("wire", folder, "curl-requests.json") as ReadonlyArray<Curl>) : []
  it("are all accounted for", () => {
    assert.strictEqual(calls.length, curls.length)
  })
  const made = curls.flatMap((curl, i) => {
    const call = calls[i]
    return typeof call === "function" ? [[`${i}: ${curl.method} ${curl.url}`, curl, call] as const] : []
  })
  it.each(made)("%s", (_, curl, call) => hold(curl, call))
})

describe.skipIf(!hasData("wire"))("requests that were recorded without an answer", () => {
  const { exchanges } = hasData("wire")
    ? (dataJson("wire", "index.json") as { readonly exchanges: ReadonlyArray<Exchange> })
    : { exchanges: [] }
  const calls: Readonly<Record<string, Call>> = {
    ok_add_1_image_to_index_from_url_with_metadata: (app) =>
      app.resources.inputs.add([{ input: at("wedding.jpg"), metadata: { event_type: "wedding" } }]).all(),
    ok_predict_1img: (app) =>
      app
        .input("https://s-media-cache-ak0.pinimg.com/564x/be/20/f1/be20f1305c77aba6eddfcfbb9fae585d.jpg")
        .predict(general)
        .run(),
    ok_reverse_image_search_1img: (app) =>
      app.resources.search.inputs({ like: { url: at("metro-north.jpg") } }, { via: "searches" }).all()
  }
  const alone = exchanges.filter(({ request, response }) => request !== undefined && response === undefined)
  it("are all accounted for", () => {
    assert.deepStrictEqual(alone.map(({ name }) => name).toSorted(), Object.keys(calls).toSorted())
  })
  it.each(alone)("$name", async ({ name, request = "" }) => {
    const body: unknown = JSON.parse(
      // false is what it is without
      JSON.stringify(dataJson("wire", request), (key, value: unknown) =>
        key === "allow_duplicate_url" && value === false ? undefined : value
      )
    )
    await hold({ method: "POST", url: null, body }, calls[name] ?? (() => Promise.reject(new Error(name))))
  })
})
