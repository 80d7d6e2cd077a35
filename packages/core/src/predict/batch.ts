/**
 * Predicts for a batch of inputs that share a call, with a result for each input.
 *
 * A call that is refused as a whole is split until the offending input is alone. An input that was answered is never
 * sent again.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { CallRuntime } from "../call/call-runtime.ts"
import { execute } from "../call/call.ts"
import { Deadline } from "../call/deadline.ts"
import { nextWait, takeRetry } from "../call/retry.ts"
import { isRetryable, isRetryableItem } from "../call/status-error.ts"
import type { BodyMemory } from "../connection/body-memory.ts"
import type { CallError } from "../errors/errors.ts"
import type { OutputWire } from "../wire/messages/output-messages.ts"
import { bisect, isHopeless, type PendingCall } from "./bisect.ts"
import type { Endpoint } from "./endpoint.ts"
import { failedCall, failsWith, type ItemResult, type ParsedCall, parseOutputs } from "./parse-outputs.ts"
import { type CallInput, makeCall } from "./predict-call.ts"
import { predictDivision } from "./split-media.ts"

/** The output of one input, or its error, after all calls that carried the input. */
export type InputResult = {
  /** How many attempts of calls carried the input. */
  readonly attempts: number
  readonly requestId: string | undefined
} & ({ readonly ok: true; readonly output: OutputWire } | { readonly ok: false; readonly error: CallError })

/** Predicts for a batch in one call, and in more where that one does not answer all inputs. Never fails. */
export const predictBatch = (
  wire: CallRuntime,
  endpoint: Endpoint,
  inputs: ReadonlyArray<CallInput>
): Effect.Effect<ReadonlyArray<InputResult>> => {
  if (!inputs.some(({ division }) => division !== undefined)) return sendBatch(wire, endpoint, inputs)
  return Effect.map(
    Effect.forEach(inputs, (input): Effect.Effect<ReadonlyArray<InputResult>> =>
      input.division === undefined
        ? sendBatch(wire, endpoint, [input])
        : Effect.map(
            predictDivision(input.division, endpoint, wire.connection, (part, inside, memory) =>
              sendBatch(wire, part, inside, memory)
            ),
            (result) => [result]
          )
    ),
    (results) => results.flat()
  )
}

const sendBatch = (
  wire: CallRuntime,
  endpoint: Endpoint,
  inputs: ReadonlyArray<CallInput>,
  memory?: BodyMemory
): Effect.Effect<ReadonlyArray<InputResult>> =>
  Effect.flatMap(sendCall(wire, endpoint, inputs, memory), (sent) => {
    const { attempts, parsed } = sent
    const results = parsed.items.map((item) => toInputResult(item, attempts, parsed.requestId))
    return parsed.items.every(Result.isSuccess)
      ? Effect.succeed(results)
      : sendRest(wire, endpoint, inputs, sent, results)
  })

/** A parsed call, its number, and how many attempts it took. */
interface SentCall {
  readonly id: number
  readonly attempts: number
  readonly parsed: ParsedCall
}

const sendCall = (
  wire: CallRuntime,
  endpoint: Endpoint,
  inputs: ReadonlyArray<CallInput>,
  memory?: BodyMemory,
  after?: number
): Effect.Effect<SentCall> =>
  Effect.flatMap(
    Effect.suspend(() => {
      const call = makeCall(wire, endpoint, inputs, memory)
      return Effect.tap(execute(wire, call, inputs.length, after), ({ attempts, result }) =>
        // after a second attempt the body of the first may still be on its way
        Effect.sync(() => (Result.isSuccess(result) && attempts === 1 ? memory?.giveBack(call.body) : undefined))
      )
    }),
    ({ attempts, id, result }): Effect.Effect<SentCall> =>
      Result.isFailure(result)
        ? Effect.succeed({ id, attempts, parsed: failedCall(result.failure, inputs.length) })
        : Effect.succeed({ id, attempts, parsed: parseOutputs(endpoint, inputs, result.success) })
  )

