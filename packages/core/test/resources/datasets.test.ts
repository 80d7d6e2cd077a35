import { assert, describe, it } from "@effect/vitest"
import { sightline } from "../../src/index.ts"
import { resources } from "../../src/resources.ts"
import { type FakeCall, fakeConnection } from "../../src/testing/fake-connection.ts"

const status = { code: 10000, description: "Ok" }
const appOf = (answer: (call: FakeCall) => object) => {
  const connection = fakeConnection((call) => ({ status, ...answer(call) }))
  return { ...sightline(connection).use(resources()).resources, connection }
}
const said = ({ body, method, path }: FakeCall) => [method, path.split("?")[0], body]

describe("datasets", () => {
  const wire = { id: "d", app_id: "a", user_id: "u", description: "D", metadata: { n: 1 } }
  it("are created, found, changed and deleted", async () => {
    const { connection, datasets } = appOf(({ method, path }) =>
      method === "GET" && path.startsWith("/v2/datasets/") ? { dataset: wire } : { datasets: [wire, { id: "e" }] }
    )
    const record = { id: "d", appId: "a", userId: "u", description: "D", metadata: { n: 1 } }
    assert.deepStrictEqual(await datasets.create({ id: "d", metadata: { n: 1 } }).run(), [
      record,
      { id: "e", metadata: {} }
    ])
    assert.deepStrictEqual(await datasets.get("d").run(), record)
    assert.deepStrictEqual((await datasets.list().all()).length, 2)
    await datasets.change({ id: "d", description: "E" }).run()
    await datasets.delete("d", "e").run()
    assert.deepStrictEqual(connection.calls.map(said), [
      ["POST", "/v2/datasets", { datasets: [{ id: "d", metadata: { n: 1 } }] }],
      ["GET", "/v2/datasets/d", undefined],
      ["GET", "/v2/datasets", undefined],
      ["PATCH", "/v2/datasets", { datasets: [{ id: "d", description: "E" }], action: "merge" }],
      ["DELETE", "/v2/datasets", { dataset_ids: ["d", "e"] }]
    ])
    const { datasets: none } = appOf(() => ({}))
    const result = await none.get("d").result()
    assert.strictEqual(!result.ok && result.error._tag, "MalformedAnswer")
  })
  it("hold inputs", async () => {
    const { connection, datasets } = appOf(() => ({
      dataset_inputs: [
        { input: { id: "i", status: { code: 30000 }, data: { image: { url: "https://x.test/i.jpg" } } } }
      ]
    }))
    const [input] = await datasets.inputs("d").all()
    assert.deepStrictEqual([input?.id, input?.kind, input?.state], ["i", "image", "ready"])
    assert.strictEqual((await datasets.addInputs("d", ["i"]).run()).length, 1)
    await datasets.removeInputs("d", ["i"]).run()
    assert.deepStrictEqual(connection.calls.map(said).slice(1), [
      ["POST", "/v2/datasets/d/inputs", { dataset_inputs: [{ input: { id: "i" } }] }],
      ["DELETE", "/v2/datasets/d/inputs", { input_ids: ["i"] }]
    ])
  })
  it.each([
    [64005, "pending"],
    [64010, "pending"],
    [64015, "ready"],
    [64020, "failed"],
    [64025, "failed"]
  ])("have versions, of which one with %i is %s", async (code, state) => {
    const version = { id: "v", status: { code } }
    const { connection, datasets } = appOf(({ path }) =>
      path.endsWith("/versions/v") ? { dataset_version: version } : { dataset_versions: [version] }
    )
    assert.strictEqual((await datasets.freeze("d", { description: "now" }).run())[0]?.state, state)
    assert.strictEqual((await datasets.version("d", "v").run()).state, state)
    assert.strictEqual((await datasets.versions("d").all())[0]?.state, state)
    await datasets.deleteVersions("d", ["v"]).run()
    assert.deepStrictEqual(connection.calls.map(said)[0]?.[2], { dataset_versions: [{ description: "now" }] })
  })
})

describe("a scan of a large app", () => {
  const all = Array.from({ length: 5 }, (_, i) => ({ id: `i${i}`, status: { code: 30000 } }))
  const streamed = ({ path }: FakeCall) => {
    const query = new URL(path, "http://x").searchParams
    const from = all.findIndex(({ id }) => id === query.get("last_id")) + 1
    return { inputs: all.slice(from, from + Number(query.get("per_page"))) }
  }
  it("begins each page where the one before ended", async () => {
    const { connection, inputs } = appOf(streamed)
    const ids = (await inputs.scan({ pageSize: 2 }).all()).map(({ id }) => id)
    assert.deepStrictEqual(ids, ["i0", "i1", "i2", "i3", "i4"])
    assert.deepStrictEqual(
      connection.calls.map(({ path }) => path),
      [
        "/v2/inputs/stream?per_page=2",
        "/v2/inputs/stream?per_page=2&last_id=i1",
        "/v2/inputs/stream?per_page=2&last_id=i3"
      ]
    )
    assert.deepStrictEqual(
      (await inputs.scan({ after: "i3" }).all()).map(({ id }) => id),
      ["i4"]
    )
  })
  it("of a service that does not know how ends", async () => {
    const { connection, inputs } = appOf(() => ({ inputs: all.slice(0, 2) }))
    await inputs.scan({ pageSize: 2 }).all()
    assert.strictEqual(connection.calls.length, 2)
  })
})

