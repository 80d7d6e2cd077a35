import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { expectTypeOf } from "vitest"
import { file, type CallError, Media, MediaUnreadable, sightline, textMedia } from "../../src/index.ts"
import { definePlugin } from "../../src/plugin.ts"
import { type ConceptRecord, type Listing, type NewInput, type Operation, resources } from "../../src/resources.ts"
import { type FakeCall, fakeConnection } from "../../src/testing/fake-connection.ts"

const status = { code: 10000, description: "Ok" }
const appOf = (answer: (call: FakeCall) => unknown, limits = {}) => {
  const connection = fakeConnection(answer, { limits })
  return { ...sightline(connection).use(resources()).resources, connection }
}
const queryOf = ({ path }: FakeCall) => new URL(path, "http://x").searchParams
interface Sent {
  readonly inputs: ReadonlyArray<{ readonly id?: string; readonly data: Readonly<Record<string, unknown>> }>
  readonly input_id_conflict_resolution?: number
}
const sentBy = (call: FakeCall | undefined) => call?.body as Sent
const accept = ({ body }: FakeCall) => ({
  status,
  inputs: (body as Sent).inputs.map((input) => ({ ...input, status: { code: 30001 } }))
})

describe("a list", () => {
  const concepts = Array.from({ length: 25 }, (_, i) => ({ id: `c${i}`, value: 1 }))
  const paged = (call: FakeCall) => {
    const page = Number(queryOf(call).get("page"))
    const size = Number(queryOf(call).get("per_page"))
    return { status, concepts: concepts.slice((page - 1) * size, page * size) }
  }
  it("is read page by page, to a page that is not full, and once more for what has moved", async () => {
    const { concepts: list, connection } = appOf(paged)
    const all = await list.list({ pageSize: 10 }).all()
    expectTypeOf(all).toEqualTypeOf<ReadonlyArray<ConceptRecord>>()
    assert.deepStrictEqual(
      all.map(({ id }) => id),
      concepts.map(({ id }) => id)
    )
    assert.deepStrictEqual(
      connection.calls.map((call) => queryOf(call).get("page")),
      ["1", "2", "3", "1"]
    )
  })
  it("whose last page is full ends with an empty one", async () => {
    const { concepts: list, connection } = appOf(paged)
    assert.strictEqual((await list.list({ pageSize: 5 }).all()).length, 25)
    assert.strictEqual(connection.calls.length, 7)
  })
  it("asks for no page that is not read", async () => {
    const { concepts: list, connection } = appOf(paged)
    for await (const { id } of list.list({ pageSize: 10 })) if (id === "c3") break
    assert.strictEqual(connection.calls.length, 1)
  })
  it("of a service that does not know pages ends", async () => {
    const { concepts: list, connection } = appOf(() => ({ status, concepts: concepts.slice(0, 10) }))
    assert.strictEqual((await list.list({ pageSize: 10 }).all()).length, 10)
    assert.strictEqual(connection.calls.length, 4)
  })
  it("gives what came before a failure", async () => {
    const { concepts: list } = appOf((call) =>
      queryOf(call).get("page") === "1" ? paged(call) : { status: { code: 11007 } }
    )
    const seen: Array<string> = []
    let tag: unknown
    try {
      for await (const { id } of list.list({ pageSize: 10 })) seen.push(id)
    } catch (error) {
      tag = Object(error)._tag
    }
    assert.deepStrictEqual([seen.length, tag], [10, "Forbidden"])
  })
  it("is an Effect Stream too, and a search gives its page in the body", async () => {
    const { concepts: list, connection } = appOf(() => ({ status, concepts: [] }))
    assert.deepStrictEqual(
      await Effect.runPromise(Stream.runCollect(list.search("a*", { pageSize: 7 }).toStream())),
      []
    )
    assert.deepStrictEqual(connection.calls[0]?.body, {
      concept_query: { name: "a*" },
      pagination: { page: 1, per_page: 7 }
    })
  })
})

