/** `POST models/{id}[/versions/{v}]/outputs`: predictions. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { newId } from "../protocol/ids.ts"
import { type InputMessage, readInputs } from "../protocol/input.ts"
import { echoInput } from "../protocol/echo.ts"
import type { WireObject } from "../protocol/json.ts"
import { readText } from "../protocol/read.ts"
import { answer, type Answer, type Call } from "../protocol/request.ts"
import { batchResult, itemStatus, requestStatus } from "../protocol/status.ts"
import { now } from "../protocol/time.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { type CustomNeeds, type Heads, openCustom } from "../models/custom.ts"
import { readOptions, selectConcepts, type PredictOptions } from "../models/predict-options.ts"
import { openPretrained } from "../models/pretrained/predict-pretrained.ts"
import { predictVideo } from "../models/video/predict-video.ts"
import type { Predictor } from "../models/predictor.ts"
import { Pretrained } from "../models/pretrained/catalog.ts"
import type { ImageEncoder } from "../encoders/image-encoder.ts"
import { Settings } from "../settings.ts"
import type { Store } from "../store/store.ts"
import { noSuchModel } from "./models.ts"

type Needs = CustomNeeds | Heads | ImageEncoder | Store | Pretrained

/** Opens the model of a path or body. */
export const openModel = Effect.fnUntraced(function* (
  call: Call
): Effect.fn.Return<Predictor<CustomNeeds>, WireError, Needs> {
  const modelId = call.params["model"] ?? readText(call.body, "model_id")
  const versionId = call.params["version"] ?? readText(call.body, "version_id")
  const custom = yield* openCustom(call, modelId, versionId)
  if (custom !== undefined) return custom
  const catalog = yield* Pretrained
  const found = yield* catalog.find(modelId)
  if (found === undefined) return yield* noSuchModel(modelId, catalog.folder)
  if (versionId !== "" && versionId !== found.version && !(found.manifest.versions ?? []).includes(versionId))
    return yield* wireError(
      StatusCode.MODEL_DOES_NOT_EXIST,
      `Model version '${versionId}' of model '${modelId}' does not exist; '${found.version}' does`
    )
  return yield* openPretrained(found, call.origin, readOptions(call.body).select.length > 0)
})

/** Predicts each input; a failure of one leaves the others. */
export const postOutputs = Effect.fn("outputs.post")(function* (
  call: Call
): Effect.fn.Return<Answer, WireError, Needs> {
  const { limits, workers } = yield* Settings
  const options = readOptions(call.body)
  const predictor = yield* openModel(call)
  const inputs = readInputs(call.body, limits, limits.inputsPerCall, StatusCode.INPUT_OVER_LIMIT)
  const { chosen, unknown } = selectConcepts(
    predictor.concepts ?? [],
    predictor.concepts === undefined ? [] : options.select
  )
  const results = yield* Effect.forEach(inputs, (input) => predictOne(input, predictor, options, chosen, call.origin), {
    concurrency: workers * 2
  })
  const { code, details } = batchResult(results.map(({ failure }) => failure))
  const outputs = results.map(({ output }) => output)
  return code === StatusCode.SUCCESS && unknown.length > 0
    ? answer({ outputs }, StatusCode.MIXED_STATUS, `the model does not know ${unknown.slice(0, 5).join(", ")}`)
    : answer({ outputs }, code, details)
})

/**
 * `POST models/{id}[/versions/{v}]/outputs/generate`: the answer in pieces, one line each, as they are made. What fails
 * before the first piece is a plain error; after it the answer has begun, so the failure is a separate piece.
 */
export const postGenerate = Effect.fn("outputs.generate")(function* (
  call: Call
): Effect.fn.Return<Answer, WireError, Needs> {
  const { limits } = yield* Settings
  const options = readOptions(call.body)
  const predictor = yield* openModel(call)
  const [input, ...others] = readInputs(call.body, limits, limits.inputsPerCall, StatusCode.INPUT_OVER_LIMIT)
  if (input === undefined || others.length > 0)
    return yield* wireError(StatusCode.PREDICT_INVALID_REQUEST, "generate takes exactly one input")
  if (input.problem !== undefined) return yield* input.problem
  const { chosen } = selectConcepts(predictor.concepts ?? [], predictor.concepts === undefined ? [] : options.select)
  const pieces =
    predictor.generate?.(input.data, options) ?? Stream.fromEffect(predictor.predict(input.data, options, chosen))
  const context = yield* Effect.context<CustomNeeds>()
  const frame = {
    id: newId(),
    created_at: now(),
    model: predictor.model,
    input: echoInput(input.id === "" ? newId() : input.id, input.data)
  }
  const line = (code: number, details: string, members: WireObject): WireObject => ({
    result: {
      status: requestStatus(code, call.requestId, details),
      outputs: [{ ...frame, status: itemStatus(code, details), ...members }]
    }
  })
  const lines = pieces.pipe(
    Stream.map(({ data, usage }) => line(StatusCode.SUCCESS, "", { data, ...usage })),
    Stream.catch(({ code, details }) => Stream.succeed(line(code, details, { data: {} }))),
    Stream.provideContext(context)
  )
  return { _tag: "lines", lines }
})

/** One output: its status, the model, the echoed input, and the prediction. */
export const predictOne = (
  input: InputMessage,
  predictor: Predictor<CustomNeeds>,
  options: PredictOptions,
  chosen: ReadonlySet<string> | undefined,
  origin: string
): Effect.Effect<{ readonly output: WireObject; readonly failure: WireError | undefined }, never, CustomNeeds> => {
  const frame = {
    created_at: now(),
    model: predictor.model,
    input: echoInput(input.id === "" ? newId() : input.id, input.data)
  }
  const attempt =
    input.problem !== undefined
      ? Effect.fail(input.problem)
      : predictor.seesVideo && input.data.media.video !== undefined
        ? predictVideo(predictor, input.data, options, chosen, origin)
        : predictor.predict(input.data, options, chosen)
  return Effect.match(attempt, {
    onFailure: (failure) => ({
      output: { id: newId(), status: itemStatus(failure.code, failure.details), ...frame, data: {} },
      failure
    }),
    onSuccess: ({ data, note, usage }) => ({
      output: { id: newId(), status: itemStatus(StatusCode.SUCCESS, note), ...frame, data, ...usage },
      failure: undefined
    })
  })
}
