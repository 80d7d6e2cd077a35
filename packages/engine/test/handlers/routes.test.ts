/** Routes beside the main road: languages, apps, jobs, workflows, estimates, and those that are not served here. */
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { addDrawn, freshEngine, poll, trainDrawn } from "../support/fresh-engine.ts"
import { drawBase64 } from "../support/draw-picture.ts"
import { putTextClassifier, putTextGenerator } from "../models/pretrained/tiny-models.ts"

const motifs = ["across", "down"] as const

describe("names in other languages", () => {
  it("are kept, and used when a prediction asks for them", async () => {
    await using local = freshEngine()
    await addDrawn(local.fetch, motifs, 6)
    await trainDrawn(local.fetch, "m", motifs)
    const put = await local.ask("POST /v2/concepts/down/languages", {
      concept_languages: [{ id: "de", name: "abwärts" }]
    })
    assert.strictEqual(put.http, 200)
    const { body } = await local.ask("GET /v2/concepts/down/languages/de")
    assert.deepStrictEqual(body.concept_language, { id: "de", name: "abwärts" })
    const predicted = await local.ask("POST /v2/models/m/outputs", {
      inputs: [{ data: { image: { base64: await drawBase64("down", 50) } } }],
      model: { output_info: { output_config: { language: "de", max_concepts: 1 } } }
    })
    assert.deepInclude(predicted.body.outputs[0].data.concepts[0], { id: "down", name: "abwärts" })
    const bad = await local.ask("POST /v2/concepts/down/languages", {
      concept_languages: [{ id: "not a tag", name: "x" }]
    })
    assert.deepStrictEqual([bad.http, bad.body.status.code], [400, 40003])
  })
})

describe("searching", () => {
  const search = (and: object) => ({ query: { ands: [and] } })
  it("ranks by what a trained model sees, filters by what is annotated, and finds what looks alike", async () => {
    await using local = freshEngine()
    await addDrawn(local.fetch, motifs, 8)
    const early = await local.ask("POST /v2/searches", search({ output: { data: { concepts: [{ id: "down" }] } } }))
    assert.deepStrictEqual([early.http, early.body.status.code, early.body.hits], [400, 40002, []])
    await trainDrawn(local.fetch, "m", motifs, { concepts_mutually_exclusive: true })
    await local.ask("PATCH /v2/inputs", {
      action: "merge",
      inputs: [
        {
          id: "down-1",
          data: { metadata: { room: { floor: 2 } }, geo: { geo_point: { longitude: 11.88, latitude: 43.46 } } }
        }
      ]
    })
    const ids = async (body: object) =>
      (await local.ask("POST /v2/inputs/searches", body)).body.hits.map(
        ({ input }: { input: { id: string } }) => input.id
      )
    const seen = await ids(search({ output: { data: { concepts: [{ id: "down", value: 1 }] } } }))
    assert.strictEqual(seen.length, 16)
    assert.isTrue(seen.slice(0, 8).every((id: string) => id.startsWith("down")))
    const filters = [{ annotation: { data: { concepts: [{ id: "across", value: 1 }] } } }]
    const ranks = [{ annotation: { data: { image: { base64: await drawBase64("across", 2) } } } }]
    const both = await ids({ searches: [{ query: { filters, ranks } }], pagination: { per_page: 3 } })
    assert.strictEqual(both.length, 3)
    assert.strictEqual(both[0], "across-2")
    assert.deepStrictEqual(await ids(search({ input: { data: { metadata: { room: { floor: 2 } } } } })), ["down-1"])
    const near = { geo_point: { longitude: 11.9, latitude: 43.5 }, geo_limit: { type: "withinKilometers", value: 10 } }
    assert.deepStrictEqual(await ids(search({ input: { data: { geo: near } } })), ["down-1"])
    const far = { ...near, geo_limit: { type: "withinMiles", value: 1 } }
    assert.deepStrictEqual(await ids(search({ input: { data: { geo: far } } })), [])
  })
})

describe("a job of added inputs", () => {
  it("is counted under the id that the caller chose", async () => {
    await using local = freshEngine()
    const inputs = await Promise.all(
      [1, 2, 3].map(async (seed) => ({ data: { image: { base64: await drawBase64("down", seed) } } }))
    )
    const added = await local.ask("POST /v2/inputs", { inputs, inputs_add_job_id: "job-1" })
    assert.deepStrictEqual(added.body.inputs_add_job, { id: "job-1" })
    const done = await poll(
      () => local.ask("GET /v2/inputs/jobs/add/job-1"),
      ({ body }) => body.inputs_add_job.progress.pending_count + body.inputs_add_job.progress.in_progress_count === 0
    )
    assert.strictEqual(done.body.inputs_add_job.progress.success_count, 3)
    const cancelled = await local.ask("PATCH /v2/inputs/jobs/add/job-1", {})
    assert.strictEqual(cancelled.body.inputs_add_job.progress.success_count, 3)
    assert.strictEqual((await local.ask("GET /v2/inputs/jobs/add/none")).http, 404)
  })
})

describe("apps", () => {
  it("are listed once something is in them", async () => {
    await using local = freshEngine()
    await local.ask("POST /v2/users/me/apps/second/concepts", { concepts: [{ id: "c" }] })
    const { body } = await local.ask("GET /v2/users/me/apps")
    assert.deepStrictEqual(
      body.apps.map(({ id }: { id: string }) => id),
      ["main", "second"]
    )
    assert.strictEqual((await local.ask("GET /v2/users/me/apps/second")).body.app.id, "second")
  })
})

