/**
 * Streams both ways: inputs go in while outputs come out, in one call. Its place in the transport, and what goes over it;
 * HTTP has no such call, so a connection over HTTP lacks it and `clarifai()` says so with {@link NotSupported}.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Settings } from "../connection/connection.ts"
import { type CallError, type InvalidOption, MalformedAnswer } from "../errors/errors.ts"
import type { Kind } from "../media/media.ts"
import { readableError } from "../errors/readable-error.ts"
import { decode } from "../wire/codec/decode-json.ts"
import type { InputWire } from "../wire/messages/input-messages.ts"
import {
  MultiOutputResponseWire,
  type OutputWire,
  type PostModelOutputsRequestWire
} from "../wire/messages/output-messages.ts"
import type { PredictOptions } from "../predict/predict-options.ts"
import type { Wire } from "./call.ts"
import { errorIn } from "./server-stream.ts"
import type { Call } from "./attempt.ts"
import { requestMembers } from "../predict/encode-request.ts"
import { type Address, type Secrets, modelEndpoint } from "../predict/endpoint.ts"

/** The connection cannot do what was asked of it, whatever the service could. Nothing was sent. */
export class NotSupported extends readableError(Data.TaggedError("NotSupported"))<{
  /** The connection's name, such as `clarifai`. */
  readonly connection: string
  /** What it lacks. */
  readonly what: string
}> {
  readonly retryable: boolean = false
  override get message() {
    return `${this.connection}: ${this.what} is not supported by this connection; use one that has it; nothing was sent`
  }
}

/** One call that streams both ways, as a transport is given it. */
export interface DuplexCall {
  /** Where the service is, and the credential. */
  readonly settings: Settings
  /** `/v2/models/outputs/stream`: over gRPC, `StreamModelOutputs` of the service `clarifai.api.V2`. */
  readonly path: string
  /** The model concerned, for errors. */
  readonly model: string
  /** The longest wait for the next answer, in milliseconds. */
  readonly timeoutMs: number
  /**
   * The messages to send, of one input each, which the transport takes no faster than it can send them. It half-closes
   * the call when they end, and cancels it when they fail.
   */
  readonly requests: Stream.Stream<PostModelOutputsRequestWire, CallError | InvalidOption>
}

/**
 * What a connection offers that can stream both ways: gives the answers as they come, each the JSON form of a
 * `MultiOutputResponse` with 64-bit integers as numbers or text.
 *
 * Ends with the service's last answer, and closes the call when it is left early. What breaks on the way is a
 * `CallError`; a status that is not a success is an answer, and is not for the transport to judge.
 */
export type Duplex = (call: DuplexCall) => Stream.Stream<unknown, CallError | InvalidOption>

/** Predictions that stream both ways. */
export interface DuplexAsk {
  readonly model: Address
  readonly kind: Kind
  readonly ask?: PredictOptions
  readonly secrets?: Secrets
  /** Read no faster than the transport sends. */
  readonly inputs: Stream.Stream<InputWire, CallError | InvalidOption>
}

/**
 * Sends inputs to a model one by one and gives its outputs as they come, over one call.
 *
 * Fails with {@link NotSupported} before an input is read where the connection has no `duplex`; with what the service
 * says of an answer, after the outputs that came before it. The call is not repeated: its inputs are gone.
 */
export const predictBothWays = (
  wire: Wire,
  { ask = {}, inputs, kind, model, secrets = {} }: DuplexAsk
): Stream.Stream<OutputWire, CallError | InvalidOption | NotSupported> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { duplex, limits, name } = wire.connection
      if (duplex === undefined)
        return yield* new NotSupported({ connection: name, what: "streaming in both directions" })
      const settings = yield* wire.settings
      const target = yield* modelEndpoint(settings, model, kind, ask, secrets)
      const asked = { inputs: [], ...requestMembers(target) }
      const versionId = ask.version ?? model.versionId
      const appId = model.appId ?? settings.appId
      const every = {
        ...asked,
        ...(appId === undefined
          ? {}
          : { user_app_id: { user_id: model.userId ?? settings.userId ?? "me", app_id: appId } }),
        model_id: model.id,
        ...(versionId === undefined ? {} : { version_id: versionId })
      }
      const call: Call = {
        method: "POST",
        path: "/v2/models/outputs/stream",
        body: undefined,
        model: model.id,
        timeoutMs: kind === "video" ? limits.videoAttemptTimeoutMs : limits.attemptTimeoutMs,
        secrets: target.secrets
      }
      const answers = duplex({
        settings,
        path: call.path,
        model: model.id,
        timeoutMs: call.timeoutMs,
        requests: Stream.map(inputs, (input) => ({ ...every, inputs: [input] }))
      })
      return Stream.flatMap(
        Stream.mapEffect(answers, (json) => {
          const decoded = decode(MultiOutputResponseWire, json)
          if (!decoded.ok)
            return Effect.fail<CallError>(
              new MalformedAnswer({ model: model.id, problem: `${decoded.problem.path}: ${decoded.problem.problem}` })
            )
          const error = errorIn({ type: "result", result: decoded.value }, settings, call)
          return error === undefined ? Effect.succeed(decoded.value.outputs) : Effect.fail(error)
        }),
        Stream.fromIterable
      )
    })
  )
