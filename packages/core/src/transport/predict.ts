/**
 * Predicts for a group of inputs that share a call, and settles each by itself.
 * A call refused as a whole is halved until the offending input stands alone; what was answered is never sent again.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { type CallError, MalformedAnswer } from "../errors.ts"
import { decode } from "../wire/decode.ts"
import { OutputWire } from "../wire/output.ts"
import { errorOf, mayBeOneInput, mayRepeat, succeeded } from "./classify.ts"
import { assemble, type Encoded } from "./body.ts"
import { type Answered, exchange, mixed, type Wire } from "./exchange.ts"
import { type Division, settleDivision } from "./divide.ts"
import { backoffMs } from "./retry.ts"
import { secretsOf } from "./send.ts"
import type { Target } from "./target.ts"

/** How one input of a call was settled. */
export type Settlement = {
  readonly attempts: number
  readonly requestId: string | undefined
} & ({ readonly ok: true; readonly output: OutputWire } | { readonly ok: false; readonly error: CallError })

/** An input on its way: encoded, with the address it was given by, to recognise its answer. */
export interface Entry {
  readonly encoded: Encoded
  readonly url: string | undefined
  /** For a medium that does not go whole; such an entry is settled by itself. */
  readonly division?: Division
}

/** The pieces of a call's body and their exact size in bytes. */
const joinPieces = (target: Target, entries: ReadonlyArray<Entry>) => {
  const pieces: Array<string | Uint8Array> = [target.head]
  let size = target.head.length + target.tail.length + Math.max(0, entries.length - 1)
  // the head is ASCII; the tail may hold any text
  size += new TextEncoder().encode(target.tail).length - target.tail.length
  entries.forEach(({ encoded }, i) => {
    if (i > 0) pieces.push(",")
    for (const piece of encoded.pieces) pieces.push(piece)
    size += encoded.sizeBytes
  })
  pieces.push(target.tail)
  return { pieces, size }
}

/** The size of a call's body in bytes, without making it. */
export const bodySize = (target: Target, entries: ReadonlyArray<Entry>): number => joinPieces(target, entries).size

const urlOf = (output: OutputWire): string | undefined => {
  const data = output.input?.data
  return data?.image?.url ?? data?.video?.url ?? data?.audio?.url
}

/**
 * Which output answers which entry. Outputs come in the order of the inputs; a service that mixes them up is found
 * out by the addresses it repeats, and put right when those are all different.
 */
const align = (entries: ReadonlyArray<Entry>, outputs: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const echoed = outputs.map((output) => urlOf(output as OutputWire)) // read again, and checked, by the codec
  const inOrder = echoed.every((url, i) => url === undefined || entries[i]?.url === undefined || entries[i].url === url)
  if (inOrder) return outputs
  const byUrl = new Map(echoed.map((url, i) => [url, outputs[i]]))
  const sent = new Set(entries.map((entry) => entry.url))
  if (byUrl.size !== outputs.length || sent.size !== entries.length) return outputs
  if (!echoed.every((url) => url !== undefined && sent.has(url))) return outputs
  return entries.map((entry) => byUrl.get(entry.url))
}

const malformed = (target: Target, answered: Answered, problem: string) =>
  new MalformedAnswer({
    model: target.model,
    httpStatus: answered.httpStatus,
    problem,
    ...(answered.status.req_id === undefined ? {} : { requestId: answered.status.req_id })
  })

/** Settles each input of an answered call by its own status. */
const settleEach = (
  target: Target,
  entries: ReadonlyArray<Entry>,
  answered: Answered,
  outputs: ReadonlyArray<unknown>,
  secrets: ReadonlyArray<string>
): ReadonlyArray<Settlement> => {
  const facts = { attempts: answered.attempts, requestId: answered.status.req_id }
  const aligned = align(entries, outputs)
  return entries.map((_, i): Settlement => {
    const output = aligned[i]
    if (output === undefined)
      return { ...facts, ok: false, error: malformed(target, answered, "it has no output for this input") }
    const decoded = decode(OutputWire, output)
    if (!decoded.ok) {
      const { path, problem } = decoded.problem
      return { ...facts, ok: false, error: malformed(target, answered, `outputs[${i}].${path}: ${problem}`) }
    }
    const status = decoded.value.status ?? answered.status
    if (succeeded(status)) return { ...facts, ok: true, output: decoded.value }
    const error = errorOf(status, {
      model: target.model,
      requestId: answered.status.req_id,
      retryAfterMs: answered.retryAfterMs,
      secrets
    })
    return { ...facts, ok: false, error }
  })
}

