/** From a medium in a chain to a settled answer: prepare, read, encode, send, and put into our words. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import {
  InvalidOption,
  MalformedAnswer,
  MediaUnreadable,
  type NotConfigured,
  PartlyAnswered,
  type PredictError
} from "../errors/errors.ts"
import { isAddress, type Kind, Media, needsNoReading, remoteUrl } from "../media/media.ts"
import { readBytes } from "../media/read-bytes.ts"
import { parseModelUrl } from "../models/model-handle.ts"
import { isWorkflow } from "../models/workflow-handle.ts"
import { toAnswer } from "../results/answer.ts"
import type { Settings } from "../connection/connection.ts"
import type { PredictOptions } from "./predict-options.ts"
import { encodeInput } from "./request-body.ts"
import type { Coalesce } from "./coalesce.ts"
import type { Wire } from "../call/call.ts"
import { errorOf, succeeded } from "../call/status-error.ts"
import type { StatusWire } from "../wire/messages/status-messages.ts"
import type { CallInput, InputResult } from "./batch.ts"
import { type Address, type Secrets, type Endpoint, modelEndpoint, workflowEndpoint } from "./endpoint.ts"
import { composePrepare, type DivideHook, type PrepareHook } from "./prepare-hooks.ts"
import { rememberMedium } from "../results/answer-medium.ts"
import type { InputContext } from "../results/outcome.ts"
import { modelName, type ModelOrWorkflow, type ModelRef } from "../models/model-ref.ts"
import { toWorkflowAnswer } from "../results/workflow-answer.ts"

/** What predictions of one app share. */
export interface Predictor {
  readonly wire: Wire
  readonly coalesce: Coalesce
  readonly prepare: ReadonlyArray<PrepareHook>
  readonly divide?: ReadonlyArray<DivideHook>
  readonly secrets: Secrets
}

/** A prediction that a chain asks for: one model, or several by name. */
export interface PredictRequest {
  readonly model: ModelOrWorkflow
  readonly options: PredictOptions
}

/** A medium that is ready to be sent. */
export interface PreparedInput {
  readonly media: Media
  readonly entry: CallInput
}

/** How an input's prediction ended: its answer or error, and what it took. */
export interface Prediction {
  readonly exit: Exit.Exit<unknown, PredictError | PartlyAnswered>
  readonly attempts: number
  readonly requestId: string | undefined
}

/** Where a model is, from a handle, an id or a page URL. */
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

/** Targets of models of which nothing is asked, by handle or id. They hold no secret, and nothing of an answer. */
interface EndpointCache {
  readonly settings: Settings
  readonly endpoints: Map<ModelOrWorkflow, Map<Kind, Endpoint>>
}
const endpointCaches = new WeakMap<Predictor, EndpointCache>()
const maxEndpoints = 100

const knownOf = (predictor: Predictor, settings: Settings): EndpointCache => {
  const known = endpointCaches.get(predictor)
  if (known?.settings === settings && known.endpoints.size < maxEndpoints) return known
  const fresh = { settings, endpoints: new Map<ModelOrWorkflow, Map<Kind, Endpoint>>() }
  endpointCaches.set(predictor, fresh)
  return fresh
}

const hasNoOptions = (options: PredictOptions): boolean => {
  for (const _ in options) return false
  return true
}

/** The endpoint of a prediction for one kind of media. Cached where the model alone decides it. */
export const resolveEndpoint = (
  predictor: Predictor,
  request: PredictRequest,
  kind: Kind
): Effect.Effect<Endpoint, NotConfigured | InvalidOption> =>
  Effect.flatMap(predictor.wire.settings, (settings) => {
    if (!hasNoOptions(request.options)) return makeEndpoint(predictor, request, kind, settings)
    const { endpoints } = knownOf(predictor, settings)
    const endpoint = endpoints.get(request.model)?.get(kind)
    return endpoint === undefined
      ? Effect.map(makeEndpoint(predictor, request, kind, settings), (found) => {
          endpoints.set(request.model, (endpoints.get(request.model) ?? new Map<Kind, Endpoint>()).set(kind, found))
          return found
        })
      : Effect.succeed(endpoint)
  })

const makeEndpoint = (
  predictor: Predictor,
  request: PredictRequest,
  kind: Kind,
  settings: Settings
): Effect.Effect<Endpoint, NotConfigured | InvalidOption> =>
  Effect.gen(function* () {
    const address = yield* addressOf(request.model)
    if (isWorkflow(request.model))
      return yield* workflowEndpoint(settings, address, kind, request.options, predictor.wire.connection.limits)
    return yield* modelEndpoint(settings, address, kind, request.options, predictor.secrets)
  })

