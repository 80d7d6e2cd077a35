/** Predictions that stream both ways: inputs are sent while outputs arrive, in one call. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Call } from "../call/attempt.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import { messageError } from "../call/server-stream.ts"
import { NotSupported } from "../connection/duplex.ts"
import { type CallError, type InvalidOption, MalformedAnswer } from "../errors/errors.ts"
import type { Kind } from "../media/media.ts"
import { decode } from "../wire/codec/decode-json.ts"
import type { InputWire } from "../wire/messages/input-messages.ts"
import { MultiOutputResponseWire, type OutputWire } from "../wire/messages/output-messages.ts"
import type { StatusWire } from "../wire/messages/status-messages.ts"
import { requestMembers } from "./encode-request.ts"
import { type Address, modelEndpoint, type NamedSecrets } from "./endpoint.ts"
import type { PredictOptions } from "./predict-options.ts"

/** A prediction that streams both ways. */
export interface DuplexRequest {
  readonly model: Address
  readonly kind: Kind
  readonly options?: PredictOptions
  readonly secrets?: NamedSecrets
  /** Read no faster than the connection sends. */
  readonly inputs: Stream.Stream<InputWire, CallError | InvalidOption>
}

/** One output of a stream in both directions, with the error of its status. */
export interface StreamedOutput {
  readonly output: OutputWire
  readonly error: CallError | undefined
}

/**
 * Sends inputs to a model one by one and returns its outputs as they arrive, over one call.
 *
 * Fails with {@link NotSupported} before an input is read if the connection has no `duplex`, and with the error of an
 * answer after the outputs that came before it. The call is not repeated: its inputs are gone.
 */
export const predictBothWays = (
  runtime: CallRuntime,
  request: DuplexRequest
): Stream.Stream<OutputWire, CallError | InvalidOption | NotSupported> =>
  Stream.mapEffect(settleBothWays(runtime, request), ({ error, output }) =>
    error === undefined ? Effect.succeed(output) : Effect.fail(error)
  )

/** Does the same, but an output that failed does not end the stream. */
export const settleBothWays = (
  runtime: CallRuntime,
  { inputs, kind, model, options = {}, secrets = {} }: DuplexRequest
): Stream.Stream<StreamedOutput, CallError | InvalidOption | NotSupported> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { duplex, limits, name } = runtime.connection
      if (duplex === undefined)
        return yield* new NotSupported({ connection: name, what: "streaming in both directions" })
      const settings = yield* runtime.settings
      const endpoint = yield* modelEndpoint(settings, model, kind, options, secrets)
      const versionId = options.version ?? model.versionId
      const appId = model.appId ?? settings.appId
      const userId = model.userId ?? settings.userId ?? "me"
      const members = {
        ...requestMembers(endpoint),
        ...(appId === undefined ? {} : { user_app_id: { user_id: userId, app_id: appId } }),
        model_id: model.id,
        ...(versionId === undefined ? {} : { version_id: versionId })
      }
      const call: Call = {
        method: "POST",
        path: "/v2/models/outputs/stream",
        body: undefined,
        model: model.id,
        timeoutMs: kind === "video" ? limits.videoAttemptTimeoutMs : limits.attemptTimeoutMs,
        secrets: endpoint.secrets
      }
      const answers = duplex({
        settings,
        path: call.path,
        model: model.id,
        timeoutMs: call.timeoutMs,
        requests: Stream.map(inputs, (input) => ({ ...members, inputs: [input] }))
      })
      const errorOf = (own: StatusWire) =>
        messageError({ type: "result", result: { status: own, outputs: [] } }, settings.secrets, call)
      return Stream.flatMap(
        Stream.mapEffect(answers, (json) => {
          const decoded = decode(MultiOutputResponseWire, json)
          if (!decoded.ok)
            return Effect.fail<CallError>(
              new MalformedAnswer({ model: model.id, problem: `${decoded.problem.path}: ${decoded.problem.problem}` })
            )
          const { outputs, status } = decoded.value
          // Outputs with a status each settle their inputs; the response's own status may repeat that of a failed one.
          const whole = outputs.every((output) => output.status === undefined) ? errorOf(status) : undefined
          return whole === undefined
            ? Effect.succeed(
                outputs.map((output): StreamedOutput => ({ output, error: errorOf(output.status ?? status) }))
              )
            : Effect.fail(whole)
        }),
        Stream.fromIterable
      )
    })
  )
