/**
 * Media that do not go whole: a clip cut into parts, or sent as frames. They are sent as other media, in calls of their
 * own, and what those answer becomes the frames of one output, as if the whole had been sent.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { CallError, MediaUnreadable } from "../errors/errors.ts"
import type { Kind, Media } from "../media/media.ts"
import { type Frame, toFrame } from "../results/region.ts"
import type { DataWire } from "../wire/messages/data-messages.ts"
import type { OutputWire } from "../wire/messages/output-messages.ts"
import type { FrameWire } from "../wire/messages/frame-messages.ts"
import type { Connection } from "../connection/connection.ts"
import { encodeInput } from "./request-body.ts"
import { type BodyMemory, makeBodyMemory } from "../connection/body-memory.ts"
import type { Limits } from "../connection/limits.ts"
import type { InputResult } from "./batch.ts"
import type { CallInput } from "./predict-call.ts"
import { mapConcurrent } from "../streams/map-concurrent.ts"
import type { Endpoint } from "./endpoint.ts"

/** The request that a division replaces: its model, the frame distance if the caller set one, and the connection's limits. */
export interface SplitRequest {
  readonly model: string
  readonly sampleMs: number | undefined
  /** The connection's name: `clarifai`, `engine`. */
  readonly connection: string
  readonly limits: Limits
}

/** One call of a division: media of one kind that hold bytes or a URL. `frames` are those that its outputs make. */
export interface DividedCall {
  readonly kind: Kind
  readonly media: ReadonlyArray<Media>
  readonly sampleMs: number | undefined
  /** What a plan says of it: why it is made so, in one sentence. */
  readonly note?: string
  readonly frames: (outputs: ReadonlyArray<OutputWire>) => ReadonlyArray<FrameWire>
}

/** How a medium is divided. Both streams are opened again for each run. */
export interface Division {
  /** The calls to make, in order, made as they are taken. */
  readonly calls: (request: SplitRequest) => Stream.Stream<DividedCall, CallError | MediaUnreadable>
  /** The same calls for a plan, without work that only a run needs. */
  readonly planned: (request: SplitRequest) => Stream.Stream<DividedCall, CallError | MediaUnreadable>
  /** What the whole fails with when a call fails, given the frames that were answered before it. */
  readonly failed: (error: CallError | MediaUnreadable, answered: ReadonlyArray<Frame>) => CallError | MediaUnreadable
}

/** Calls of one division that are in flight at once. */
const inFlight = 2

/** The same endpoint for another kind of media, with another frame distance, or none. */
const endpointFor = (endpoint: Endpoint, kind: Kind, sampleMs: number | undefined): Endpoint => {
  const { sampleMs: _, ...options } = endpoint.options
  return { ...endpoint, kind, options: sampleMs === undefined ? options : { ...options, sampleMs } }
}

const encodeInputs = ({ media }: DividedCall): ReadonlyArray<CallInput> =>
  media.map((medium) => ({
    encoded: encodeInput(medium, [medium.source.from === "bytes" ? medium.source.bytes : undefined]),
    url: medium.source.from === "url" ? medium.source.url : undefined
  }))

const splitRequest = (endpoint: Endpoint, { limits, name }: Connection): SplitRequest => ({
  model: endpoint.model,
  sampleMs: endpoint.options.sampleMs,
  connection: name,
  limits
})

type Step = { readonly call: DividedCall } | { readonly error: CallError | MediaUnreadable }
type Sent =
  | { readonly call: DividedCall; readonly settled: ReadonlyArray<InputResult> }
  | { readonly error: CallError | MediaUnreadable }

/** The calls that a division would make, as a plan lists them, each with its note. */
export const planDivision = <A>(
  division: Division,
  endpoint: Endpoint,
  connection: Connection,
  describe: (endpoint: Endpoint, inputs: ReadonlyArray<CallInput>) => A
): Effect.Effect<ReadonlyArray<readonly [A, note: string | undefined]>, CallError | MediaUnreadable> =>
  Stream.runCollect(
    Stream.map(
      division.planned(splitRequest(endpoint, connection)),
      (call) => [describe(endpointFor(endpoint, call.kind, call.sampleMs), encodeInputs(call)), call.note] as const
    )
  )

/** Makes the calls of a division and joins their outputs. `send` settles the inputs of one call. Never fails. */
export const predictDivision = (
  division: Division,
  endpoint: Endpoint,
  connection: Connection,
  send: (
    endpoint: Endpoint,
    inputs: ReadonlyArray<CallInput>,
    memory: BodyMemory | undefined
  ) => Effect.Effect<ReadonlyArray<InputResult>>
): Effect.Effect<InputResult> =>
  Effect.suspend(() => {
    const memory = makeBodyMemory(connection.fetch, inFlight)
    const frames: Array<FrameWire> = []
    let first: OutputWire | undefined
    let attempts = 0
    let requestId: string | undefined
    const sendCall = (step: Step): Effect.Effect<readonly [Sent]> =>
      "error" in step
        ? Effect.succeed([step])
        : Effect.map(
            send(endpointFor(endpoint, step.call.kind, step.call.sampleMs), encodeInputs(step.call), memory),
            (settled) => [{ call: step.call, settled }]
          )
    const take = (step: Sent): Effect.Effect<void, CallError | MediaUnreadable> => {
      if ("error" in step) return Effect.fail(step.error)
      const { call, settled } = step
      attempts += settled.reduce((most, settlement) => Math.max(most, settlement.attempts), 0)
      requestId = settled.at(-1)?.requestId ?? requestId
      const outputs: Array<OutputWire> = []
      for (const settlement of settled) {
        if (!settlement.ok) return Effect.fail(settlement.error)
        outputs.push(settlement.output)
      }
      first ??= outputs[0]
      for (const frame of call.frames(outputs)) frames.push(frame)
      return Effect.void
    }
    const steps = division.calls(splitRequest(endpoint, connection)).pipe(
      // a failure takes its place behind the calls made before it, so that their answers are not lost
      Stream.map((call): Step => ({ call })),
      Stream.catch((error) => Stream.succeed<Step>({ error }))
    )
    const answers = mapConcurrent(steps, sendCall, { concurrency: inFlight, unordered: false })
    return Effect.match(Stream.runForEach(answers, take), {
      onSuccess: (): InputResult => {
        const { data: _, ...facts } = first ?? {}
        return { ok: true, output: { ...facts, data: { frames } satisfies DataWire }, attempts, requestId }
      },
      onFailure: (error): InputResult => ({
        ok: false,
        // a medium that turns out unreadable on the way ends as a call does
        error: division.failed(error, frames.map(toFrame)) as CallError,
        attempts,
        requestId
      })
    })
  })
