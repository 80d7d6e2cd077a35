/** Sends one input to a model that streams, and puts each piece of its answer into our words. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { InvalidOption, MalformedAnswer, type PredictError } from "../errors/errors.ts"
import { toAnswer } from "../results/answer.ts"
import { generate } from "../call/server-stream.ts"
import { makeCall } from "../predict/batch.ts"
import { modelEndpoint } from "../predict/endpoint.ts"
import { programOf } from "./program.ts"
import { addressOf, addInput, prepareInput, type Predictor } from "../predict/prepare.ts"
import { mapSequential } from "../streams/map-sequential.ts"
import { placesOf, runSteps, type InputRun } from "./interpret.ts"
import { modelName, type ModelRef } from "../models/model-ref.ts"
import type { State } from "../chain/chain-state.ts"

/** The pieces of a chain's one input at a model that streams. */
export const generatePieces = (
  predictor: Predictor,
  state: State,
  model: ModelRef
): Stream.Stream<unknown, unknown, unknown> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const program = programOf(predictor, state)
      if (program.type === "many")
        return yield* new InvalidOption({ option: "generate", problem: "takes one input; this chain holds several" })
      const context = { index: 0, key: undefined }
      const scene: InputRun = { predictor, context, trace: { attempts: 0, requestId: undefined } }
      const value = yield* runSteps(scene, program.steps, program.start)
      const { entry, media } = yield* prepareInput(predictor, value, context)
      if (entry.division !== undefined)
        return yield* new InvalidOption({ option: "generate", problem: "cannot divide a clip; send it whole" })
      const { options = {} } = placesOf([...program.steps, { type: "predict", model }], {}).at(-1) ?? {}
      const { settings } = predictor.wire
      const address = yield* addressOf(model)
      const endpoint = yield* modelEndpoint(
        yield* settings,
        address,
        media.kind,
        options,
        predictor.secrets,
        "outputs/generate"
      )
      const pieces = generate(predictor.wire, makeCall(predictor.wire, endpoint, [entry]))
      const task = typeof model === "string" ? "unknown" : model.task
      return mapSequential(pieces, (output) => {
        const answer = toAnswer(task, media.kind, output)
        if (answer.ok) return Effect.succeed(answer.value)
        const { path, problem } = answer.problem
        return Effect.fail(new MalformedAnswer({ model: modelName(model), problem: `${path}: ${problem}` }))
      }).pipe(Stream.mapError((error: PredictError) => addInput(error, context)))
    })
  )
