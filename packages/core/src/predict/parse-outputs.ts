/** Reads an answered prediction: the result of each of its inputs, by the status of its output. */
import * as Result from "effect/Result"
import type { CallResponse } from "../call/call.ts"
import { statusError, isSuccess } from "../call/status-error.ts"
import { type CallError, MalformedAnswer } from "../errors/errors.ts"
import { decode } from "../wire/codec/decode-json.ts"
import type { OutputWire } from "../wire/messages/output-messages.ts"
import * as Status from "../wire/messages/status-codes.ts"
import { PredictionOutputWire } from "../wire/messages/prediction-output.ts"
import type { Endpoint } from "./endpoint.ts"
import { type InputIdentity, matchOutputs } from "./match-outputs.ts"

/** The output of one input in one call, or why it has none. */
export type ItemResult = Result.Result<OutputWire, CallError>

/** The results of one call. */
export interface ParsedCall {
  /** One for each input, in the order of the inputs. */
  readonly items: ReadonlyArray<ItemResult>
  readonly requestId: string | undefined
  /** True when the call as a whole was refused for its contents. */
  readonly refused: boolean
  /** True when the answer has a status for each input. */
  readonly itemised: boolean
}

const outputsField = { model: "outputs", workflow: "results" } as const

/** Decides the result of each input of an answered call by the status of its output. */
export const parseOutputs = (
  endpoint: Endpoint,
  inputs: ReadonlyArray<InputIdentity>,
  answered: CallResponse
): ParsedCall => {
  const { httpStatus, retryAfterMs, status } = answered
  const { model } = endpoint
  const requestId = status.req_id
  const malformed = (problem: string): ItemResult =>
    Result.fail(new MalformedAnswer({ model, httpStatus, ...(requestId === undefined ? {} : { requestId }), problem }))
  const context = { model, requestId, retryAfterMs, secrets: endpoint.hidden }
  const good = isSuccess(status)
  const outputs: unknown = answered.json[outputsField[endpoint.service]]
  if (!Array.isArray(outputs) || outputs.length === 0) {
    const item =
      good || status.code === Status.MIXED_STATUS
        ? malformed("it has no outputs")
        : Result.fail(statusError(status, context))
    return {
      items: inputs.map(() => item),
      requestId,
      refused: !good && status.code !== Status.MIXED_STATUS,
      itemised: false
    }
  }
  const items = matchOutputs(inputs, outputs).map((output, i): ItemResult => {
    if (output === undefined) return malformed("it has no output for this input")
    const decoded = decode(PredictionOutputWire, output)
    if (!decoded.ok) return malformed(`outputs[${i}].${decoded.problem.path}: ${decoded.problem.problem}`)
    const own = decoded.value.status ?? status
    return isSuccess(own) ? Result.succeed(decoded.value) : Result.fail(statusError(own, context))
  })
  outputs.length = 0 // decoded: code that still refers to the body does not keep all of its outputs alive
  // newer models answer no input when one of them is bad, and list all of them as failed
  const refused = !good && status.code !== Status.MIXED_STATUS && items.every(Result.isFailure)
  return { items, requestId, refused, itemised: true }
}

/** The results of a call without an answer. It counts as refused where the error says that its contents are at fault. */
export const failedCall = (error: CallError, inputs: number): ParsedCall => ({
  items: Array.from({ length: inputs }, () => Result.fail(error)),
  requestId: "requestId" in error ? error.requestId : undefined,
  refused: error._tag === "InvalidRequest",
  itemised: false
})

/** True for a failed item whose error passes the test. */
export const failsWith = (item: ItemResult | undefined, test: (error: CallError) => boolean): boolean =>
  item !== undefined && Result.isFailure(item) && test(item.failure)