describe("a workflow", () => {
  it("asks its models, each with the input or with what one before it wrote", async () => {
    await using local = freshEngine()
    const folder = join(local.directory, "models")
    putTextGenerator(folder, "writer")
    putTextClassifier(folder, "judge")
    const made = await local.ask("POST /v2/workflows", {
      workflows: [
        {
          id: "w",
          nodes: [
            { id: "write", model: { id: "writer" } },
            { id: "judge", model: { id: "judge" }, node_inputs: [{ node_id: "write" }] }
          ]
        }
      ]
    })
    assert.strictEqual(made.http, 200)
    const { body, http } = await local.ask("POST /v2/workflows/w/results", {
      inputs: [{ id: "x", data: { text: { raw: "a" } } }],
      workflow_state: { id: "init" }
    })
    assert.strictEqual(http, 200)
    assert.strictEqual(body.workflow.id, "w")
    assert.strictEqual(body.results[0].input.id, "x")
    assert.strictEqual(body.results[0].outputs.length, 2)
    assert.include(body.results[0].outputs[0].data.text.raw.replaceAll(" ", ""), "bcd")
    assert.strictEqual(body.results[0].outputs[1].data.concepts.length, 2)
    assert.match(body.workflow_state.id, /^[0-9a-f]{32}$/)
    assert.strictEqual((await local.ask("POST /v2/workflows/none/results", { inputs: [{}] })).body.status.code, 22102)
    const circle = await local.ask("POST /v2/workflows", {
      workflows: [{ id: "c", nodes: [{ id: "a", model: { id: "writer" }, node_inputs: [{ node_id: "a" }] }] }]
    })
    assert.strictEqual(circle.body.status.code, 22107)
    assert.strictEqual((await local.ask("DELETE /v2/workflows/w")).http, 200)
    assert.deepStrictEqual((await local.ask("GET /v2/workflows")).body.workflows, [])
  })
})

describe("training", () => {
  it("is estimated before it is asked for", async () => {
    await using local = freshEngine()
    await local.ask("POST /v2/models", { model: { id: "m" } })
    const { body } = await local.ask("POST /v2/models/m/versions/time_estimate", { estimated_input_count: "500" })
    assert.deepStrictEqual(body.training_time_estimates, ["7s"])
  })

  it("makes versions that tell how they were asked for, whatever their model says", async () => {
    await using local = freshEngine()
    await local.ask("POST /v2/models", {
      model: { id: "m", output_info: { data: { concepts: [{ id: "a" }, { id: "b" }] } } }
    })
    const config = { concepts_mutually_exclusive: true, closed_environment: false }
    await local.ask("POST /v2/models/m/versions", { model_versions: [{ output_info: { output_config: config } }] })
    const { body } = await local.ask("GET /v2/models/m/versions")
    const [asked, made] = body.model_versions
    assert.deepStrictEqual(asked.output_info, { output_config: config })
    assert.notProperty(made, "output_info")
    const one = await local.ask(`GET /v2/models/m/versions/${asked.id}`)
    assert.deepStrictEqual(one.body.model_version.output_info, { output_config: config })
  })

  it("goes on from an earlier version when asked to, and stops when its version is deleted", async () => {
    await using local = freshEngine()
    await addDrawn(local.fetch, motifs, 6)
    const first = await trainDrawn(local.fetch, "m", motifs)
    const resume = { id: "m", model_version: { id: first.body.model_version.id } }
    const asked = await local.ask("POST /v2/models/m/versions", {
      model_versions: [{ train_info: { resume_from_model: resume } }]
    })
    const { id } = asked.body.model.model_version
    const done = await poll(
      () => local.ask(`GET /v2/models/m/versions/${id}`),
      ({ body }) => ![21103, 21101].includes(body.model_version.status.code)
    )
    assert.strictEqual(done.body.model_version.status.code, 21100)
    const third = (await local.ask("POST /v2/models/m/versions")).body.model.model_version.id
    assert.strictEqual((await local.ask(`DELETE /v2/models/m/versions/${third}`)).http, 200)
    assert.strictEqual((await local.ask(`GET /v2/models/m/versions/${third}`)).body.status.code, 21200)
    const bad = await local.ask("POST /v2/models/m/versions", {
      model_versions: [{ train_info: { resume_from_model: { id: "m", model_version: { id: "none" } } } }]
    })
    assert.strictEqual(bad.body.status.code, 21200)
  })
})

describe("what is not served", () => {
  it("says so with 10040, and what to do instead", async () => {
    await using local = freshEngine()
    for (const line of ["POST /v2/models/outputs/stream", "POST /v2/models/versions/upload"]) {
      const { body, http } = await local.ask(line, {})
      assert.deepStrictEqual([http, body.status.code], [501, 10040])
    }
  })
})

describe("streaming from a model that does not stream", () => {
  it("gives its answer as one line", async () => {
    await using local = freshEngine()
    await addDrawn(local.fetch, motifs, 6)
    await trainDrawn(local.fetch, "m", motifs)
    const body = JSON.stringify({ inputs: [{ data: { image: { base64: await drawBase64("down", 40) } } }] })
    const response = await local.fetch("/v2/models/m/outputs/generate", { method: "POST", body })
    const [line = "", rest] = (await response.text()).split("\n")
    assert.strictEqual(rest, "")
    assert.strictEqual(JSON.parse(line).result.outputs[0].data.concepts[0].id, "down")
    const two = await local.ask("POST /v2/models/m/outputs/generate", { inputs: [{}, {}] })
    assert.deepStrictEqual([two.http, two.body.status.code], [400, 40001])
  })
})