describe("an operation", () => {
  it("is made when it is run, each time, as a Promise or an Effect", async () => {
    const { connection, models } = appOf(() => ({ status, model: { id: "m", model_type_id: "visual-classifier" } }))
    const get = models.get("m")
    expectTypeOf(get).toExtend<Operation<{ readonly id: string }, CallError>>()
    assert.strictEqual(connection.calls.length, 0)
    const [one, two] = [await get.run(), await Effect.runPromise(Effect.map(get, ({ id }) => id))]
    assert.deepStrictEqual([one.id, one.task, two, connection.calls.length], ["m", "visual-classifier", "m", 2])
    assert.strictEqual(String(get), "models.get(m)")
  })
  it("fails with a typed error, as a rejection or a value", async () => {
    const { models } = appOf(() => ({ status: { code: 21200, description: "Model does not exist" } }))
    const result = await models.get("m").result()
    assert.strictEqual(!result.ok && result.error._tag, "NotFound")
    const error: unknown = await models
      .get("m")
      .run()
      .catch((thrown: unknown) => thrown)
    assert.strictEqual(Object(error)._tag, "NotFound")
  })
  it("whose answer leaves its resource out is malformed", async () => {
    const { inputs } = appOf(() => ({ status }))
    const result = await inputs.get("i").result()
    assert.strictEqual(!result.ok && result.error._tag, "MalformedAnswer")
  })
  it("puts ids into the path safely, and a handle's owner too", async () => {
    const { connection, models } = appOf(() => ({ status, model: { id: "m" } }))
    await models.get("a/keys?x=1").run()
    await models.describe({ id: "m", userId: "u/1", appId: "a", versionId: "v" }).run()
    assert.deepStrictEqual(
      connection.calls.map(({ path }) => path),
      ["/v2/models/a%2Fkeys%3Fx%3D1", "/v2/users/u%2F1/apps/a/models/m/versions/v/output_info"]
    )
  })
})