/** Makes the calls that the first one left open: repeats of inputs that may be repeated, and parts of a refused call. */
const sendRest = Effect.fnUntraced(function* (
  wire: CallRuntime,
  endpoint: Endpoint,
  inputs: ReadonlyArray<CallInput>,
  first: SentCall,
  firstResults: ReadonlyArray<InputResult>
) {
  const results = [...firstResults]
  let anyAnswered = first.parsed.items.some(Result.isSuccess)
  const whole: PendingCall = { positions: inputs.map((_, i) => i), round: 1, waitMs: 0, speculative: false }
  let pending = yield* nextCalls(wire, whole, first)
  while (pending.length > 0) {
    const next: Array<FollowUp> = []
    for (const call of pending) {
      if (call.waitMs > 0) yield* Effect.sleep(call.waitMs)
      const carried = call.positions.flatMap((at) => inputs[at] ?? [])
      const sent = yield* sendCall(wire, endpoint, carried, undefined, call.after)
      const { attempts, parsed } = sent
      call.positions.forEach((at, i) => {
        const item = parsed.items[i]
        const before = results[at]?.attempts ?? 0
        if (item !== undefined) results[at] = toInputResult(item, before + attempts, parsed.requestId)
      })
      if (parsed.items.some(Result.isSuccess)) anyAnswered = true
      next.push(...(yield* nextCalls(wire, call, sent)))
    }
    pending = isHopeless(anyAnswered, next) ? [] : next
  }
  return results
})

/** A call that follows another, whose number it reports. */
interface FollowUp extends PendingCall {
  readonly after: number
}

/** The calls that follow one call: parts of one that was refused, and a repeat of inputs that are in none of them. */
const nextCalls = Effect.fnUntraced(function* (wire: CallRuntime, call: PendingCall, { id, parsed }: SentCall) {
  const canWait = parsed.items.every((item) => failsWith(item, isRetryableItem))
  const isDivided = parsed.refused && call.positions.length > 1 && !canWait
  const parts = isDivided ? bisect(call.positions, parsed) : []
  const repeats = yield* repeatItems(wire, call, parsed, new Set(parts.flatMap(({ positions }) => positions)))
  return [...parts, ...repeats].map((one): FollowUp => ({ ...one, after: id }))
})

/**
 * One call with those inputs whose own status says that the work was not done and waiting can help. A call that was
 * refused as a whole was repeated already where that is safe, except for an input that the service cannot reach.
 */
const repeatItems = Effect.fnUntraced(function* (
  wire: CallRuntime,
  call: PendingCall,
  parsed: ParsedCall,
  inParts: ReadonlySet<number>
) {
  const none: ReadonlyArray<PendingCall> = []
  const may = (error: CallError) => isRetryableItem(error) && (parsed.itemised || !isRetryable(error))
  const positions = call.positions.filter((at, i) => !inParts.has(at) && failsWith(parsed.items[i], may))
  if (positions.length === 0) return none
  const { maxAttempts, maxRetryWaitMs } = wire.connection.limits
  const policy = { maxAttempts, maxWaitMs: maxRetryWaitMs, budget: wire.state.budget, deadline: yield* Deadline }
  const waitMs = yield* nextWait(call.round, { cause: "failure" })
  return (yield* takeRetry(policy, call.round, "failure", waitMs))
    ? [{ positions, round: call.round + 1, waitMs, speculative: false }]
    : none
})

/** A class, since literals that hold answers are moved where they are kept for long: see `results/plain-object.ts`. */
class CallResponse {
  readonly ok = true
  readonly output: OutputWire
  readonly attempts: number
  readonly requestId: string | undefined
  constructor(output: OutputWire, attempts: number, requestId: string | undefined) {
    this.output = output
    this.attempts = attempts
    this.requestId = requestId
  }
}

const toInputResult = (item: ItemResult, attempts: number, requestId: string | undefined): InputResult =>
  Result.isSuccess(item)
    ? new CallResponse(item.success, attempts, requestId)
    : { ok: false, error: item.failure, attempts, requestId }
