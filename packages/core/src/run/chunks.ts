/** Sends one input to a model that streams its answer, and decodes each piece. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { generate } from "../call/server-stream.ts"
import { InvalidOption, MalformedAnswer, type PredictError } from "../errors/errors.ts"
import { withInput } from "../errors/input-position.ts"
import { modelName, type ModelRef } from "../models/model-ref.ts"
import { modelEndpoint } from "../predict/endpoint.ts"
import { matchOutputs } from "../predict/match-outputs.ts"
import { makeCall } from "../predict/predict-call.ts"
import { addressOf, type Predictor } from "../predict/predictor.ts"
import { prepareInput } from "../predict/prepare.ts"
import { toAnswer } from "../results/answer.ts"
import { mapSequential } from "../streams/map-sequential.ts"
import { newInputRun, onlyInput } from "./input-run.ts"
import { runOperations } from "./interpret.ts"
import type { Program } from "./program.ts"
import { startBudget } from "./run-budget.ts"

/** The pieces of a chain's one input at a model that streams. */
export const streamChunks = (
  predictor: Predictor,
  program: Program,
  model: ModelRef
): Stream.Stream<unknown, unknown, unknown> => {
  const chunks = chunksOf(predictor, program, model)
  if (!program.hasBudget) return chunks
  return Stream.suspend(() => {
    const { budget } = startBudget(predictor, [...program.steps, { type: "predict", model }])
    return Stream.unwrap(budget.within(Effect.succeed(budget.streamWithin(chunks))))
  })
}

const chunksOf = (
  predictor: Predictor,
  { input, series, source }: Program,
  model: ModelRef
): Stream.Stream<unknown, unknown, unknown> =>
  Stream.unwrap(
    Effect.gen(function* () {
      if (series !== undefined || source.type === "many")
        return yield* new InvalidOption({ option: "generate", problem: "takes one input; this chain holds several" })
      const { operations, options } = input.block
      const value = yield* runOperations(newInputRun(predictor, onlyInput), operations, source.open)
      const prepared = yield* prepareInput(predictor, value, onlyInput)
      if (prepared.input.division !== undefined)
        return yield* new InvalidOption({ option: "generate", problem: "cannot divide a clip; send it whole" })
      const { media } = prepared
      const { secrets, wire } = predictor
      const address = yield* addressOf(model)
      const verb = "outputs/generate"
      const endpoint = yield* modelEndpoint(yield* wire.settings, address, media.kind, options, secrets, verb)
      const outputs = generate(wire, makeCall(wire, endpoint, [prepared.input]))
      const task = typeof model === "string" ? "unknown" : model.task
      return mapSequential(outputs, (output) => {
        if (matchOutputs([prepared.input], [output])[0] === undefined)
          return Effect.fail(new MalformedAnswer({ model: modelName(model), problem: "it is about another input" }))
        const answer = toAnswer(task, media.kind, output)
        if (answer.ok) return Effect.succeed(answer.value)
        const { path, problem } = answer.problem
        return Effect.fail(new MalformedAnswer({ model: modelName(model), problem: `${path}: ${problem}` }))
      }).pipe(Stream.mapError((error: PredictError) => withInput(error, onlyInput)))
    })
  )
