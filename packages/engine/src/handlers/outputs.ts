/** `POST models/{id}[/versions/{v}]/outputs`: predictions. */
import * as Effect from "effect/Effect"
import { newId } from "../protocol/ids.ts"
import { type InputMessage, readInputs } from "../protocol/input.ts"
import { echoInput } from "../protocol/echo.ts"
import type { WireObject } from "../protocol/json.ts"
import { readText } from "../protocol/read.ts"
import { answer, type Answer, type Call } from "../protocol/request.ts"
import { batchResult, itemStatus } from "../protocol/status.ts"
import { now } from "../protocol/time.ts"
import type { WireError } from "../protocol/wire-error.ts"
import { type CustomNeeds, type Heads, openCustom } from "../predict/custom.ts"
import { readOptions, selectConcepts, type PredictOptions } from "../predict/options.ts"
import type { Predictor } from "../predict/predictor.ts"
import { Pretrained } from "../pretrained/catalog.ts"
import type { Seeing } from "../seeing.ts"
import { Settings } from "../settings.ts"
import type { Store } from "../store/store.ts"
import { noSuchModel } from "./models.ts"

type Needs = CustomNeeds | Heads | Seeing | Store | Pretrained

/** The model of a path or body, ready to be asked. */
export const openModel = Effect.fnUntraced(function* (
  call: Call
): Effect.fn.Return<Predictor<CustomNeeds>, WireError, Needs> {
  const modelId = call.params["model"] ?? readText(call.body, "model_id")
  const versionId = call.params["version"] ?? readText(call.body, "version_id")
  const custom = yield* openCustom(call, modelId, versionId)
  if (custom !== undefined) return custom
  const catalog = yield* Pretrained
  return yield* noSuchModel(modelId, catalog.folder)
})

/** Predicts each input; a failed one leaves its neighbours their answers. */
export const postOutputs = Effect.fn("outputs.post")(function* (
  call: Call
): Effect.fn.Return<Answer, WireError, Needs> {
  const { limits, workers } = yield* Settings
  const options = readOptions(call.body)
  const predictor = yield* openModel(call)
  const inputs = readInputs(call.body, limits, limits.inputsPerCall, 30105)
  const { chosen, unknown } = selectConcepts(
    predictor.concepts ?? [],
    predictor.concepts === undefined ? [] : options.select
  )
  const results = yield* Effect.forEach(inputs, (input) => predictOne(input, predictor, options, chosen), {
    concurrency: workers * 2
  })
  const { code, details } = batchResult(results.map(({ failure }) => failure))
  const outputs = results.map(({ output }) => output)
  return code === 10000 && unknown.length > 0
    ? answer({ outputs }, 10010, `the model does not know ${unknown.slice(0, 5).join(", ")}`)
    : answer({ outputs }, code, details)
})

/** One output: its own status, the model, the input as it is echoed, and what the model said. */
export const predictOne = <R>(
  input: InputMessage,
  predictor: Predictor<R>,
  options: PredictOptions,
  chosen: ReadonlySet<string> | undefined
): Effect.Effect<{ readonly output: WireObject; readonly failure: WireError | undefined }, never, R> => {
  const frame = {
    created_at: now(),
    model: predictor.model,
    input: echoInput(input.id === "" ? newId() : input.id, input.data)
  }
  const attempt =
    input.problem === undefined ? predictor.predict(input.data, options, chosen) : Effect.fail(input.problem)
  return Effect.match(attempt, {
    onFailure: (failure) => ({
      output: { id: newId(), status: itemStatus(failure.code, failure.details), ...frame, data: {} },
      failure
    }),
    onSuccess: ({ data, usage }) => ({
      output: { id: newId(), status: itemStatus(10000), ...frame, data, ...usage },
      failure: undefined
    })
  })
}