describe("adding inputs", () => {
  it("takes 128 a call and gives an outcome for each, in order", async () => {
    const { connection, inputs } = appOf(accept)
    const given = Array.from({ length: 300 }, (_, i): NewInput => ({ input: `https://x.test/${i}.jpg`, id: `i${i}` }))
    const outcomes = await inputs.add(given).all()
    assert.deepStrictEqual(
      connection.calls.map((call) => sentBy(call).inputs.length),
      [128, 128, 44]
    )
    assert.deepStrictEqual(
      outcomes.map(({ index, key, ok }) => [index, key, ok]),
      given.map(({ id }, i) => [i, id, true])
    )
  })
  it("sends labels, metadata, places and media of every kind as the protocol has them", async () => {
    const { connection, inputs } = appOf(accept)
    const given: ReadonlyArray<NewInput> = [
      { input: "https://x.test/a.jpg", concepts: ["a", { id: "b", name: "B" }], notConcepts: ["c"] },
      { input: Uint8Array.of(1, 2, 3), metadata: { é: "“x”" }, place: { longitude: 1.5, latitude: -1 } },
      { input: textMedia("grüße"), id: "t" },
      { input: new Media("video", { from: "url", url: "https://x.test/v.mp4" }) }
    ]
    const outcomes = await inputs.add(given, { allowDuplicateUrl: true, onTakenId: "suffix" }).all()
    assert.isTrue(outcomes.every(({ ok }) => ok))
    assert.deepStrictEqual(sentBy(connection.calls[0]), {
      inputs: [
        {
          data: {
            image: { url: "https://x.test/a.jpg", allow_duplicate_url: true },
            concepts: [
              { id: "a", value: 1 },
              { id: "b", name: "B", value: 1 },
              { id: "c", value: 0 }
            ]
          }
        },
        {
          data: {
            image: { base64: "AQID", allow_duplicate_url: true },
            metadata: { é: "“x”" },
            geo: { geo_point: { longitude: 1.5, latitude: -1 } }
          }
        },
        { id: "t", data: { text: { raw: "grüße" } } },
        { data: { video: { url: "https://x.test/v.mp4", allow_duplicate_url: true } } }
      ],
      input_id_conflict_resolution: 2
    })
  })
  it("cuts calls by bytes", async () => {
    const { connection, inputs } = appOf(accept, { targetBodyBytes: 3000 })
    await inputs.add(Array.from({ length: 5 }, () => ({ input: new Uint8Array(1000).fill(7) }))).all()
    assert.deepStrictEqual(
      connection.calls.map((call) => sentBy(call).inputs.length),
      [2, 2, 1]
    )
  })
  it("fails alone what cannot be used, what is refused, and what is not answered", async () => {
    const { connection, inputs } = appOf(
      ({ body }) => ({
        status: { code: 10010, description: "Mixed Success" },
        inputs: (body as Sent).inputs
          .slice(0, 2)
          .map((input, i) => ({ ...input, status: i === 0 ? { code: 30000 } : { code: 30100, details: "duplicate" } }))
      }),
      { maxBytes: { image: 10, video: 10, audio: 10, text: 10 } }
    )
    const outcomes = await inputs
      .add([
        { input: "https://x.test/1.jpg" },
        { input: new Uint8Array(11) },
        { input: "https://x.test/2.jpg" },
        { input: file("/no/such/file.jpg"), id: "gone" },
        { input: "https://x.test/3.jpg" }
      ])
      .all()
    assert.strictEqual(connection.calls.length, 1)
    assert.deepStrictEqual(
      outcomes.map((outcome) => (outcome.ok ? outcome.value.state : outcome.error._tag)),
      ["ready", "MediaUnreadable", "Conflict", "MediaUnreadable", "MalformedAnswer"]
    )
    assert.deepStrictEqual(
      outcomes.map(({ index }) => index),
      [0, 1, 2, 3, 4]
    )
  })
  it("go through the app's plugins, which may refuse one", async () => {
    const connection = fakeConnection(accept)
    const careful = definePlugin({
      name: "careful",
      version: 1,
      hooks: {
        prepare: (media, { key }) => {
          if (key === "broken") throw new RangeError("a mistake of the plugin")
          return key === "bad"
            ? Effect.fail(new MediaUnreadable({ media: media.describe(), problem: "not this one" }))
            : Effect.succeed(media.withBytes(Uint8Array.of(1, 2, 3)))
        }
      }
    })
    const { inputs } = sightline(connection).use(careful).use(resources()).resources
    const picture = new Uint8Array(9)
    const outcomes = await inputs.add(["good", "bad", "broken"].map((id) => ({ input: picture, id }))).all()
    assert.deepStrictEqual(
      outcomes.map((outcome) => (outcome.ok ? outcome.value.id : outcome.error._tag)),
      ["good", "MediaUnreadable", "MediaUnreadable"]
    )
    assert.deepInclude(sentBy(connection.calls[0]).inputs[0]?.data, { image: { base64: "AQID" } })
  })
  it("refused as a whole fails each with the reason", async () => {
    const { inputs } = appOf(() => ({ status: { code: 11009, description: "API key not found" }, inputs: [] }))
    const outcomes = await inputs.add([{ input: "https://x.test/1.jpg" }, { input: "https://x.test/2.jpg" }]).all()
    assert.deepStrictEqual(
      outcomes.map((o) => !o.ok && o.error._tag),
      ["Unauthorized", "Unauthorized"]
    )
  })
  it("keeps the outcomes before its source breaks, and reads no further than it is read", async () => {
    const { inputs } = appOf(accept, { inputsPerAdd: 2 })
    let read = 0
    async function* source(): AsyncGenerator<NewInput> {
      for (;;) {
        if (read === 4) throw new Error("no more")
        read++
        yield { input: `https://x.test/${read}.jpg` }
      }
    }
    let seen = 0
    let tag: unknown
    try {
      for await (const outcome of inputs.add(source())) if (outcome.ok) seen++
    } catch (error) {
      tag = Object(error)._tag
    }
    assert.deepStrictEqual([seen, tag], [4, "SourceFailed"])
    read = -1000
    for await (const outcome of inputs.add(source())) if (outcome.ok) break
    assert.isBelow(read, -980)
  })
})

describe("waiting until inputs are processed", () => {
  const counts = (to_process: number) => ({
    status,
    counts: { processed: 9 - to_process, to_process, processing: 0, errors: 0 }
  })
  it.effect("ends when none is left", () =>
    Effect.gen(function* () {
      let left = 3
      const { inputs } = appOf(() => counts(left--))
      const waiting = yield* Effect.forkChild(inputs.processed().asEffect())
      yield* TestClock.adjust("10 seconds")
      for (let i = 0; i < 50; i++) yield* Effect.promise(() => new Promise((done) => setImmediate(done)))
      yield* TestClock.adjust("10 seconds")
      for (let i = 0; i < 50; i++) yield* Effect.promise(() => new Promise((done) => setImmediate(done)))
      yield* TestClock.adjust("10 seconds")
      for (let i = 0; i < 50; i++) yield* Effect.promise(() => new Promise((done) => setImmediate(done)))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* Fiber.join(waiting), { ready: 9, waiting: 0, processing: 0, failed: 0 })
    })
  )
  it("ends with its deadline too", async () => {
    const { inputs } = appOf(() => counts(5))
    const result = await inputs.processed({ timeoutMs: 60 }).result()
    assert.strictEqual(!result.ok && result.error._tag, "TimedOut")
  })
})

