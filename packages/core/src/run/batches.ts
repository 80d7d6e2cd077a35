/** Cuts a series into the batches that share calls. Runs and plans cut by the same code. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { type RunDeadline, runTimedOut, withDeadline } from "../call/deadline.ts"
import type { Limits } from "../connection/limits.ts"
import { withInput } from "../errors/input-position.ts"
import type { Kind } from "../media/media.ts"
import { isWorkflow } from "../models/workflow-handle.ts"
import { fitsInCall } from "../predict/call-size.ts"
import { type PreparedInput, prepareInput, prepareNow } from "../predict/prepare.ts"
import type { Predictor } from "../predict/predictor.ts"
import { readUntilIdle } from "../streams/idle-flush.ts"
import { catchThrown } from "./catch-thrown.ts"
import { type InputRun, itemRun } from "./input-run.ts"
import type { Item } from "./input-series.ts"
import { runOperations } from "./interpret.ts"
import { startInput } from "./run-hooks.ts"
import type { Batchable } from "./program.ts"

/** One input of a batch: ready to be sent, or failed before. */
export interface BatchItem {
  readonly run: InputRun
  readonly item: Item
  readonly prepared: Exit.Exit<PreparedInput, unknown>
}

/** Inputs in order, of which those that are ready share one call. */
export interface Batch {
  readonly kind: Kind
  readonly items: ReadonlyArray<BatchItem>
}

/** How a series is cut into batches. */
export interface BatchSettings {
  readonly predictor: Predictor
  readonly batchable: Batchable
  readonly deadline: RunDeadline
  /**
   * False for a source that is read as it comes: its batch is sent when it was idle for the connection's `idleMs`. One
   * that can be read again is never idle: its inputs alone decide how it is cut, so that a plan knows.
   */
  readonly replayable: boolean
}

/** Those of a batch that can be sent. */
export const sendable = (batch: Batch) =>
  batch.items.flatMap(({ item, prepared, run }) =>
    Exit.isSuccess(prepared) ? [{ item, prepared: prepared.value, run }] : []
  )

/** A workflow takes fewer inputs in one call than a model. */
const limitsOf = (limits: Limits, { predict }: Batchable): Limits => {
  if (!Object.values(predict?.requests ?? {}).some(({ model }) => isWorkflow(model))) return limits
  const { audio, image, text, video } = limits.inputsPerCall
  const most = (inputs: number) => Math.min(inputs, limits.inputsPerWorkflow)
  return {
    ...limits,
    inputsPerCall: { audio: most(audio), image: most(image), text: most(text), video: most(video) }
  }
}

/** Runs the operations before the prediction for one input, and prepares it. */
const prepareOne = (
  { batchable, deadline, predictor }: BatchSettings,
  item: Item
): Effect.Effect<BatchItem, never, unknown> => {
  const run = itemRun(predictor, item)
  const { context } = run
  const started = runOperations(run, batchable.before, startInput(run, item.exit))
  const prepared = Effect.flatMap(started, (value) =>
    Effect.mapError(prepareInput(predictor, value, context), (error) => withInput(error, context))
  )
  const inTime = withDeadline(deadline, catchThrown(prepared, context), () =>
    Effect.fail(withInput(runTimedOut(deadline), context))
  )
  return Effect.map(Effect.result(inTime), (result): BatchItem => ({
    run,
    item,
    prepared: result._tag === "Success" ? Exit.succeed(result.success) : Exit.fail(result.failure)
  }))
}

/** Prepares a series, a few inputs at a time and in order. Inputs that need no work do not wait. */
const prepareItems = (
  items: Stream.Stream<Item, unknown, unknown>,
  settings: BatchSettings
): Stream.Stream<BatchItem, unknown, unknown> => {
  const { batchable, predictor } = settings
  const isPlain = batchable.before.length === 0 && predictor.inputHooks.length === 0
  return Stream.transformPull(items, (pull) =>
    Effect.succeed(
      Effect.flatMap(pull, (chunk): Effect.Effect<readonly [BatchItem, ...Array<BatchItem>], never, unknown> => {
        const atOnce: Array<BatchItem> = []
        if (isPlain)
          for (const item of chunk) {
            const prepared = Exit.isSuccess(item.exit) ? prepareNow(predictor, item.exit.value) : undefined
            if (prepared === undefined) break
            const run = itemRun(predictor, item)
            atOnce.push({ run, item, prepared: Exit.succeed(prepared) })
          }
        const prepared =
          atOnce.length === chunk.length
            ? Effect.succeed(atOnce)
            : Effect.map(
                Effect.forEach(chunk.slice(atOnce.length), (item) => prepareOne(settings, item), {
                  concurrency: chunk.length
                }),
                (rest) => [...atOnce, ...rest]
              )
        return prepared as Effect.Effect<never, never, unknown> // as many as in the chunk, which is never empty
      })
    )
  )
}

