/** Predictions: each input succeeds or fails independently. */
import { StatusCode } from "@sightline/core/status"
import type { MultiOutputResponseWire, OutputWire, PostModelOutputsRequestWire } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type CustomNeeds, type Heads, openCustom } from "../models/custom.ts"
import { type PredictOptions, readOptions, selectConcepts } from "../models/predict-options.ts"
import type { Prediction, Predictor } from "../models/predictor.ts"
import { Pretrained } from "../models/pretrained/pretrained-models.ts"
import { openPretrained } from "../models/pretrained/predict-pretrained.ts"
import { refuseMedia } from "../models/accepted-media.ts"
import { predictVideo } from "../models/video/predict-video.ts"
import { echoInput } from "../protocol/echo.ts"
import { newId } from "../protocol/ids.ts"
import { type InputMessage, mediumOf, readInputs } from "../protocol/input.ts"
import { answer, type Call, type Caller, type Handler, type Replies } from "../protocol/request.ts"
import { batchResult, itemStatus, requestStatus } from "../protocol/status.ts"
import { now } from "../protocol/time.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { Settings } from "../settings.ts"
import type { Store } from "../store/store.ts"
import type { ImageEncoder } from "../encoders/image-encoder.ts"
import { unknownModel } from "./models.ts"

type Needs = CustomNeeds | Heads | ImageEncoder | Store | Pretrained

/** Opens a model for one call; without a version, its newest trained one. */
export const openModel = Effect.fnUntraced(function* (
  caller: Caller,
  modelId: string,
  versionId: string,
  options: PredictOptions
): Effect.fn.Return<Predictor<CustomNeeds>, WireError, Needs> {
  const custom = yield* openCustom(caller, modelId, versionId)
  if (custom !== undefined) return custom
  const found = yield* (yield* Pretrained).find(modelId)
  if (found === undefined) return yield* unknownModel(caller, modelId)
  if (versionId !== "" && versionId !== found.version && !(found.manifest.versions ?? []).includes(versionId))
    return yield* wireError(
      StatusCode.MODEL_DOES_NOT_EXIST,
      `Model version '${versionId}' of model '${modelId}' does not exist; '${found.version}' does`
    )
  return yield* openPretrained(found, caller.origin, options.select.length > 0)
})

/** What both methods read of a request. */
const openCall = Effect.fnUntraced(function* (call: Call<PostModelOutputsRequestWire>) {
  const { model, model_id: modelId = "", version_id: versionId = "" } = call.request
  const { limits } = yield* Settings
  const options = readOptions(model)
  const predictor = yield* openModel(call, modelId, versionId, options)
  const inputs = readInputs(call, limits, limits.inputsPerCall, StatusCode.INPUT_OVER_LIMIT)
  const select = predictor.concepts === undefined ? [] : options.select
  return { predictor, options, inputs, ...selectConcepts(predictor.concepts ?? [], select) }
})

export const postOutputs: Handler<"PostModelOutputs", Needs> = Effect.fn("outputs.post")(function* (
  call: Call<PostModelOutputsRequestWire>
) {
  const { workers } = yield* Settings
  const { chosen, inputs, options, predictor, unknown } = yield* openCall(call)
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
 * The answer in pieces, as they are made. What fails before the first piece is a plain error; after it the answer has begun,
 * so the failure is a separate piece.
 */
export const postGenerate: (
  call: Parameters<Handler<"GenerateModelOutputs">>[0]
) => Effect.Effect<Replies<MultiOutputResponseWire>, WireError, Needs> = Effect.fn("outputs.generate")(function* (
  call: Call<PostModelOutputsRequestWire>
) {
  const { chosen, inputs, options, predictor } = yield* openCall(call)
  const [input, ...others] = inputs
  if (input === undefined || others.length > 0)
    return yield* wireError(StatusCode.PREDICT_INVALID_REQUEST, "generate takes exactly one input")
  const problem = input.problem ?? refuseMedia(input.data, predictor.takes)
  if (problem !== undefined) return yield* problem
  const pieces =
    predictor.generate?.(input.data, options) ?? Stream.fromEffect(predictor.predict(input.data, options, chosen))
  const context = yield* Effect.context<CustomNeeds>()
  const id = newId()
  const frame = frameOf(input, predictor)
  const response = (code: number, details: string, { data, usage }: Prediction): MultiOutputResponseWire => ({
    status: requestStatus(code, call.requestId, details),
    outputs: [{ id, status: itemStatus(code, details), ...frame, data, ...usage }]
  })
  const messages = pieces.pipe(
    Stream.map((piece) => response(StatusCode.SUCCESS, "", piece)),
    Stream.catch(({ code, details }) => Stream.succeed(response(code, details, { data: {} }))),
    Stream.provideContext(context)
  )
  return { _tag: "messages" as const, messages }
})

/** What the outputs of an input share: the time, the model and the echoed input. */
const frameOf = (input: InputMessage, predictor: Predictor<CustomNeeds>): OutputWire => ({
  created_at: now(),
  model: predictor.model,
  input: echoInput(input.id === "" ? newId() : input.id, input.data)
})

/** One output: its status, the model, the echoed input, and the prediction. */
export const predictOne = (
  input: InputMessage,
  predictor: Predictor<CustomNeeds>,
  options: PredictOptions,
  chosen: ReadonlySet<string> | undefined,
  origin: string
): Effect.Effect<{ readonly output: OutputWire; readonly failure: WireError | undefined }, never, CustomNeeds> => {
  const frame = frameOf(input, predictor)
  const video = mediumOf(input.data, "video")
  const problem = input.problem ?? refuseMedia(input.data, predictor.takes)
  const attempt =
    problem !== undefined
      ? Effect.fail(problem)
      : video === undefined
        ? predictor.predict(input.data, options, chosen)
        : predictVideo(predictor, input.data, video, options, chosen, origin)
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
