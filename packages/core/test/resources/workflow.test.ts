import { assert, describe, it } from "@effect/vitest"
import { dataJson, hasData } from "@sightline/fixtures"
import { expectTypeOf } from "vitest"
import {
  type ConceptsAnswer,
  model,
  models,
  type Output,
  parseWorkflowUrl,
  type RegionsAnswer,
  type RunResult,
  sightline,
  workflow
} from "../../src/index.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"
import { type Exchange, meaningOf, replay } from "./recorded.ts"
import { fromPortable } from "../../src/portable.ts"

const status = { code: 10000, description: "Ok" }
const nodes = { labels: models.general, faces: models.faces }
const ours = workflow({ id: "w", nodes })
const labels = {
  status,
  model: { id: models.general.id },
  data: { concepts: [{ id: "c", name: "train", value: 0.9 }] }
}
const faces = { status, model: { id: models.faces.id }, data: { regions: [] } }
const answerTo = (body: unknown, outputs: ReadonlyArray<unknown> = [faces, labels]) => {
  const { inputs } = body as { readonly inputs: ReadonlyArray<{ readonly id?: string }> }
  return { status, workflow: { id: "w" }, results: inputs.map((input) => ({ status, input, outputs })) }
}

describe("a workflow", () => {
  it("answers once for each node, typed by the node's model", async () => {
    const app = sightline(fakeConnection(({ body }) => answerTo(body)))
    const answer = await app.input("https://x.test/a.jpg", { key: "a" }).workflow(ours).run()
    expectTypeOf(answer.nodes.labels).toExtend<RunResult<ConceptsAnswer, unknown>>()
    expectTypeOf(answer.nodes.faces).toExtend<RunResult<RegionsAnswer, unknown>>()
    expectTypeOf(answer.outputs).toExtend<ReadonlyArray<RunResult<Output, unknown>>>()
    assert.strictEqual(answer.inputId, "a")
    assert.deepStrictEqual(answer.nodes.labels.ok && answer.nodes.labels.value.concepts[0]?.name, "train")
    assert.deepStrictEqual(answer.nodes.faces.ok && answer.nodes.faces.value.regions, [])
    assert.strictEqual(answer.outputs.length, 2)
  })
  it("of which a node failed keeps the other nodes' answers", async () => {
    const failed = { status: { code: 21354, description: "busy" }, model: { id: models.faces.id }, data: {} }
    const app = sightline(fakeConnection(({ body }) => answerTo(body, [labels, failed])))
    const { nodes } = await app.input("https://x.test/a.jpg").workflow(ours).run()
    assert.isTrue(nodes.labels.ok)
    assert.strictEqual(!nodes.faces.ok && nodes.faces.error._tag, "ModelNotReady")
    const short = sightline(fakeConnection(({ body }) => answerTo(body, [labels])))
    const answer = await short.input("https://x.test/a.jpg").workflow(ours).run()
    assert.strictEqual(!answer.nodes.faces.ok && answer.nodes.faces.error._tag, "MalformedAnswer")
  })
  it("takes 32 inputs a call; each input settles by itself, and the plan says so", async () => {
    const connection = fakeConnection(({ body }) => answerTo(body))
    const chain = sightline(connection)
      .inputs(Array.from({ length: 70 }, (_, i) => `https://x.test/${i}.jpg`))
      .workflow(ours)
    assert.deepStrictEqual(
      (await chain.plan()).calls.map(({ items }) => items),
      [32, 32, 6]
    )
    const outcomes = await chain.run()
    assert.isTrue(outcomes.length === 70 && outcomes.every((outcome) => outcome.ok))
    const sizes = connection.calls.map(
      ({ body }) => (body as { readonly inputs: ReadonlyArray<unknown> }).inputs.length
    )
    assert.deepStrictEqual(
      sizes.toSorted((a, b) => b - a),
      [32, 32, 6]
    )
  })
  it("goes to the address of its owner and version, with what was asked of all nodes", async () => {
    const connection = fakeConnection(({ body }) => answerTo(body))
    const app = sightline(connection)
    await app.input("https://x.test/a.jpg").top(3).workflow("https://clarifai.com/u/a/workflows/w/versions/v").run()
    assert.strictEqual(connection.calls[0]?.path, "/v2/users/u/apps/a/workflows/w/versions/v/results")
    assert.deepStrictEqual(connection.calls[0]?.body, {
      inputs: [{ data: { image: { url: "https://x.test/a.jpg" } } }],
      output_config: { max_concepts: 3 }
    })
    const refused = await app.input("https://x.test/a.jpg").params({ a: 1 }).workflow("w").result()
    assert.strictEqual(!refused.ok && refused.error._tag, "InvalidOption")
    assert.isUndefined(parseWorkflowUrl("https://clarifai.com/u/a/models/m"))
    assert.isUndefined(parseWorkflowUrl("https://clarifai.com/u/a/workflows/%ff"))
    assert.deepInclude(parseWorkflowUrl("https://clarifai.com/u/a%20b/workflows/w"), {
      userId: "u",
      appId: "a b",
      id: "w"
    })
  })
  it("travels with its nodes", async () => {
    const connection = fakeConnection(({ body }) => answerTo(body))
    const app = sightline(connection)
    const form = app.input("https://x.test/a.jpg").workflow(ours).toPortable()
    const back = JSON.parse(JSON.stringify(form)) as typeof form
    const answer = (await fromPortable(app, back).run()) as { readonly nodes: object }
    assert.deepStrictEqual(Object.keys(answer.nodes), ["labels", "faces"])
  })
  it("that is none is refused", () => {
    const chain = sightline(fakeConnection(() => ({}))).input("https://x.test/a.jpg")
    assert.throws(() => chain.workflow(" "), /needs a workflow/)
    assert.throws(() => chain.workflow("https://x.test/nothing"), /needs a workflow/)
  })
})

