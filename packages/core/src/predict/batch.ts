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
import { AnswerWire } from "../wire/messages/prediction-output.ts"
import type { OutputWire } from "../wire/messages/output-messages.ts"
import { align, type Identity } from "./match-outputs.ts"
import { errorOf, mayBeOneInput, mayRepeat, mayRepeatItem, succeeded } from "../call/status-error.ts"
import { assemble, type Encoded, utf8Length } from "./request-body.ts"
import type { BodyMemory } from "../connection/body-memory.ts"
import { type Answered, conclude, mixed, type Wire } from "../call/call.ts"
import { Deadline } from "../call/deadline.ts"
import { type Division, settleDivision } from "./split-media.ts"
import { secretsOf } from "../call/network-error.ts"
import { backoffMs } from "../call/retry.ts"
import type { Call } from "../call/attempt.ts"
import type { Target } from "./endpoint.ts"

/** How one input of a call was settled. */
export type Settlement = {
  /** How many attempts of calls carried the input. */
  readonly attempts: number
  readonly requestId: string | undefined
} & ({ readonly ok: true; readonly output: OutputWire } | { readonly ok: false; readonly error: CallError })

/** An input on its way: encoded, with what its answer can be recognised by. */
export interface Entry extends Identity {
  readonly encoded: Encoded
  /** For a medium that does not go whole; such an entry is settled by itself. */
  readonly division?: Division
}