const readPart = (predictor: Predictor, media: Media): Effect.Effect<Uint8Array | undefined, MediaUnreadable> => {
  if (needsNoReading(media)) return Effect.succeed(undefined)
  const maxBytes = predictor.wire.connection.limits.maxBytes[media.kind]
  return Effect.flatMap(readBytes(media, { maxBytes }), (bytes) => {
    const checked = checkText(media, bytes)
    return checked instanceof MediaUnreadable ? Effect.fail(checked) : Effect.succeed(checked)
  })
}

/** Text files must be UTF-8, since they travel as JSON strings; anything else would be mangled silently. */
const checkText = (media: Media, bytes: Uint8Array): Uint8Array | MediaUnreadable => {
  if (media.kind !== "text") return bytes
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    return bytes
  } catch {
    return new MediaUnreadable({
      media: media.describe(),
      problem: "it is not UTF-8; decode it and give the text with app.text(..)"
    })
  }
}

/** The entry of a medium that is divided; it carries no bytes of its own. */
const dividedEntry = ({ divide = [] }: Predictor, media: Media, context: InputContext): CallInput | undefined => {
  for (const hook of divide) {
    const division = hook(media, context)
    if (division !== undefined) return { encoded: { pieces: [], sizeBytes: 0 }, url: undefined, division }
  }
  return undefined
}

/** A key that can be an input's id. Others, such as paths, name the input here alone: services refuse them. */
const idOf = (key: string | undefined): string | undefined =>
  key !== undefined && /^(?!\.{1,2}$)[^/\p{Cc}]{1,128}$/u.test(key) ? key : undefined

const toCallInput = (media: Media, read: ReadonlyArray<Uint8Array | undefined>): CallInput => {
  const id = idOf(media.facts.key)
  return {
    encoded: encodeInput(media, read, id),
    id,
    url: remoteUrl(media)
  }
}

/** A medium that needs no reading and no preparing, made ready at once; undefined for all others. */
export const prepareNow = (predictor: Predictor, media: unknown): PreparedInput | undefined =>
  media instanceof Media &&
  predictor.prepare.length === 0 &&
  (predictor.divide === undefined || predictor.divide.length === 0 || media.kind !== "video") &&
  needsNoReading(media)
    ? { media, entry: toCallInput(media, [undefined]) }
    : undefined

/** Prepares, reads and encodes a medium. */
export const prepareInput = (
  predictor: Predictor,
  value: unknown,
  context: InputContext
): Effect.Effect<PreparedInput, MediaUnreadable | InvalidOption> =>
  Effect.gen(function* () {
    if (!(value instanceof Media))
      return yield* new InvalidOption({
        option: "predict",
        problem: "needs a medium, and the chain holds something else"
      })
    const divided = dividedEntry(predictor, value, context)
    if (divided !== undefined) return { media: value, entry: divided }
    const given: ReadonlyArray<Media> = value.source.from === "parts" ? value.source.parts : [value]
    const prepare = composePrepare(predictor.prepare)
    const parts = yield* Effect.forEach(given, (part) => prepare(part, context))
    const read = yield* Effect.forEach(parts, (part) => readPart(predictor, part))
    const media = value.source.from === "parts" ? value.with({}, { from: "parts", parts }) : (parts[0] ?? value)
    return { media, entry: toCallInput(media, read) }
  })

const statusError = (status: StatusWire, name: string) =>
  succeeded(status) ? undefined : errorOf(status, { model: name })

/** Decodes one input result; the answer keeps a private reference to its medium. */
export const toPrediction = (
  model: ModelOrWorkflow,
  media: Media,
  settlement: InputResult,
  context: InputContext,
  keepMedium: boolean
): Prediction => {
  const facts = { attempts: settlement.attempts, requestId: settlement.requestId }
  if (!settlement.ok) return { ...facts, exit: Exit.fail(addInput(settlement.error, context)) }
  if (isWorkflow(model)) {
    const value = toWorkflowAnswer(model, media.kind, settlement.output, statusError)
    rememberMedium(value, media, keepMedium)
    return { ...facts, exit: Exit.succeed(value) }
  }
  const answer = toAnswer(typeof model === "string" ? "unknown" : model.task, media.kind, settlement.output)
  if (!answer.ok) {
    const { path, problem } = answer.problem
    const error = new MalformedAnswer({ model: modelName(model), problem: `${path}: ${problem}` })
    return { ...facts, exit: Exit.fail(addInput(error, context)) }
  }
  return { ...facts, exit: Exit.succeed(rememberMedium(answer.value, media, keepMedium)) }
}