describe("waiting until a version is trained", () => {
  it("ends when it is no longer pending, however it ended, or at its deadline", async () => {
    for (const [code, state] of [
      [21100, "ready"],
      [21352, "ready"],
      [21353, "ready"],
      [21111, "failed"],
      [29999, "failed"]
    ] as const) {
      let asked = 0
      const { versions } = appOf(() => ({
        status,
        model_version: { id: "v", status: { code: ++asked < 3 ? 21103 : code } }
      }))
      assert.strictEqual((await versions.settled("m", "v").run()).state, state)
      assert.strictEqual(asked, 3)
    }
    const { versions } = appOf(() => ({ status, model_version: { id: "v", status: { code: 21101 } } }))
    const result = await versions.settled("m", "v", { timeoutMs: 50 }).result()
    assert.strictEqual(!result.ok && result.error._tag, "TimedOut")
  })
})

describe("an evaluation", () => {
  it("is read in our words, and asked for with its figures", async () => {
    const metrics = {
      status: { code: 21300, description: "Model evaluated" },
      summary: {
        macro_avg_roc_auc: 0.9,
        macro_avg_f1_score: 0.8,
        macro_avg_precision: 0.7,
        macro_avg_recall: 0.6,
        top1_accuracy: 0.5
      },
      binary_metrics: [
        {
          num_pos: 3,
          num_neg: 4,
          num_tot: 7,
          roc_auc: 0.9,
          f1: 0.8,
          concept: { id: "cat", name: "Cat" },
          avg_precision: 0.75
        }
      ],
      confusion_matrix: {
        matrix: [
          { predicted: "cat", actual: "dog", value: 0.25 },
          { predicted_concept: { id: "cat" }, actual_concept: { id: "cat" } }
        ]
      }
    }
    const { connection, versions } = appOf(() => ({ status, model_version: { id: "v", metrics } }))
    assert.deepStrictEqual(await versions.evaluation("m", "v").run(), {
      state: "ready",
      code: 21300,
      details: "Model evaluated",
      summary: { rocAuc: 0.9, f1: 0.8, precision: 0.7, recall: 0.6, top1: 0.5 },
      concepts: [{ id: "cat", name: "Cat", positives: 3, negatives: 4, rocAuc: 0.9, f1: 0.8, averagePrecision: 0.75 }],
      confusion: [
        { predicted: "cat", actual: "dog", value: 0.25 },
        { predicted: "cat", actual: "cat", value: 0 }
      ]
    })
    assert.strictEqual(
      connection.calls[0]?.path,
      "/v2/models/m/versions/v/metrics?fields.confusion_matrix=true&fields.binary_metrics=true"
    )
    const pending = appOf(() => ({ status, model_version: { id: "v", metrics: { status: { code: 21301 } } } }))
    assert.strictEqual((await pending.versions.evaluation("m", "v").run()).state, "pending")
  })
})

describe("what a listing is", () => {
  it("has the type of its items and failures", () => {
    const { concepts } = appOf(() => ({ status, concepts: [] }))
    expectTypeOf(concepts.list()).toEqualTypeOf<Listing<ConceptRecord, CallError>>()
  })
})

describe("a list of ids that is empty", () => {
  const removals = ({ datasets, inputs, models, workflows }: ReturnType<typeof appOf>, ids: ReadonlyArray<string>) => [
    inputs.deleteMany(ids),
    models.deleteMany(ids),
    workflows.deleteMany(ids),
    datasets.delete(...ids),
    datasets.removeInputs("d", ids),
    datasets.deleteVersions("d", ids)
  ]
  it("deletes and lists nothing, and is not sent, since a service may take it for everything", async () => {
    const app = appOf(() => ({ status }))
    for (const removal of removals(app, [])) await removal.run()
    assert.deepStrictEqual(await app.inputs.list({ ids: [] }).all(), [])
    assert.lengthOf(app.connection.calls, 0)
  })
  it.each(["", " ", ".."])("differs from one with %j, which is refused", async (id) => {
    const app = appOf(() => ({ status }))
    for (const removal of removals(app, ["a", id])) {
      const result = await removal.result()
      assert.strictEqual(result.ok ? undefined : result.error._tag, "InvalidRequest")
    }
    assert.lengthOf(app.connection.calls, 0)
  })
})
