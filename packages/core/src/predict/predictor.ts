/** What the predictions of one app share, and how one is made for one medium. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { CallRuntime } from "../call/call-runtime.ts"
import type { Prices } from "../call/prices.ts"
import type { Settings } from "../connection/connection.ts"
import { InvalidOption, type InvalidRequest, type NotConfigured } from "../errors/errors.ts"
import { withInput } from "../errors/input-position.ts"
import { isAddress, type Kind, Media } from "../media/media.ts"
import { parseModelUrl } from "../models/model-handle.ts"
import type { ModelOrWorkflow } from "../models/model-ref.ts"
import { isWorkflow } from "../models/workflow-handle.ts"
import type { InputContext, Outcome } from "../results/outcome.ts"
import { type AppAnswerHook, applyAnswerHooks } from "./answer-hooks.ts"
import { predictBatch } from "./batch.ts"
import type { Coalesce } from "./coalesce.ts"
import { type Address, type Endpoint, modelEndpoint, type NamedSecrets, workflowEndpoint } from "./endpoint.ts"
import type { PredictOptions } from "./predict-options.ts"
import { combineAnswers, type Prediction, toPrediction } from "./prediction.ts"
import { type PreparedInput, prepareInput, prepareNow } from "./prepare.ts"
import type { AppPrepareHook, DivideHook } from "./prepare-hooks.ts"

/** What the predictions of one app share. */
export interface Predictor {
  readonly wire: CallRuntime
  readonly coalesce: Coalesce
  readonly prepare: ReadonlyArray<AppPrepareHook>
  readonly divide: ReadonlyArray<DivideHook>
  readonly answer: ReadonlyArray<AppAnswerHook>
  /** Hooks around each input, which `run/` calls. */
  readonly inputHooks: ReadonlyArray<{
    readonly plugin: string
    readonly order?: "pre" | "post" | undefined
    readonly run: (
      input: InputContext
    ) => Effect.Effect<void | ((outcome: Outcome<unknown, unknown>) => Effect.Effect<void>), any, any>
  }>
  readonly secrets: NamedSecrets
  /** What the app's predictions cost. */
  readonly prices: Prices | undefined
  /** True in a run with a budget, whose error contains the answers so far. */
  readonly keepsAnswers?: boolean
  /** The endpoints that a model alone decides. */
  readonly endpoints: EndpointCache
}

/** A prediction of a chain: its model and its options. */
export interface PredictRequest {
  readonly model: ModelOrWorkflow
  readonly options: PredictOptions
}

/** The address of a model, from a handle, an id or a page URL. */
export const addressOf = (model: ModelOrWorkflow): Effect.Effect<Address, InvalidOption> => {
  if (typeof model !== "string") return Effect.succeed(model)
  if (!isAddress(model))
    return model.trim() === ""
      ? Effect.fail(new InvalidOption({ option: "model", problem: "is an empty name" }))
      : Effect.succeed({ id: model })
  const parsed = parseModelUrl(model)
  return parsed === undefined
    ? Effect.fail(
        new InvalidOption({
          option: "model",
          problem:
            "is not a model's page URL, such as https://clarifai.com/clarifai/main/models/general-image-recognition"
        })
      )
    : Effect.succeed({ ...parsed, id: parsed.modelId })
}

const maxEndpoints = 100

/** Endpoints of predictions without options, by model and kind of media. They contain no secret. */
export class EndpointCache {
  #settings: Settings | undefined
  #endpoints = new Map<ModelOrWorkflow, Map<Kind, Endpoint>>()
  /** The cached endpoint, else that of `make`, which is then cached. */
  get<E>(
    settings: Settings,
    model: ModelOrWorkflow,
    kind: Kind,
    make: Effect.Effect<Endpoint, E>
  ): Effect.Effect<Endpoint, E> {
    if (this.#settings !== settings || this.#endpoints.size >= maxEndpoints) {
      this.#settings = settings
      this.#endpoints = new Map()
    }
    const known = this.#endpoints.get(model)?.get(kind)
    if (known !== undefined) return Effect.succeed(known)
    return Effect.map(make, (endpoint) => {
      const kinds = this.#endpoints.get(model) ?? new Map<Kind, Endpoint>()
      this.#endpoints.set(model, kinds.set(kind, endpoint))
      return endpoint
    })
  }
}

const hasNoOptions = (options: PredictOptions): boolean => {
  for (const _ in options) return false
  return true
}

/** The endpoint of a prediction for one kind of media. Cached where the model alone decides it. */
export const resolveEndpoint = (
  { endpoints, secrets, wire }: Predictor,
  { model, options }: PredictRequest,
  kind: Kind
): Effect.Effect<Endpoint, NotConfigured | InvalidOption | InvalidRequest> =>
  Effect.flatMap(wire.settings, (settings) => {
    const made = Effect.flatMap(addressOf(model), (address) =>
      isWorkflow(model)
        ? workflowEndpoint(settings, address, kind, options, wire.connection.limits)
        : modelEndpoint(settings, address, kind, options, secrets)
    )
    return hasNoOptions(options) ? endpoints.get(settings, model, kind, made) : made
  })

