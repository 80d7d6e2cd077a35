// Predictions over one stream in both directions: each input goes as soon as it is there, each outcome comes as soon as
// its output does.
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import {
  type Answer,
  type CallError,
  type Connection,
  type Kind,
  MalformedAnswer,
  type Media,
  type MediaInput,
  MediaUnreadable,
  type Model,
  type Outcome,
  type PredictOptions,
  type Task,
  toMedia
} from "@sightline/core"
import { makeCallRuntime, readBytes } from "@sightline/core/effect"
import { type InputWire, settleBothWays, type StreamedOutput, toAnswer } from "@sightline/core/wire"
import { Gate } from "./gate.ts"
import { type LivePolicy, type Positioned, readLive, wait } from "./live-source.ts"
import { OutcomeOrder } from "./outcome-order.ts"

/** Options of {@link streamPredictions}. */
export interface StreamPredictionsOptions {
  /** The most inputs that are sent and not answered. @default 16 */
  readonly concurrency?: number
  /** Outcomes in the order of the inputs, or as they come. @default true */
  readonly ordered?: boolean
  /** What happens to inputs of a source that does not wait. @default wait */
  readonly live?: LivePolicy
  /** Called with the position of each input that is dropped. */
  readonly onDrop?: (index: number) => void
  /** Options of the prediction. */
  readonly options?: PredictOptions
  readonly signal?: AbortSignal
}

/** What settles an input. */
export type StreamedOutcome<T extends Task, K extends Kind> = Outcome<Answer<T, K>, CallError | MediaUnreadable>

/**
 * Predicts inputs one by one over one call, with the least delay.
 *
 * The source is read no faster than outputs come back, unless `live` says otherwise. An input that cannot be read or that
 * the service refuses fails alone. A stream that breaks throws its error after every outcome that arrived before it.
 *
 * @throws NotSupported for a connection without such streams, before an input is read.
 * @throws CallError for a stream that breaks, NotConfigured for a missing setting.
 * @example for await (const outcome of streamPredictions(grpc(), models.general, frames)) console.log(outcome)
 */
export async function* streamPredictions<T extends Task, K extends Kind>(
  connection: Connection,
  model: Model<T, K>,
  inputs: Iterable<MediaInput> | AsyncIterable<MediaInput>,
  { concurrency = 16, live = wait, onDrop, options, ordered = true, signal }: StreamPredictionsOptions = {}
): AsyncGenerator<StreamedOutcome<T, K>> {
  if (!Number.isSafeInteger(concurrency) || concurrency < 1)
    throw new RangeError("concurrency must be a whole number from 1")
  signal?.throwIfAborted()
  const kind = (model.accepts[0] ?? "image") as K // the handle's own kinds
  const outcomes = new OutcomeOrder<StreamedOutcome<T, K>>(ordered)
  /** The positions of inputs that are sent and not answered, by the ids that they are sent with. */
  const sent = new Map<string, number>()
  const room = new Gate()
  const dropped = (index: number) => {
    outcomes.drop(index)
    onDrop?.(index)
  }
  async function* toInputs(): AsyncGenerator<InputWire> {
    for await (const { index, value } of readLive(inputs, live, dropped)) {
      while (sent.size >= concurrency) await room.wait()
      const input = await toInput(kind, { index, value })
      if (input instanceof MediaUnreadable) outcomes.add(failure(index, input))
      else {
        sent.set(String(index), index)
        yield input
      }
    }
  }
  const outputs = settleBothWays(makeCallRuntime(connection, [], ignore, false), {
    model,
    kind,
    ...(options === undefined ? {} : { options }),
    inputs: Stream.fromAsyncIterable(toInputs(), asThrown)
  })
  const iterator = Stream.toAsyncIterable(outputs)[Symbol.asyncIterator]()
  const onAbort = () => void iterator.return?.()
  signal?.addEventListener("abort", onAbort, { once: true })
  try {
    for (;;) {
      const result = await iterator.next()
      signal?.throwIfAborted()
      if (result.done === true) break
      const { error, output } = result.value
      const id = output.input?.id ?? ""
      // A service that does not repeat the input's id answers in order. An output with another id answers none of these.
      const key = id === "" ? (sent.keys().next().value ?? "") : id
      const index = sent.get(key)
      if (index === undefined) continue
      sent.delete(key)
      room.open()
      outcomes.add(error === undefined ? success(model, kind, index, output) : failure(index, error))
      yield* outcomes.ready()
    }
    for (const index of sent.values())
      outcomes.add(failure(index, new MalformedAnswer({ model: model.id, problem: "the stream ended without it" })))
    yield* outcomes.rest()
  } catch (thrown) {
    // What arrived before the stream broke is not lost.
    yield* outcomes.rest()
    throw thrown
  } finally {
    signal?.removeEventListener("abort", onAbort)
    sent.clear()
    room.open()
    await iterator.return?.()
  }
}

const ignore = () => {}

/** What a source throws ends the stream as it is. */
const asThrown = (thrown: unknown): CallError => thrown as CallError

const facts = (index: number) => ({ index, key: undefined, attempts: 1, requestId: undefined })

const failure = <T extends Task, K extends Kind>(
  index: number,
  error: CallError | MediaUnreadable
): StreamedOutcome<T, K> => ({ ok: false, error, ...facts(index) })

const success = <T extends Task, K extends Kind>(
  model: Model<T, K>,
  kind: K,
  index: number,
  output: StreamedOutput["output"]
): StreamedOutcome<T, K> => {
  const answer = toAnswer(model.task, kind, output)
  return answer.ok
    ? { ok: true, value: answer.value, ...facts(index) }
    : failure(
        index,
        new MalformedAnswer({ model: model.id, problem: `${answer.problem.path}: ${answer.problem.problem}` })
      )
}

/** The message of an input; its bytes stay bytes. */
const toInput = async (kind: Kind, { index, value }: Positioned<MediaInput>): Promise<InputWire | MediaUnreadable> => {
  const media: Media = toMedia(kind, value)
  const id = String(index)
  const { source } = media
  if (source.from === "url" && /^https?:/i.test(source.url)) return { id, data: { [media.kind]: { url: source.url } } }
  if (source.from === "text") return { id, data: { text: { raw: source.text } } }
  return Effect.runPromise(
    Effect.match(readBytes(media), {
      onFailure: (error) => error,
      onSuccess: (bytes): InputWire => ({
        id,
        data:
          media.kind === "text"
            ? { text: { raw: new TextDecoder().decode(bytes) } }
            : { [media.kind]: { base64: bytes as Uint8Array<ArrayBuffer> } } // core reads into unshared memory
      })
    })
  )
}