const all = (entries: ReadonlyArray<Entry>, error: CallError, attempts: number): ReadonlyArray<Settlement> =>
  entries.map(() => ({ ok: false, error, attempts, requestId: "requestId" in error ? error.requestId : undefined }))

const more = (settlements: ReadonlyArray<Settlement>, attempts: number): ReadonlyArray<Settlement> =>
  settlements.map((settlement) => ({ ...settlement, attempts: settlement.attempts + attempts }))

/** Sends a group in one call and settles every input of it. Never fails: failures are settlements. */
export const predictGroup = (
  wire: Wire,
  target: Target,
  entries: ReadonlyArray<Entry>,
  round = 1
): Effect.Effect<ReadonlyArray<Settlement>> =>
  Effect.gen(function* () {
    const { limits } = wire.connection
    const [alone] = entries
    if (entries.length > 1 && entries.some(({ division }) => division !== undefined))
      return (yield* Effect.forEach(entries, (entry) => predictGroup(wire, target, [entry], round))).flat()
    if (alone?.division !== undefined)
      return [yield* settleDivision(alone.division, target, limits, (part, inside) => predictGroup(wire, part, inside))]
    const { pieces, size } = joinPieces(target, entries)
    const answer = yield* Effect.result(
      Effect.suspend(() =>
        exchange(
          wire,
          {
            method: "POST",
            path: target.path,
            body: assemble(pieces, size),
            model: target.model,
            timeoutMs: target.kind === "video" ? limits.videoAttemptTimeoutMs : limits.attemptTimeoutMs
          },
          entries.length
        )
      )
    )
    if (answer._tag === "Failure") return all(entries, answer.failure, attemptsOf(wire, answer.failure))
    const answered = answer.success
    const secrets = yield* Effect.map(wire.settings, secretsOf).pipe(
      Effect.orElseSucceed((): ReadonlyArray<string> => [])
    )
    const outputs = answered.json["outputs"]
    if (Array.isArray(outputs) && outputs.length > 0) {
      const settled = settleEach(target, entries, answered, outputs, secrets)
      return yield* repeatTransient(wire, target, entries, settled, round)
    }
    if (succeeded(answered.status) || answered.status.code === mixed)
      return all(entries, malformed(target, answered, "it has no outputs"), answered.attempts)
    const error = errorOf(answered.status, {
      model: target.model,
      retryAfterMs: answered.retryAfterMs,
      secrets
    })
    if (entries.length === 1 || !mayBeOneInput(error)) return all(entries, error, answered.attempts)
    return more(yield* halves(wire, target, entries, round), answered.attempts)
  })

/** Both halves of a refused group, one after the other. */
const halves = (wire: Wire, target: Target, entries: ReadonlyArray<Entry>, round: number) => {
  const middle = Math.ceil(entries.length / 2)
  return Effect.map(
    Effect.all([
      predictGroup(wire, target, entries.slice(0, middle), round),
      predictGroup(wire, target, entries.slice(middle), round)
    ]),
    ([left, right]) => [...left, ...right]
  )
}

/** Attempts that a failed call took: all that were allowed where it may be repeated, else one. */
const attemptsOf = (wire: Wire, error: CallError): number =>
  error._tag === "NotConfigured" ? 0 : mayRepeat(error) ? wire.connection.limits.maxAttempts : 1

/** Sends again those inputs alone whose own status says that the work was not done and waiting can help. */
const repeatTransient = (
  wire: Wire,
  target: Target,
  entries: ReadonlyArray<Entry>,
  settled: ReadonlyArray<Settlement>,
  round: number
): Effect.Effect<ReadonlyArray<Settlement>> => {
  const again = settled.flatMap((settlement, i) => (!settlement.ok && isTransientItem(settlement.error) ? [i] : []))
  if (again.length === 0 || round >= wire.connection.limits.maxAttempts || !wire.budget.spend())
    return Effect.succeed(settled)
  return Effect.gen(function* () {
    yield* Effect.sleep(backoffMs(round, undefined, yield* Random.next))
    const repeated = yield* predictGroup(
      wire,
      target,
      again.flatMap((i) => entries[i] ?? []),
      round + 1
    )
    const merged = [...settled]
    again.forEach((at, i) => {
      const before = settled[at]
      const after = repeated[i]
      if (before && after) merged[at] = { ...after, attempts: before.attempts + after.attempts }
    })
    return merged
  })
}

const isTransientItem = (error: CallError): boolean =>
  mayRepeat(error) || (error._tag === "InputRejected" && error.retryable)