/** The pieces of a call's body and their exact size in bytes. Texts side by side are one piece. */
const joinPieces = (target: Target, entries: ReadonlyArray<Entry>) => {
  const pieces: Array<string | Uint8Array> = []
  let text = target.head
  let size = utf8Length(target.head) + utf8Length(target.tail) + Math.max(0, entries.length - 1)
  let isFirst = true
  for (const { encoded } of entries) {
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
  pieces.push(text + target.tail)
  return { pieces, size }
}

/** The size of a call's body in bytes, without making it. */
export const bodySize = (target: Target, entries: ReadonlyArray<Entry>): number => joinPieces(target, entries).size

/** The call that predicts for these entries; its body is written into `memory`, where there is some. */
export const callOf = (wire: Wire, target: Target, entries: ReadonlyArray<Entry>, memory?: BodyMemory) => {
  const { limits } = wire.connection
  const { pieces, size } = joinPieces(target, entries)
  return {
    method: "POST",
    path: target.path,
    body: assemble(pieces, size, memory?.take(size)),
    model: target.model,
    timeoutMs: target.kind === "video" ? limits.videoAttemptTimeoutMs : limits.attemptTimeoutMs,
    secrets: target.secrets
  } satisfies Call
}

/** What became of one input in one call, before it is known how often it was sent. */
type Verdict = Result.Result<OutputWire, CallError>

/** A call that is still to be made, for some of the group's inputs. */
interface Job {
  readonly members: ReadonlyArray<number>
  /** Which repeat of items this is, from 1. */
  readonly round: number
  readonly waitMs: number
  /** True for a part of a refused call whose parts need not all be tried: each input's own reason is known, or the
   * reason need not lie in an input at all. */
  readonly doubtful: boolean
}

/** What a call told: each input's verdict, and whether the call was refused as a whole. */
interface Read {
  readonly verdicts: ReadonlyArray<Verdict>
  readonly requestId: string | undefined
  /** True when the call as a whole was refused for what it held. */
  readonly refused: boolean
  /** True when the answer tells of each input by itself. */
  readonly itemised: boolean
}

const aboutAnswer = (target: Target, answered: Answered) => ({
  model: target.model,
  httpStatus: answered.httpStatus,
  ...(answered.status.req_id === undefined ? {} : { requestId: answered.status.req_id })
})

/** Judges each input of an answered call by its own status. */
const readAnswer = (
  target: Target,
  entries: ReadonlyArray<Entry>,
  answered: Answered,
  secrets: ReadonlyArray<string>
): Read => {
  const { status } = answered
  const requestId = status.req_id
  const circumstances = { model: target.model, requestId, retryAfterMs: answered.retryAfterMs, secrets }
  const malformed = (problem: string): Verdict =>
    Result.fail(new MalformedAnswer({ ...aboutAnswer(target, answered), problem }))
  const good = succeeded(status)
  const outputs: unknown = answered.json[target.answers ?? "outputs"]
  if (!Array.isArray(outputs) || outputs.length === 0) {
    const verdict =
      good || status.code === mixed ? malformed("it has no outputs") : Result.fail(errorOf(status, circumstances))
    const refused = !good && status.code !== mixed
    return { verdicts: entries.map(() => verdict), requestId, refused, itemised: false }
  }
  const verdicts = align(entries, outputs).map((output, i): Verdict => {
    if (output === undefined) return malformed("it has no output for this input")
    const decoded = decode(AnswerWire, output)
    if (!decoded.ok) return malformed(`outputs[${i}].${decoded.problem.path}: ${decoded.problem.problem}`)
    const own = decoded.value.status ?? status
    return succeeded(own) ? Result.succeed(decoded.value) : Result.fail(errorOf(own, circumstances))
  })
  outputs.length = 0 // read; what still holds the body is not to hold all that was in it
  // newer models answer nothing when one input is bad, and list all of them as failed
  const refused = !good && status.code !== mixed && verdicts.every(Result.isFailure)
  return { verdicts, requestId, refused, itemised: true }
}

const codeOf = (verdict: Verdict | undefined): number | undefined =>
  verdict !== undefined && Result.isFailure(verdict) && "code" in verdict.failure ? verdict.failure.code : undefined

/** "Could not be processed": what a good input is told when another one spoiled the call. */
const spoiled = 30002

const fails = (verdict: Verdict | undefined, test: (error: CallError) => boolean): boolean =>
  verdict !== undefined && Result.isFailure(verdict) && test(verdict.failure)

/** The calls that look for the culprit of a refusal: those it cannot be in one, or two halves. */
const suspectsOf = (members: ReadonlyArray<number>, { itemised, verdicts }: Read): ReadonlyArray<Job> => {
  const doubtful = itemised || !verdicts.some((verdict) => fails(verdict, ({ _tag }) => _tag === "InputRejected"))
  const job = (of: ReadonlyArray<number>): ReadonlyArray<Job> =>
    of.length === 0 ? [] : [{ members: of, round: 1, waitMs: 0, doubtful }]
  const maybe = members.filter((_, i) => fails(verdicts[i], mayBeOneInput))
  const innocent = members.filter((_, i) => codeOf(verdicts[i]) === spoiled)
  if (innocent.length < members.length && innocent.length > 0) return job(innocent)
  if (maybe.length < members.length) return job(maybe)
  const middle = Math.ceil(maybe.length / 2)
  return [...job(maybe.slice(0, middle)), ...job(maybe.slice(middle))]
}

/** When so many parts of one refused call are all refused too, the fault lies in what they share. */
const enoughParts = 16

/** Sends a group in one call and settles every input of it. Never fails: failures are settlements. */
export const predictGroup = (
  wire: Wire,
  target: Target,
  entries: ReadonlyArray<Entry>
): Effect.Effect<ReadonlyArray<Settlement>> => {
  if (!entries.some(({ division }) => division !== undefined)) return settleTogether(wire, target, entries)
  return Effect.map(
    Effect.forEach(entries, (entry): Effect.Effect<ReadonlyArray<Settlement>> =>
      entry.division === undefined
        ? settleTogether(wire, target, [entry])
        : Effect.map(
            settleDivision(entry.division, target, wire.connection, (part, inside, memory) =>
              settleTogether(wire, part, inside, memory)
            ),
            (settlement) => [settlement]
          )
    ),
    (settled) => settled.flat()
  )
}

const settleTogether = (
  wire: Wire,
  target: Target,
  entries: ReadonlyArray<Entry>,
  memory?: BodyMemory
): Effect.Effect<ReadonlyArray<Settlement>> =>
  Effect.flatMap(makeCall(wire, target, entries, memory), ({ attempts, read }) => {
    const settled = read.verdicts.map((verdict) => settlementOf(verdict, attempts, read.requestId))
    return read.verdicts.every(Result.isSuccess)
      ? Effect.succeed(settled)
      : settleRest(wire, target, entries, read, settled)
  })

/** One call for these inputs, read. */
const makeCall = (wire: Wire, target: Target, entries: ReadonlyArray<Entry>, memory?: BodyMemory) =>
  Effect.flatMap(
    Effect.suspend(() => {
      const call = callOf(wire, target, entries, memory)
      return Effect.tap(conclude(wire, call, entries.length), ({ attempts, result }) =>
        // what was tried twice may still be on its way the first time
        Effect.sync(() => (Result.isSuccess(result) && attempts === 1 ? memory?.giveBack(call.body) : undefined))
      )
    }),
    ({ attempts, result }): Effect.Effect<{ readonly attempts: number; readonly read: Read }> =>
      Result.isFailure(result)
        ? Effect.succeed({ attempts, read: refusal(result.failure, entries.length) })
        : Effect.map(
            Effect.orElseSucceed(wire.settings, (): Settings | undefined => undefined),
            (settings) => {
              const secrets = settings === undefined ? [] : secretsOf(settings, target.secrets)
              return { attempts, read: readAnswer(target, entries, result.success, secrets) }
            }
          )
  )

/** Goes on with what the first call left open: repeats what may be repeated, and looks for the culprit of a refusal. */
const settleRest = Effect.fnUntraced(function* (
  wire: Wire,
  target: Target,
  entries: ReadonlyArray<Entry>,
  first: Read,
  firstSettled: ReadonlyArray<Settlement>
) {
  const settled = [...firstSettled]
  let cleared = first.verdicts.some(Result.isSuccess)
  const everyone: Job = { members: entries.map((_, i) => i), round: 1, waitMs: 0, doubtful: false }
  let jobs = yield* jobsAfter(wire, everyone, first)
  while (jobs.length > 0) {
    const next: Array<Job> = []
    for (const job of jobs) {
      if (job.waitMs > 0) yield* Effect.sleep(job.waitMs)
      const made = yield* makeCall(
        wire,
        target,
        job.members.flatMap((at) => entries[at] ?? [])
      )
      job.members.forEach((at, i) => {
        const attempts = (settled[at]?.attempts ?? 0) + made.attempts
        const verdict = made.read.verdicts[i]
        if (verdict !== undefined) settled[at] = settlementOf(verdict, attempts, made.read.requestId)
      })
      if (made.read.verdicts.some(Result.isSuccess)) cleared = true
      next.push(...(yield* jobsAfter(wire, job, made.read)))
    }
    const hopeless = !cleared && next.length >= enoughParts && next.every(({ doubtful }) => doubtful)
    jobs = hopeless ? [] : next
  }
  return settled
})

/** The calls that one call leads to. */
const jobsAfter = (wire: Wire, job: Job, read: Read): Effect.Effect<ReadonlyArray<Job>> => {
  const passing = read.verdicts.every((verdict) => fails(verdict, mayRepeatItem))
  return read.refused && job.members.length > 1 && !passing
    ? Effect.succeed(suspectsOf(job.members, read))
    : repeats(wire, job, read)
}

/** A call without an answer: refused when its HTTP status alone says that an input, or the size, is at fault. */
const refusal = (error: CallError, items: number): Read => ({
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

const settlementOf = (verdict: Verdict, attempts: number, requestId: string | undefined): Settlement =>
  Result.isSuccess(verdict)
    ? new Answer(verdict.success, attempts, requestId)
    : { ok: false, error: verdict.failure, attempts, requestId }

/**
 * Sends again those inputs alone whose own status says that the work was not done and waiting can help. A call that
 * was refused as a whole was repeated already where that is safe, except for an input that the service cannot reach.
 */
const repeats = Effect.fnUntraced(function* (wire: Wire, job: Job, read: Read) {
  const none: ReadonlyArray<Job> = []
  const may = (error: CallError) => (read.itemised ? mayRepeatItem(error) : mayRepeatItem(error) && !mayRepeat(error))
  const again = job.members.filter((_, i) => fails(read.verdicts[i], may))
  const waitMs = backoffMs(job.round, undefined, yield* Random.next)
  const leftMs = (yield* Deadline).atMs - (yield* Clock.currentTimeMillis)
  if (again.length === 0 || job.round >= wire.connection.limits.maxAttempts || waitMs > leftMs) return none
  return wire.budget.spend() ? [{ members: again, round: job.round + 1, waitMs, doubtful: false }] : none
})
