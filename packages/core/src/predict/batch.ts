/**
 * Predicts for a group of inputs that share a call, and settles each by itself.
 * A call refused as a whole is halved until the offending input stands alone; what was answered is never sent again.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import type { Settings } from "../connection/connection.ts"
import { type CallError, MalformedAnswer } from "../errors/errors.ts"
import { decode } from "../wire/codec/decode-json.ts"
import { PredictionOutputWire } from "../wire/messages/prediction-output.ts"
import type { OutputWire } from "../wire/messages/output-messages.ts"
import { matchOutputs, type InputIdentity } from "./match-outputs.ts"
import { errorOf, mayBeOneInput, mayRepeat, mayRepeatItem, succeeded } from "../call/status-error.ts"
import { assemble, type EncodedInput, utf8Length } from "./request-body.ts"
import type { BodyMemory } from "../connection/body-memory.ts"
import { type Answered, conclude, mixed, type Wire } from "../call/call.ts"
import { Deadline } from "../call/deadline.ts"
import { type Division, predictDivision } from "./split-media.ts"
import { secretsOf } from "../call/network-error.ts"
import { backoffMs } from "../call/retry.ts"
import type { Call } from "../call/attempt.ts"
import type { Endpoint } from "./endpoint.ts"

/** How one input of a call was settled. */
export type InputResult = {
  /** How many attempts of calls carried the input. */
  readonly attempts: number
  readonly requestId: string | undefined
} & ({ readonly ok: true; readonly output: OutputWire } | { readonly ok: false; readonly error: CallError })

/** An input on its way: encoded, with what its answer can be recognised by. */
export interface CallInput extends InputIdentity {
  readonly encoded: EncodedInput
  /** For a medium that does not go whole; such an entry is settled by itself. */
  readonly division?: Division
}

/** The pieces of a call's body and their exact size in bytes. Texts side by side are one piece. */
const joinBody = (endpoint: Endpoint, inputs: ReadonlyArray<CallInput>) => {
  const pieces: Array<string | Uint8Array> = []
  let text = endpoint.head
  let size = utf8Length(endpoint.head) + utf8Length(endpoint.tail) + Math.max(0, inputs.length - 1)
  let isFirst = true
  for (const { encoded } of inputs) {
    if (!isFirst) text += ","
    isFirst = false
    for (const piece of encoded.pieces)
      if (typeof piece === "string") text += piece
      else {
        pieces.push(text, piece)
        text = ""
      }
    size += encoded.sizeBytes
  }
  pieces.push(text + endpoint.tail)
  return { pieces, size }
}

/** The size of a call's body in bytes, without making it. */
export const bodySize = (endpoint: Endpoint, inputs: ReadonlyArray<CallInput>): number =>
  joinBody(endpoint, inputs).size

/** The call that predicts for these inputs; its body is written into `memory`, where there is some. */
export const makeCall = (wire: Wire, endpoint: Endpoint, inputs: ReadonlyArray<CallInput>, memory?: BodyMemory) => {
  const { limits } = wire.connection
  const { pieces, size } = joinBody(endpoint, inputs)
  return {
    method: "POST",
    path: endpoint.path,
    body: assemble(pieces, size, memory?.take(size)),
    model: endpoint.model,
    timeoutMs: endpoint.kind === "video" ? limits.videoAttemptTimeoutMs : limits.attemptTimeoutMs,
    secrets: endpoint.secrets
  } satisfies Call
}

/** What became of one input in one call, before it is known how often it was sent. */
type ItemResult = Result.Result<OutputWire, CallError>

/** A call that is still to be made, for some of the group's inputs. */
interface PendingCall {
  readonly members: ReadonlyArray<number>
  /** Which repeat of items this is, from 1. */
  readonly round: number
  readonly waitMs: number
  /** True for a part of a refused call whose parts need not all be tried: each input's own reason is known, or the
   * reason need not lie in an input at all. */
  readonly doubtful: boolean
}

/** What a call told: each input's verdict, and whether the call was refused as a whole. */
interface ParsedCall {
  readonly verdicts: ReadonlyArray<ItemResult>
  readonly requestId: string | undefined
  /** True when the call as a whole was refused for what it held. */
  readonly refused: boolean
  /** True when the answer tells of each input by itself. */
  readonly itemised: boolean
}

const aboutAnswer = (endpoint: Endpoint, answered: Answered) => ({
  model: endpoint.model,
  httpStatus: answered.httpStatus,
  ...(answered.status.req_id === undefined ? {} : { requestId: answered.status.req_id })
})

