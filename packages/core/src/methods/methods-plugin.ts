// `app.call(method, arguments)`: methods of models that take named arguments, as a plugin adds them.
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type CallError, type InvalidOption, MalformedAnswer, type PredictError } from "../errors/errors.ts"
import { Generation } from "../chain/generation.ts"
import { definePlugin } from "../plugin/contract.ts"
import { Operation } from "../resources/operation.ts"
import { request } from "../resources/resource-call.ts"
import type { PredictOptions } from "../predict/predict-options.ts"
import type { EncodedInput } from "../predict/request-body.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import { generate } from "../call/server-stream.ts"
import { predictBatch } from "../predict/batch.ts"
import { makeCall } from "../predict/predict-call.ts"
import { modelEndpoint } from "../predict/endpoint.ts"
import { SingleModelResponseWire } from "../wire/messages/model-requests.ts"
import { SingleModelVersionResponseWire } from "../wire/messages/version-requests.ts"
import type { MethodSignatureWire } from "../wire/messages/model-type-messages.ts"
import type { OutputWire } from "../wire/messages/output-messages.ts"
import { type Method, type MethodOwner, ownerOf } from "./method.ts"
import { readResult } from "./decode-result.ts"
import { type Signature, signaturesIn, toSignature } from "./signatures.ts"
import type { Arguments, MethodType, Result, Takes } from "./method-types.ts"
import { writeArguments } from "./encode-arguments.ts"
import { iterate, run, settle } from "../promise.ts"

/** How a method is called. */
export type CallOptions = Pick<PredictOptions, "version" | "runner">

/** What a call gives: one result, or one after another. */
export type Called<G extends MethodType, S extends boolean> = S extends true
  ? Generation<Result<G>, PredictError, never>
  : Operation<Result<G>, PredictError>

const answerOf = <G extends MethodType>(method: Method<Takes, G>, output: OutputWire) => {
  const result = readResult(method.gives, output)
  if (result.ok) return Effect.succeed(result.value)
  const { path, problem } = result.problem
  return Effect.fail(new MalformedAnswer({ model: method.model.id, problem: `${path}: ${problem}` }))
}

const entryOf = (encoded: EncodedInput) => ({ encoded, url: undefined })

const once = <G extends MethodType>(
  runtime: CallRuntime,
  method: Method<Takes, G>,
  given: Readonly<Record<string, unknown>>,
  options: CallOptions
): Effect.Effect<Result<G>, PredictError> =>
  Effect.gen(function* () {
    const settings = yield* runtime.settings
    const target = yield* modelEndpoint(settings, method.model, "text", options, {})
    const encoded = yield* writeArguments(method, given, runtime.connection.limits)
    const [settlement] = yield* predictBatch(runtime, target, [entryOf(encoded)])
    if (settlement === undefined) return yield* Effect.die(new Error("a group of one settles one"))
    return yield* settlement.ok ? answerOf(method, settlement.output) : Effect.fail(settlement.error)
  })

const piecewise = <G extends MethodType>(
  runtime: CallRuntime,
  method: Method<Takes, G>,
  given: Readonly<Record<string, unknown>>,
  options: CallOptions
): Stream.Stream<Result<G>, PredictError> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const settings = yield* runtime.settings
      const target = yield* modelEndpoint(settings, method.model, "text", options, {}, "outputs/generate")
      const encoded = yield* writeArguments(method, given, runtime.connection.limits)
      const outputs: Stream.Stream<OutputWire, PredictError> = generate(
        runtime,
        makeCall(runtime, target, [entryOf(encoded)])
      )
      return Stream.mapEffect(outputs, (output) => answerOf(method, output))
    })
  )

const signed = (signatures: ReadonlyArray<MethodSignatureWire> = []) => signatures.map(toSignature)

const declared = (runtime: CallRuntime, { appId, id, userId, versionId }: Method["model"]) => {
  const owner = { userId, appId }
  return versionId === undefined
    ? Effect.map(
        request(runtime, SingleModelResponseWire, { method: "GET", path: ["models", id], owner }),
        ({ model }) => signed(model?.model_version?.method_signatures)
      )
    : Effect.map(
        request(runtime, SingleModelVersionResponseWire, {
          method: "GET",
          path: ["models", id, "versions", versionId],
          owner
        }),
        ({ model_version }) => signed(model_version?.method_signatures)
      )
}

/** What an older model without methods says when it is asked for them. */
const unsupportedFormat = 30101

/** Calls the model, as the official client does when the version does not list its methods. */
const asked = (
  runtime: CallRuntime,
  model: Method["model"]
): Effect.Effect<ReadonlyArray<Signature>, CallError | InvalidOption> =>
  Effect.gen(function* () {
    const target = yield* modelEndpoint(yield* runtime.settings, model, "text", {}, {})
    const text = `{"data":{"metadata":{"_method_name":"_GET_SIGNATURES"},"parts":[{"data":{}}]}}`
    const [settlement] = yield* predictBatch(runtime, target, [entryOf({ pieces: [text], sizeBytes: text.length })])
    if (settlement === undefined) return []
    if (!settlement.ok)
      return yield* "code" in settlement.error && settlement.error.code === unsupportedFormat
        ? Effect.succeed([])
        : Effect.fail(settlement.error)
    const raw = settlement.output.data?.text?.raw ?? ""
    if (raw === "") return []
    const signatures = signaturesIn(raw)
    if (signatures.ok) return signatures.value
    const { path, problem } = signatures.problem
    return yield* new MalformedAnswer({ model: model.id, problem: `${path}: ${problem}` })
  })

/** What an app with {@link methods} has. */
export interface MethodMembers {
  /**
   * Calls a method of a model with arguments by name: `app.call(chat, { prompt: "hi" }).run()`, or, of a method that
   * streams, `for await (const piece of app.call(chat, { prompt: "hi" }))`.
   *
   * Media among the arguments are sent as they are: plugins' `prepare` does not see them. Fails with one of
   * `PredictError`; with `InvalidOption` before anything is sent where an argument is missing, unknown or of another type.
   */
  readonly call: <T extends Takes, G extends MethodType, S extends boolean>(
    method: Method<T, G, S>,
    args: Arguments<T>,
    options?: CallOptions
  ) => Called<G, S>
  /** The methods that a model has; none of an older model, which is asked with `predict`. */
  readonly signatures: (model: MethodOwner) => Operation<ReadonlyArray<Signature>, CallError | InvalidOption>
}

const nameOf = ({ model, name }: Pick<Method, "model" | "name">): string => `call(${model.id}.${name})`

/** Adds `app.call` and `app.signatures`: methods of models that take named arguments. */
export const methods = () =>
  definePlugin({
    name: "methods",
    version: 1,
    members: ({ wire }): MethodMembers => ({
      call: (method, args, options = {}) =>
        // which of the two is what `streams` says, and its type is `S`
        (method.streams
          ? new Generation(nameOf(method), piecewise(wire, method, args, options), { run, settle, iterate })
          : new Operation(nameOf(method), once(wire, method, args, options))) as never,
      signatures: (model) => {
        const owner = ownerOf(model)
        return new Operation(
          `signatures(${owner.id})`,
          Effect.flatMap(declared(wire, owner), (found) =>
            found.length > 0 ? Effect.succeed(found) : asked(wire, owner)
          )
        )
      }
    })
  })
