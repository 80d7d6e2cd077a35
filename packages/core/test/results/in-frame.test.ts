import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import {
  areaOf,
  inFrame,
  InvalidOption,
  mapBox,
  mapPoint,
  model,
  models,
  type Reference,
  type RegionsAnswer,
  sightline,
  sizeOf,
  workflow
} from "../../src/index.ts"
import { addStep, definePlugin, type Media } from "../../src/plugin.ts"
import { fakeConnection } from "../../src/testing.ts"

const box = { top: 0, left: 0, bottom: 0.25, right: 0.5 }
const turned: Reference = { original: { width: 4, height: 2 }, steps: [{ step: "orient", orientation: 6 }] }
const cropped: Reference = { original: { width: 4, height: 2 }, steps: [{ step: "crop", box }] }

const answerWith = (reference: Reference | undefined): RegionsAnswer<"cat"> => ({
  model: { id: "m" },
  inputId: "i",
  ...(reference === undefined ? {} : { reference }),
  regions: [{ id: "r", box, concepts: [], score: 1 }]
})

const ok = { code: 10_000, description: "Ok" }
const data = {
  regions: [{ id: "r", region_info: { bounding_box: { top_row: 0, left_col: 0, bottom_row: 0.25, right_col: 0.5 } } }]
}
const answerRegions = () => ({ status: ok, outputs: [{ id: "o", status: ok, input: { id: "i" }, data }] })

/** Turns every picture before it is sent, as `exif()` does for one of orientation 6. */
const turning = definePlugin({
  name: "turning",
  version: 1,
  hooks: {
    prepare: (media: Media) =>
      Effect.succeed(media.with({ reference: addStep(undefined, { step: "orient", orientation: 6 }) }))
  }
})
const picture = Uint8Array.of(0xff, 0xd8, 0xff)

describe("the upright frame of reference", () => {
  it("is refused where the orientation of the picture is not known", () => {
    for (const answer of [answerWith(undefined), answerWith({ steps: [] }), answerWith(cropped)]) {
      assert.throws(
        () => inFrame(answer, "upright"),
        InvalidOption,
        /orientation of the picture is not known.*exif\(\)/
      )
      assert.throws(() => areaOf(answer, "upright"), InvalidOption)
      assert.strictEqual(sizeOf(answer, "upright"), undefined)
    }
    assert.throws(() => mapPoint(cropped, { x: 0, y: 0 }, "sent", "upright"), InvalidOption)
    assert.throws(() => mapBox(cropped, box, "upright", "sent"), InvalidOption)
  })

  it("is known where a step says how the picture lies, upright pictures included", () => {
    const upright: Reference = { original: { width: 4, height: 2 }, steps: [{ step: "orient", orientation: 1 }] }
    assert.deepStrictEqual(inFrame(answerWith(upright), "upright").regions[0]?.box, box)
    assert.deepStrictEqual(sizeOf(answerWith(turned), "upright"), { width: 2, height: 4 })
  })

  it("is refused for an answer of an app that does not look at orientation", async () => {
    const app = sightline(fakeConnection(answerRegions))
    const answer = await app.input(picture).predict(models.faces).run()
    assert.deepStrictEqual(inFrame(answer, "original").regions[0]?.box, box)
    assert.throws(() => inFrame(answer, "upright"), InvalidOption)
    const [outcome] = await app
      .inputs([picture])
      .predict(models.faces)
      .map((one) => inFrame(one, "upright"))
      .run()
    assert.strictEqual(outcome?.ok === false && outcome.error._tag, "StepFailed")
  })
})

describe("an answer without its frame of reference", () => {
  const app = sightline(fakeConnection(answerRegions)).use(turning)

  it("is refused, where a step kept only its regions", async () => {
    const lost = await app
      .input(picture)
      .predict(models.faces)
      .map(({ regions }) => ({ regions }))
      .run()
    assert.throws(() => inFrame(lost, "original"), InvalidOption, /does not say how its picture was changed/)
    assert.throws(() => areaOf(lost, "original"), InvalidOption)
    assert.deepStrictEqual(inFrame(lost, "sent").regions, lost.regions) // measured in it already
  })

  it("is measured right as a copy or as JSON", async () => {
    const answer = await app.input(picture).predict(models.faces).run()
    const expected = { top: 0.5, left: 0, bottom: 1, right: 0.25 }
    const forms = [answer, { ...answer, mine: 1 }, JSON.parse(JSON.stringify(answer)) as typeof answer]
    for (const form of forms) assert.deepStrictEqual(inFrame(form, "original").regions[0]?.box, expected)
  })

  it("is not the answer of a workflow's node: each node knows the picture", async () => {
    const faces = model({ id: "faces", task: "visual-detector", userId: "u", appId: "a" })
    const output = { id: "o", status: ok, model: { id: "faces" }, data }
    const service = fakeConnection(() => ({
      status: ok,
      results: [{ status: ok, input: { id: "i" }, outputs: [output] }]
    }))
    const { nodes, outputs } = await sightline(service)
      .use(turning)
      .input(picture)
      .workflow(workflow({ id: "w", userId: "u", appId: "a", nodes: { faces } }))
      .run()
    const expected = { top: 0.5, left: 0, bottom: 1, right: 0.25 }
    assert(nodes.faces.ok)
    assert.deepStrictEqual(inFrame(nodes.faces.value, "original").regions[0]?.box, expected)
    assert(outputs[0]?.ok)
    assert.deepStrictEqual(inFrame(outputs[0].value, "original").regions[0]?.box, expected)
  })
})