const notSent = (exit: Prediction["exit"]): Prediction => ({ exit, attempts: 0, requestId: undefined })

/** Sends a prepared medium, in a call that is shared with other inputs of the same turn. */
const predictPrepared = (
  predictor: Predictor,
  request: PredictRequest,
  { input, media }: PreparedInput,
  context: InputContext,
  keepMedium: boolean
): Effect.Effect<Prediction, never, any> =>
  Effect.flatMap(resolveEndpoint(predictor, request, media.kind), (endpoint) =>
    Effect.flatMap(predictor.coalesce(endpoint, input), (result) => {
      const prediction = toPrediction(request.model, media, result, context, keepMedium, endpoint.hidden)
      return applyAnswerHooks(predictor.answer, prediction, request.model, media, context)
    })
  ).pipe(Effect.catch((error) => Effect.succeed(notSent(Exit.fail(withInput(error, context))))))

/** The context of an input with the key of its medium, which the input may have been given on the way. */
const withKey = (context: InputContext, value: unknown): InputContext =>
  context.key === undefined && value instanceof Media && value.facts.key !== undefined
    ? { ...context, key: value.facts.key }
    : context

const prepareMedium = (predictor: Predictor, value: unknown, context: InputContext) => {
  const prepared = prepareNow(predictor, value)
  return prepared === undefined ? prepareInput(predictor, value, context) : Effect.succeed(prepared)
}

/** Predicts for one medium. Never fails. */
export const predictOne = (
  predictor: Predictor,
  request: PredictRequest,
  value: unknown,
  context: InputContext,
  keepMedium: boolean
): Effect.Effect<Prediction, never, any> =>
  Effect.matchEffect(prepareMedium(predictor, value, context), {
    onSuccess: (prepared) => predictPrepared(predictor, request, prepared, withKey(context, value), keepMedium),
    onFailure: (error) => Effect.succeed(notSent(Exit.fail(withInput(error, withKey(context, value)))))
  })

/**
 * Predicts for a batch of prepared media in one call, and in more where that one does not answer all. Never fails: there
 * is one prediction for each input, in order.
 */
export const predictMany = (
  predictor: Predictor,
  request: PredictRequest,
  kind: Kind,
  inputs: ReadonlyArray<{ readonly prepared: PreparedInput; readonly context: InputContext }>,
  keepMedium: boolean
): Effect.Effect<ReadonlyArray<Prediction>, never, any> =>
  resolveEndpoint(predictor, request, kind).pipe(
    Effect.flatMap((endpoint) =>
      Effect.flatMap(
        predictBatch(
          predictor.wire,
          endpoint,
          inputs.map(({ prepared }) => prepared.input)
        ),
        (results) => {
          const predictions = results.flatMap((result, i) => {
            const input = inputs[i]
            if (input === undefined) return [] // there is one result for each input
            const { context, prepared } = input
            return [toPrediction(request.model, prepared.media, result, context, keepMedium, endpoint.hidden)]
          })
          return predictor.answer.length === 0
            ? Effect.succeed(predictions)
            : Effect.forEach(predictions, (prediction, i) => {
                const input = inputs[i]
                return input === undefined
                  ? Effect.succeed(prediction)
                  : applyAnswerHooks(predictor.answer, prediction, request.model, input.prepared.media, input.context)
              })
        }
      )
    ),
    Effect.catch((error) => Effect.succeed(inputs.map(({ context }) => notSent(Exit.fail(withInput(error, context))))))
  )

/** Predictions by name, for one medium. */
export type NamedRequests = Readonly<Record<string, PredictRequest>>

/**
 * Predicts for one medium with several models: it is prepared and read once. Never fails. `onEach` is called with the
 * exit of each model as soon as there is one.
 */
export const predictAll = (
  predictor: Predictor,
  requests: NamedRequests,
  value: unknown,
  context: InputContext,
  keepMedium: boolean,
  onEach: (name: string, exit: Prediction["exit"]) => void
): Effect.Effect<Prediction, never, any> => {
  const names = Object.keys(requests)
  const about = withKey(context, value)
  return Effect.matchEffect(prepareMedium(predictor, value, context), {
    onSuccess: (prepared) =>
      Effect.map(
        Effect.forEach(
          Object.entries(requests),
          ([name, request]) =>
            Effect.map(predictPrepared(predictor, request, prepared, about, keepMedium), (prediction) => {
              onEach(name, prediction.exit)
              return prediction
            }),
          { concurrency: "unbounded" } // as many as there are names; `coalesce` limits the calls
        ),
        (predictions): Prediction => ({
          attempts: predictions.reduce((sum, { attempts }) => sum + attempts, 0),
          requestId: predictions.findLast(({ requestId }) => requestId !== undefined)?.requestId,
          exit: combineAnswers(
            names,
            predictions.map(({ exit }) => exit),
            about
          )
        })
      ),
    onFailure: (error) => Effect.succeed(notSent(Exit.fail(withInput(error, about))))
  })
}