describe("lists of models and inputs", () => {
  it("ask for what is wanted, lists once for each item", async () => {
    const { connection, inputs, models, versions } = appOf(() => ({}))
    await models
      .list({ takes: "image", gives: "concepts", useCases: ["a", "b"], sortBy: "star_count", featuredOnly: true })
      .all()
    await inputs.list({ ids: ["i", "j"], code: 30000 }).all()
    await versions.list("m", { trainedOnly: true }).all()
    assert.deepStrictEqual(
      connection.calls.map(({ path }) => path),
      [
        "/v2/models?input_fields=image&output_fields=concepts&use_cases=a&use_cases=b&featured_only=true&sort_by_star_count=true&page=1&per_page=128",
        "/v2/inputs?ids=i&ids=j&status.code=30000&page=1&per_page=128",
        "/v2/models/m/versions?trained_only=true&page=1&per_page=128"
      ]
    )
  })
  it("tell the kinds of model, and what can be set", async () => {
    const type = {
      id: "visual-classifier",
      title: "Visual Classifier",
      input_fields: ["image"],
      output_fields: ["concepts"],
      trainable: true,
      model_type_fields: [
        {
          path: "train_info.params.num_epochs",
          default_value: 2,
          required: true,
          model_type_range_info: { min: 1, max: 9 }
        }
      ]
    }
    const { models } = appOf(({ path }) =>
      path.startsWith("/v2/models/types/") ? { model_type: type } : { model_types: [type] }
    )
    const found = await models.type("visual-classifier").run()
    assert.deepStrictEqual(found, {
      id: "visual-classifier",
      title: "Visual Classifier",
      takes: ["image"],
      gives: ["concepts"],
      trainable: true,
      settings: [{ path: "train_info.params.num_epochs", required: true, default: 2, range: { min: 1, max: 9 } }]
    })
    assert.deepStrictEqual(await models.types().all(), [found])
  })
  it("name a model by the address of its page", async () => {
    const { connection, models, versions } = appOf(() => ({ model: { id: "m" }, model_version: { id: "v" } }))
    const page = "https://clarifai.com/meta/Llama-3/models/m"
    await models.get(page).run()
    await models.describe(`${page}/versions/v`).run()
    await versions.get(page, "v").run()
    assert.deepStrictEqual(
      connection.calls.map(({ path }) => path),
      ["/models/m", "/models/m/versions/v/output_info", "/models/m/versions/v"].map(
        (path) => `/v2/users/meta/apps/Llama-3${path}`
      )
    )
  })
})

describe("a job of adding inputs", () => {
  it("is named with each call, and tells how far it is", async () => {
    const progress = { pending_count: "3", in_progress_count: 1, success_count: "128" }
    const { connection, inputs } = appOf(({ body, path }) =>
      path.includes("/jobs/") ? { inputs_add_job: { id: "j", progress } } : { inputs: Object(body).inputs }
    )
    await inputs.add([{ input: "https://x.test/a.jpg" }], { job: "jöb", onTakenId: "skip" }).all()
    assert.deepStrictEqual(connection.calls[0]?.body, {
      inputs: [{ data: { image: { url: "https://x.test/a.jpg" } } }],
      input_id_conflict_resolution: 1,
      inputs_add_job_id: "jöb"
    })
    const record = { id: "j", waiting: 3, processing: 1, ready: 128, failed: 0 }
    assert.deepStrictEqual(await inputs.job("j").run(), record)
    assert.deepStrictEqual(await inputs.cancelJob("j").run(), record)
    assert.deepStrictEqual(
      connection.calls.slice(1).map(({ method, path }) => [method, path]),
      [
        ["GET", "/v2/inputs/jobs/add/j"],
        ["PATCH", "/v2/inputs/jobs/add/j"]
      ]
    )
  })
})

describe("the size of a page", () => {
  it.each([
    [5000, 1000],
    [0, 128],
    [Number.NaN, 128],
    [-3, 1],
    [7.9, 7]
  ])("%d is asked for as %d", async (pageSize, asked) => {
    const { concepts, connection, inputs } = appOf(() => ({}))
    await concepts.list({ pageSize }).all()
    await inputs.scan({ pageSize }).all()
    assert.deepStrictEqual(
      connection.calls.map(({ path }) => new URL(path, "http://x").searchParams.get("per_page")),
      [String(asked), String(asked)]
    )
  })
})