describe.skipIf(!hasData("wire"))("recorded workflows, replayed by a server", () => {
  const { exchanges } = hasData("wire")
    ? (dataJson("wire", "index.json") as { readonly exchanges: ReadonlyArray<Exchange> })
    : { exchanges: [] }
  const named = (name: string): Exchange => {
    const found = exchanges.find((exchange) => exchange.name === name)
    if (!found) throw new Error(name)
    return found
  }
  const recorded = workflow({
    id: "@workflowID",
    nodes: {
      moderation: model({ id: "d16f390eb32cad478c7ae150069bd2c6", task: "visual-classifier" }),
      general: model({ id: "aaa03c23b3724a16a56b629203edc62c", task: "visual-classifier" })
    }
  })
  const check = (exchange: Exchange, asked: Awaited<ReturnType<typeof replay>>["asked"]) => {
    assert.strictEqual(asked.length, 1)
    assert.deepStrictEqual([asked[0]?.method, asked[0]?.path], [exchange.method, exchange.path])
    assert.deepStrictEqual(meaningOf(asked[0]?.body), meaningOf(dataJson("wire", exchange.request ?? "")))
  }

  it("one input", async () => {
    const exchange = named("workflowPredict")
    const { answer, asked } = await replay(exchange, (app) =>
      app.input("https://some-image-url").workflow(recorded).run()
    )
    check(exchange, asked)
    const { general, moderation } = answer.nodes
    assert.deepStrictEqual(moderation.ok && moderation.value.concepts, [
      { id: "@conceptID11", name: "safe", score: 0.99999714 }
    ])
    assert.deepStrictEqual(general.ok && general.value.concepts.map(({ name }) => name), ["train", "railway"])
  })
  it("bytes", async () => {
    const exchange = named("workflowPredictWithBase64")
    const { inputs } = dataJson("wire", exchange.request ?? "") as {
      readonly inputs: ReadonlyArray<{ readonly data: { readonly image: { readonly base64: string } } }>
    }
    const bytes = new Uint8Array(Buffer.from(inputs[0]?.data.image.base64 ?? "", "base64"))
    const { answer, asked } = await replay(exchange, (app) => app.input(bytes).workflow("@workflowID").run())
    check(exchange, asked)
    assert.isTrue(answer.outputs.length > 0 && answer.outputs.every(({ ok }) => ok))
  })
  it("two inputs with options", async () => {
    const exchange = named("workflowBatchPredict")
    const { answer, asked } = await replay(exchange, (app) =>
      app.inputs(["https://some-image-url1", "https://some-image-url2"]).top(3).atLeast(0.98).workflow(recorded).run()
    )
    check(exchange, asked)
    assert.deepStrictEqual(
      answer.map((outcome) => outcome.ok && outcome.value.nodes.general.ok),
      [true, true]
    )
  })
})
