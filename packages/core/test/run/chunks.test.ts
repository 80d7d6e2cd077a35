import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Step } from "../../src/chain/chain-state.ts"
import { BudgetSpent, InvalidOption, MalformedAnswer } from "../../src/errors/errors.ts"
import { model } from "../../src/models/model-handle.ts"
import type { Division } from "../../src/predict/split-media.ts"
import { streamChunks } from "../../src/run/chunks.ts"
import { predictorOver } from "../predict/predictors.ts"
import { imageOf, many, map, one, programOf, split } from "./programs.ts"

const llm = model({ id: "llm", task: "image-to-text" })
const lineOf = (raw: string, id?: string) =>
  `${JSON.stringify({ result: { status: { code: 10000 }, outputs: [{ status: { code: 10000 }, ...(id === undefined ? {} : { input: { id } }), data: { text: { raw } } }] } })}\n`
const answering =
  (...lines: ReadonlyArray<string>) =>
  () =>
    new Response(lines.join(""))
/** The texts of the pieces, and the error that ended them. */
const read = (stream: Stream.Stream<unknown, unknown, unknown>) =>
  Effect.suspend(() => {
    const texts: Array<string> = []
    const all = Stream.runForEach(stream as Stream.Stream<{ readonly text: string }, unknown>, ({ text }) =>
      Effect.sync(() => void texts.push(text))
    )
    return Effect.map(Effect.result(all), (ended) => ({
      texts,
      error: ended._tag === "Failure" ? ended.failure : undefined
    }))
  })

describe("the pieces of a streamed answer", () => {
  it.effect("are decoded as they come, of the input that the chain's steps make", () =>
    Effect.gen(function* () {
      const { calls, predictor } = predictorOver(answering(lineOf("Hel"), lineOf("lo", "k")))
      const program = programOf(
        one(imageOf("a")),
        map(() => imageOf("b", "k")),
        { type: "option", verb: "top", args: [], options: { top: 1 } }
      )
      assert.deepStrictEqual(yield* read(streamChunks(predictor, program, llm)), {
        texts: ["Hel", "lo"],
        error: undefined
      })
      assert.strictEqual(calls[0]?.path, "/v2/models/llm/outputs/generate")
      assert.deepNestedInclude(calls[0]?.body, {
        "inputs[0].id": "k",
        "inputs[0].data.image.url": "https://x.test/b.jpg",
        "model.model_version.output_info.output_config.max_concepts": 1
      })
    })
  )
  it.effect("are never those of another input: its answer ends behind the pieces before", () =>
    Effect.gen(function* () {
      const { predictor } = predictorOver(answering(lineOf("mine", "k"), lineOf("theirs", "x"), lineOf("mine", "k")))
      const { error, texts } = yield* read(streamChunks(predictor, programOf(one(imageOf("a", "k"))), llm))
      assert.deepStrictEqual(texts, ["mine"])
      assert.instanceOf(error, MalformedAnswer)
      assert.deepInclude(error, { model: "llm", problem: "it is about another input" })
    })
  )
  it.effect("are of one input only, which is sent whole", () =>
    Effect.gen(function* () {
      const { calls, predictor } = predictorOver(answering())
      const several = yield* read(streamChunks(predictor, programOf(many([imageOf("a")])), llm))
      assert.instanceOf(several.error, InvalidOption)
      assert.include(several.error.problem, "takes one input")
      const division: Division = { calls: () => Stream.empty, planned: () => Stream.empty, failed: (error) => error }
      const dividing = predictorOver(answering(), { divide: [() => division] })
      const divided = yield* read(streamChunks(dividing.predictor, programOf(one(imageOf("a"))), llm))
      assert.instanceOf(divided.error, InvalidOption)
      assert.include(divided.error.problem, "cannot divide")
      assert.lengthOf([...calls, ...dividing.calls], 0)
    })
  )
  it.effect("that do not fit the task are malformed", () =>
    Effect.gen(function* () {
      const segmenter = model({ id: "s", task: "visual-segmenter" })
      const line = JSON.stringify({
        result: { status: { code: 10000 }, outputs: [{ data: { regions: [{ id: "r" }] } }] }
      })
      const { predictor } = predictorOver(answering(`${line}\n`))
      const { error } = yield* read(streamChunks(predictor, programOf(one(imageOf("a"))), segmenter))
      assert.instanceOf(error, MalformedAnswer)
      assert.match(error.problem, /^data\.regions\[0\]/)
    })
  )
  it.effect("are of one input only: a step that makes several of it is refused", () =>
    Effect.gen(function* () {
      const { calls, predictor } = predictorOver(answering())
      const program = programOf(
        one(imageOf("a")),
        split("two", (media) => [media, media])
      )
      const { error } = yield* read(streamChunks(predictor, program, llm))
      assert.instanceOf(error, InvalidOption)
      assert.deepInclude(error, { option: "generate", problem: "takes one input; this chain holds several" })
      assert.lengthOf(calls, 0)
    })
  )
  it.effect("are counted by the budget of the chain: a call that it does not allow is not made", () =>
    Effect.gen(function* () {
      const { calls, predictor } = predictorOver(answering(lineOf("text")))
      const within = (most: number) => {
        const budget: Step = { type: "budget", budget: { calls: most } }
        return read(streamChunks(predictor, programOf(one(imageOf("a")), budget), llm))
      }
      assert.deepStrictEqual(yield* within(1), { texts: ["text"], error: undefined })
      const { error, texts } = yield* within(0)
      assert.deepStrictEqual(texts, [])
      assert.instanceOf(error, BudgetSpent)
      assert.lengthOf(calls, 1)
    })
  )
  it.effect("of a model that is given by its id have whatever it answers", () =>
    Effect.gen(function* () {
      const { calls, predictor } = predictorOver(answering(lineOf("text")))
      assert.deepStrictEqual((yield* read(streamChunks(predictor, programOf(one(imageOf("a"))), "some-model"))).texts, [
        "text"
      ])
      assert.strictEqual(calls[0]?.path, "/v2/models/some-model/outputs/generate")
    })
  )
  it.effect("that are malformed name their input as the only one", () =>
    Effect.gen(function* () {
      const { predictor } = predictorOver(answering("no JSON\n"))
      const { error } = yield* read(streamChunks(predictor, programOf(one(imageOf("a"))), llm))
      assert.instanceOf(error, MalformedAnswer)
      assert.notMatch(error.message, /input 0/)
    })
  )
})