/** Judges each input of an answered call by its own status. */
const parseOutputs = (
  endpoint: Endpoint,
  inputs: ReadonlyArray<CallInput>,
  answered: Answered,
  secrets: ReadonlyArray<string>
): ParsedCall => {
  const { status } = answered
  const requestId = status.req_id
  const circumstances = { model: endpoint.model, requestId, retryAfterMs: answered.retryAfterMs, secrets }
  const malformed = (problem: string): ItemResult =>
    Result.fail(new MalformedAnswer({ ...aboutAnswer(endpoint, answered), problem }))
  const good = succeeded(status)
  const outputs: unknown = answered.json[endpoint.answers ?? "outputs"]
  if (!Array.isArray(outputs) || outputs.length === 0) {
    const verdict =
      good || status.code === mixed ? malformed("it has no outputs") : Result.fail(errorOf(status, circumstances))
    const refused = !good && status.code !== mixed
    return { verdicts: inputs.map(() => verdict), requestId, refused, itemised: false }
  }
  const verdicts = matchOutputs(inputs, outputs).map((output, i): ItemResult => {
    if (output === undefined) return malformed("it has no output for this input")
    const decoded = decode(PredictionOutputWire, output)
    if (!decoded.ok) return malformed(`outputs[${i}].${decoded.problem.path}: ${decoded.problem.problem}`)
    const own = decoded.value.status ?? status
    return succeeded(own) ? Result.succeed(decoded.value) : Result.fail(errorOf(own, circumstances))
  })
  outputs.length = 0 // read; what still holds the body is not to hold all that was in it
  // newer models answer nothing when one input is bad, and list all of them as failed
  const refused = !good && status.code !== mixed && verdicts.every(Result.isFailure)
  return { verdicts, requestId, refused, itemised: true }
}

const codeOf = (verdict: ItemResult | undefined): number | undefined =>
  verdict !== undefined && Result.isFailure(verdict) && "code" in verdict.failure ? verdict.failure.code : undefined

/** "Could not be processed": what a good input is told when another one spoiled the call. */
const couldNotBeProcessed = 30002

const fails = (verdict: ItemResult | undefined, test: (error: CallError) => boolean): boolean =>
  verdict !== undefined && Result.isFailure(verdict) && test(verdict.failure)

/** The calls that look for the culprit of a refusal: those it cannot be in one, or two halves. */
const bisect = (members: ReadonlyArray<number>, { itemised, verdicts }: ParsedCall): ReadonlyArray<PendingCall> => {
  const doubtful = itemised || !verdicts.some((verdict) => fails(verdict, ({ _tag }) => _tag === "InputRejected"))
  const call = (of: ReadonlyArray<number>): ReadonlyArray<PendingCall> =>
    of.length === 0 ? [] : [{ members: of, round: 1, waitMs: 0, doubtful }]
  const maybe = members.filter((_, i) => fails(verdicts[i], mayBeOneInput))
  const innocent = members.filter((_, i) => codeOf(verdicts[i]) === couldNotBeProcessed)
  if (innocent.length < members.length && innocent.length > 0) return call(innocent)
  if (maybe.length < members.length) return call(maybe)
  const middle = Math.ceil(maybe.length / 2)
  return [...call(maybe.slice(0, middle)), ...call(maybe.slice(middle))]
}

/** When so many parts of one refused call are all refused too, the fault lies in what they share. */
const enoughParts = 16

/** Sends a group in one call and settles every input of it. Never fails: failures are settlements. */
export const predictBatch = (
  wire: Wire,
  endpoint: Endpoint,
  inputs: ReadonlyArray<CallInput>
): Effect.Effect<ReadonlyArray<InputResult>> => {
  if (!inputs.some(({ division }) => division !== undefined)) return sendBatch(wire, endpoint, inputs)
  return Effect.map(
    Effect.forEach(inputs, (entry): Effect.Effect<ReadonlyArray<InputResult>> =>
      entry.division === undefined
        ? sendBatch(wire, endpoint, [entry])
        : Effect.map(
            predictDivision(entry.division, endpoint, wire.connection, (part, inside, memory) =>
              sendBatch(wire, part, inside, memory)
            ),
            (settlement) => [settlement]
          )
    ),
    (settled) => settled.flat()
  )
}

const sendBatch = (
  wire: Wire,
  endpoint: Endpoint,
  inputs: ReadonlyArray<CallInput>,
  memory?: BodyMemory
): Effect.Effect<ReadonlyArray<InputResult>> =>
  Effect.flatMap(sendCall(wire, endpoint, inputs, memory), ({ attempts, read }) => {
    const settled = read.verdicts.map((verdict) => toInputResult(verdict, attempts, read.requestId))
    return read.verdicts.every(Result.isSuccess)
      ? Effect.succeed(settled)
      : resolveFailures(wire, endpoint, inputs, read, settled)
  })