/** Most failed inputs that wait in one batch: their outcomes are not delayed for long. */
const maxFailed = 128

/** Collects prepared inputs into batches by count and by bytes, in order. */
class BatchBuilder {
  readonly #limits: Limits
  #chunk: ReadonlyArray<BatchItem> = []
  #at = 0
  #items: Array<BatchItem> = []
  #kind: Kind | undefined
  #sendable = 0
  #bytes = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }
  /** True when there is an input that could be sent. */
  get isWaiting(): boolean {
    return this.#items.length > 0
  }
  /** Takes more inputs, once the inputs before them are in batches. */
  feed(chunk: ReadonlyArray<BatchItem>): void {
    this.#chunk = chunk
    this.#at = 0
  }
  /** The next full batch, where the inputs so far fill one. */
  full(): Batch | undefined {
    while (this.#at < this.#chunk.length) {
      const next = this.#chunk[this.#at]
      if (next === undefined) return undefined // never: it is within the chunk
      if (!this.#fits(next)) return this.cut()
      this.#at++
      this.#add(next)
      const failed = this.#items.length - this.#sendable
      if (failed >= maxFailed || (this.#kind !== undefined && this.#sendable >= this.#limits.inputsPerCall[this.#kind]))
        return this.cut()
    }
    return undefined
  }
  /** The inputs so far as a batch. */
  cut(): Batch | undefined {
    const batch = this.#items.length === 0 ? undefined : { kind: this.#kind ?? "image", items: this.#items }
    this.#items = []
    this.#kind = undefined
    this.#sendable = 0
    this.#bytes = 0
    return batch
  }
  #fits({ prepared }: BatchItem): boolean {
    if (this.#sendable === 0 || Exit.isFailure(prepared)) return true
    const { input, media } = prepared.value
    const size = { items: this.#sendable, bytes: this.#bytes }
    return media.kind === this.#kind && fitsInCall(this.#limits, media.kind, size, input.encoded.sizeBytes)
  }
  #add(item: BatchItem): void {
    this.#items.push(item)
    if (Exit.isFailure(item.prepared)) return
    const { input, media } = item.prepared.value
    this.#kind = media.kind
    this.#sendable += 1
    this.#bytes += input.encoded.sizeBytes
  }
}

/** Cuts a series into batches by count and by bytes, in order. */
export const toBatches = (
  items: Stream.Stream<Item, unknown, unknown>,
  settings: BatchSettings
): Stream.Stream<Batch, unknown, unknown> =>
  Stream.transformPull(prepareItems(items, settings), (pull, scope) =>
    Effect.sync(() => {
      const { limits } = settings.predictor.wire.connection
      const builder = new BatchBuilder(limitsOf(limits, settings.batchable))
      const read = readUntilIdle(pull, settings.replayable ? undefined : limits.idleMs, scope)
      let ended: Exit.Exit<never, unknown> | undefined
      const next: Effect.Effect<readonly [Batch, ...Array<Batch>], unknown, unknown> = Effect.suspend(() => {
        const full = builder.full()
        if (full !== undefined) return Effect.succeed([full] as const)
        if (ended !== undefined) return ended
        return Effect.matchCauseEffect(read(builder.isWaiting), {
          onSuccess: (chunk) => {
            const idle = chunk === undefined ? builder.cut() : undefined
            if (idle !== undefined) return Effect.succeed([idle] as const)
            builder.feed(chunk ?? [])
            return next
          },
          onFailure: (cause) => {
            ended = Exit.failCause(cause)
            const last = Cause.hasInterruptsOnly(cause) ? undefined : builder.cut()
            return last === undefined ? ended : Effect.succeed([last] as const)
          }
        })
      })
      return next as never // a Pull: it ends with the upstream's own end
    })
  )
