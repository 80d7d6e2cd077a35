import { file } from "../../src/media/local-file.ts"
import { assert, it } from "@effect/vitest"
import * as fc from "fast-check"
import { clarifai, type ClarifaiOptions, type Media, models, sightline, textMedia, toMedia } from "../../src/index.ts"
import { fakeConnection } from "../../src/testing.ts"
import { body } from "../faults/answers.ts"
import { inputsOf } from "./answers.ts"

/** Inputs of every kind and size, some of which cannot be read. */
const medium: fc.Arbitrary<Media> = fc.oneof(
  fc.webUrl({ withQueryParameters: true }).map((url) => toMedia("image", url)),
  fc.uint8Array({ minLength: 1, maxLength: 3000 }).map((bytes) => toMedia("image", bytes)),
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => toMedia("audio", bytes, { key: 'a "quoted" key ü' })),
  fc.webUrl().map((url) => toMedia("video", url)),
  fc.string({ unit: "binary", maxLength: 200 }).map((text) => textMedia(text)),
  fc.constant(toMedia("image", new Uint8Array())),
  fc.constant(toMedia("image", file("there is no such file.jpg")))
)

const limits = fc.record({
  inputsPerCall: fc.record({
    image: fc.integer({ min: 1, max: 20 }),
    text: fc.integer({ min: 1, max: 20 }),
    audio: fc.integer({ min: 1, max: 20 }),
    video: fc.integer({ min: 1, max: 2 })
  }),
  targetBodyBytes: fc.integer({ min: 200, max: 20_000 })
})

it("plan() tells the calls that run() makes: models, inputs, and bytes to the last one", { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(fc.array(medium, { maxLength: 60 }), limits, fc.boolean(), async (media, limit, several) => {
      const bytes: Array<number> = []
      const connection = fakeConnection(
        (call) =>
          body(
            10000,
            inputsOf(call).map(() => ({ status: { code: 10000 }, data: {} }))
          ),
        { limits: limit }
      )
      const { fetch } = connection
      const recording = {
        ...connection,
        fetch: (input: string | URL | Request, init?: RequestInit) => {
          if (init?.body instanceof Uint8Array) bytes.push(init.body.byteLength)
          return fetch(input, init)
        }
      }
      const inputs = sightline(recording).inputs(media).top(3).language("dé")
      const chain = several
        ? inputs.all({ a: "first-model", b: "second-model" })
        : inputs.predict(models.general as never)
      const plan = await chain.plan()
      assert.deepStrictEqual(connection.calls, [])
      const outcomes = await chain.run()
      const sorted = (calls: ReadonlyArray<string>) => calls.toSorted()
      assert.deepStrictEqual(
        sorted(plan.calls.map(({ bytes: size, items, model }) => `${model} ${items} ${size}`)),
        sorted(
          connection.calls.map((call, i) => {
            const model = /models\/([^/]+)\//.exec(call.path)?.[1] ?? ""
            return `${model} ${inputsOf(call).length} ${bytes[i]}`
          })
        )
      )
      assert.strictEqual(
        plan.bytes,
        bytes.reduce((sum, size) => sum + size, 0)
      )
      assert.strictEqual((outcomes as ReadonlyArray<unknown>).length, media.length)
      assert.strictEqual(plan.items + plan.unreadable.length, media.length)
    }),
    { numRuns: 150 }
  )
)

it("plan() tells without a key, and notes what a call would lack; a run then fails", async () => {
  const chainOf = (options: ClarifaiOptions) =>
    sightline(clarifai({ ...options, limits: { inputsPerCall: { image: 2 } } }))
      .inputs(["a", "b", "c"].map((name) => `https://images.test/${name}.jpg`))
      .predict(models.general)
  const keyless = chainOf({ pat: "" })
  const plan = await keyless.plan()
  assert.deepStrictEqual(
    plan.calls.map(({ items }) => items),
    [2, 1]
  )
  assert.deepStrictEqual(plan.notes, [
    "nothing can be sent yet: pat: is empty; pass the key, or leave it out to have the environment read"
  ])
  assert.deepStrictEqual({ ...plan, notes: [] }, await chainOf({ pat: "none" }).plan())
  for (const outcome of await keyless.run()) assert.isTrue(!outcome.ok && outcome.error._tag === "NotConfigured")
})

it("explain() tells of the first inputs that cannot be read, once each, and counts the others", async () => {
  const app = sightline(clarifai({ pat: "abc" }))
  const inputs = ["https://x.test/a.jpg", ...Array.from({ length: 1000 }, (_, i) => file(`nowhere-${i}.jpg`))]
  const text = await app.inputs(inputs).predict(models.general).explain()
  assert.include(text, "1 call, 1 input, ")
  const told = text.split("\n").filter((line) => line.includes("nowhere"))
  assert.strictEqual(told.length, 10)
  assert.match(told[0] ?? "", /^ {2}input 1: cannot use image nowhere-0\.jpg: there is no such file; /)
  assert.include(text, "\n  and 990 more that cannot be read")

  const few = await app.inputs(inputs.slice(0, 11), { key: String }).predict(models.general).explain()
  assert.include(few, "\n  cannot use image nowhere-9.jpg: there is no such file; ")
  assert.notInclude(few, "more that cannot be read")
})