/** One call for these inputs, read. */
const sendCall = (wire: Wire, endpoint: Endpoint, inputs: ReadonlyArray<CallInput>, memory?: BodyMemory) =>
  Effect.flatMap(
    Effect.suspend(() => {
      const call = makeCall(wire, endpoint, inputs, memory)
      return Effect.tap(conclude(wire, call, inputs.length), ({ attempts, result }) =>
        // what was tried twice may still be on its way the first time
        Effect.sync(() => (Result.isSuccess(result) && attempts === 1 ? memory?.giveBack(call.body) : undefined))
      )
    }),
    ({ attempts, result }): Effect.Effect<{ readonly attempts: number; readonly read: ParsedCall }> =>
      Result.isFailure(result)
        ? Effect.succeed({ attempts, read: rejectedCall(result.failure, inputs.length) })
        : Effect.map(
            Effect.orElseSucceed(wire.settings, (): Settings | undefined => undefined),
            (settings) => {
              const secrets = settings === undefined ? [] : secretsOf(settings, endpoint.secrets)
              return { attempts, read: parseOutputs(endpoint, inputs, result.success, secrets) }
            }
          )
  )

/** Goes on with what the first call left open: repeats what may be repeated, and looks for the culprit of a refusal. */
const resolveFailures = Effect.fnUntraced(function* (
  wire: Wire,
  endpoint: Endpoint,
  inputs: ReadonlyArray<CallInput>,
  first: ParsedCall,
  firstSettled: ReadonlyArray<InputResult>
) {
  const settled = [...firstSettled]
  let cleared = first.verdicts.some(Result.isSuccess)
  const everyone: PendingCall = { members: inputs.map((_, i) => i), round: 1, waitMs: 0, doubtful: false }
  let pending = yield* nextCalls(wire, everyone, first)
  while (pending.length > 0) {
    const next: Array<PendingCall> = []
    for (const call of pending) {
      if (call.waitMs > 0) yield* Effect.sleep(call.waitMs)
      const made = yield* sendCall(
        wire,
        endpoint,
        call.members.flatMap((at) => inputs[at] ?? [])
      )
      call.members.forEach((at, i) => {
        const attempts = (settled[at]?.attempts ?? 0) + made.attempts
        const verdict = made.read.verdicts[i]
        if (verdict !== undefined) settled[at] = toInputResult(verdict, attempts, made.read.requestId)
      })
      if (made.read.verdicts.some(Result.isSuccess)) cleared = true
      next.push(...(yield* nextCalls(wire, call, made.read)))
    }
    const hopeless = !cleared && next.length >= enoughParts && next.every(({ doubtful }) => doubtful)
    pending = hopeless ? [] : next
  }
  return settled
})

/** The calls that one call leads to. */
const nextCalls = (wire: Wire, call: PendingCall, read: ParsedCall): Effect.Effect<ReadonlyArray<PendingCall>> => {
  const passing = read.verdicts.every((verdict) => fails(verdict, mayRepeatItem))
  return read.refused && call.members.length > 1 && !passing
    ? Effect.succeed(bisect(call.members, read))
    : retryItems(wire, call, read)
}

/** A call without an answer: refused when its HTTP status alone says that an input, or the size, is at fault. */
const rejectedCall = (error: CallError, items: number): ParsedCall => ({
  verdicts: Array.from({ length: items }, () => Result.fail(error)),
  requestId: "requestId" in error ? error.requestId : undefined,
  refused: error._tag === "InvalidRequest",
  itemised: false
})

/** A class, since literals that hold answers are moved where they are kept for long: see `results/plain.ts`. */
class Answer {
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

const toInputResult = (verdict: ItemResult, attempts: number, requestId: string | undefined): InputResult =>
  Result.isSuccess(verdict)
    ? new Answer(verdict.success, attempts, requestId)
    : { ok: false, error: verdict.failure, attempts, requestId }

/**
 * Sends again those inputs alone whose own status says that the work was not done and waiting can help. A call that
 * was refused as a whole was repeated already where that is safe, except for an input that the service cannot reach.
 */
const retryItems = Effect.fnUntraced(function* (wire: Wire, call: PendingCall, read: ParsedCall) {
  const none: ReadonlyArray<PendingCall> = []
  const may = (error: CallError) => (read.itemised ? mayRepeatItem(error) : mayRepeatItem(error) && !mayRepeat(error))
  const again = call.members.filter((_, i) => fails(read.verdicts[i], may))
  const waitMs = backoffMs(call.round, undefined, yield* Random.next)
  const leftMs = (yield* Deadline).atMs - (yield* Clock.currentTimeMillis)
  if (again.length === 0 || call.round >= wire.connection.limits.maxAttempts || waitMs > leftMs) return none
  return wire.budget.spend() ? [{ members: again, round: call.round + 1, waitMs, doubtful: false }] : none
})