/** The error with the input it concerns. */
export const addInput = <E extends PredictError>(error: E, { index, key }: InputContext): E => {
  if ("index" in error && error.index !== undefined) return error
  const make = error.constructor as new (fields: object) => E // a class of errors.ts, made from its fields
  return new make({ ...fieldsOf(error), index, ...(key === undefined ? {} : { key }) })
}

/** An error's fields; `cause` is not enumerable. */
const fieldsOf = (error: object): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(Object.entries(error).filter(([name, value]) => name !== "_tag" && value !== undefined)),
  ...("cause" in error ? { cause: error.cause } : {})
})

const unsent = (exit: Exit.Exit<never, PredictError>): Prediction => ({ exit, attempts: 0, requestId: undefined })

/** Sends a medium that is ready, sharing a call with those asked for in the same turn. */
const predictReady = (
  predictor: Predictor,
  request: PredictRequest,
  { entry, media }: PreparedInput,
  context: InputContext,
  keepMedium: boolean
): Effect.Effect<Prediction> =>
  Effect.gen(function* () {
    const endpoint = yield* resolveEndpoint(predictor, request, media.kind)
    const settlement = yield* predictor.coalesce(endpoint, entry)
    return toPrediction(request.model, media, settlement, context, keepMedium)
  }).pipe(Effect.catch((error) => Effect.succeed(unsent(Exit.fail(addInput(error, context))))))

const readyOrNot = (predictor: Predictor, value: unknown, context: InputContext) => {
  const ready = prepareNow(predictor, value)
  return ready === undefined ? prepareInput(predictor, value, context) : Effect.succeed(ready)
}

/** Predicts for one medium. */
export const predictOne = (
  predictor: Predictor,
  request: PredictRequest,
  value: unknown,
  context: InputContext,
  keepMedium: boolean
): Effect.Effect<Prediction> =>
  Effect.matchEffect(readyOrNot(predictor, value, context), {
    onSuccess: (ready) => predictReady(predictor, request, ready, context, keepMedium),
    onFailure: (error) => Effect.succeed(unsent(Exit.fail(addInput(error, context))))
  })

/** Is told how each of several models ended, as soon as it did. */
type NoteNamed = (names: ReadonlyArray<string>, name: string, exit: Prediction["exit"]) => void

/** Predicts for one medium with several models: it is prepared and read once. */
export const predictAll = (
  predictor: Predictor,
  models: Readonly<Record<string, ModelRef>>,
  options: PredictOptions,
  value: unknown,
  context: InputContext,
  keepMedium: boolean,
  note: NoteNamed
): Effect.Effect<Prediction> => {
  const names = Object.keys(models)
  return Effect.matchEffect(readyOrNot(predictor, value, context), {
    onSuccess: (ready) =>
      Effect.map(
        Effect.forEach(
          Object.entries(models),
          ([name, model]) =>
            Effect.map(predictReady(predictor, { model, options }, ready, context, keepMedium), (settled) => {
              note(names, name, settled.exit)
              return settled
            }),
          { concurrency: "unbounded" } // as many as the models named; calls are bounded by the dispatcher
        ),
        (settled): Prediction => ({
          attempts: settled.reduce((sum, { attempts }) => sum + attempts, 0),
          requestId: settled.findLast(({ requestId }) => requestId !== undefined)?.requestId,
          exit: combineAnswers(
            names,
            settled.map(({ exit }) => exit),
            context
          )
        })
      ),
    onFailure: (error) => Effect.succeed(unsent(Exit.fail(addInput(error, context))))
  })
}

/**
 * What several models gave for one input, by name. Where only some answered, a failure that holds their answers; where
 * none did, the first failure.
 */
export const combineAnswers = (
  names: ReadonlyArray<string>,
  exits: ReadonlyArray<Exit.Exit<unknown, unknown>>,
  { index, key }: InputContext
): Exit.Exit<unknown, PredictError | PartlyAnswered> => {
  const answers: Record<string, unknown> = {}
  const failures: Record<string, PredictError> = {}
  let first: Exit.Exit<never, PredictError> | undefined
  for (const [i, name] of names.entries()) {
    const exit = exits[i]
    if (exit === undefined) continue
    if (Exit.isSuccess(exit)) {
      answers[name] = exit.value
      continue
    }
    const failed = exit as Exit.Failure<never, PredictError> // what predictions fail with
    const reason = failed.cause.reasons.find((each) => each._tag === "Fail")
    if (reason?._tag !== "Fail") return failed // a defect or an interruption concerns all
    failures[name] = reason.error
    first ??= failed
  }
  if (first === undefined) return Exit.succeed(answers)
  if (Object.keys(answers).length === 0) return first
  return Exit.fail(new PartlyAnswered({ answers, failures, index, ...(key === undefined ? {} : { key }) }))
}
