/** Cuts a series into the groups that share calls. The planner and the run loop both stand on this. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { Kind } from "../media/media.ts"
import type { Limits } from "../connection/limits.ts"
import { catchThrown } from "./guard.ts"
import { fitsInCall } from "../chain/plan-type.ts"
import { addInput, prepareInput, type Predictor, type PreparedInput, prepareNow } from "../predict/prepare.ts"
import type { Item } from "./input-series.ts"
import { runSteps, type InputRun } from "./interpret.ts"
import type { PredictOptions } from "../predict/predict-options.ts"
import { before, ranOut, type RunDeadline } from "../call/deadline.ts"
import { readUntilIdle } from "../streams/idle-flush.ts"
import type { Step } from "../chain/chain-state.ts"
import { findInvalidStep } from "../chain/validate.ts"

/** One input that is ready to be sent, or that failed before. */
export interface BatchItem {
  readonly scene: InputRun
  readonly element: Item
  readonly ready: Exit.Exit<PreparedInput, unknown>
}

/** Inputs in order, of which those that are ready share one call. */
export interface Batch {
  readonly kind: Kind
  readonly members: ReadonlyArray<BatchItem>
}

const sceneOf = (predictor: Predictor, element: Item): InputRun => ({
  predictor,
  context: { index: element.index, key: element.key },
  trace: { attempts: 0, requestId: undefined }
})

/** How a series is cut into groups. */
export interface BatchSettings {
  readonly predictor: Predictor
  readonly limits: Limits
  /** The steps before the first prediction, and what was asked before them. */
  readonly steps: ReadonlyArray<Step>
  readonly options: PredictOptions
  readonly deadline: RunDeadline
  /** For a source that is read as it comes: after how long an idle source's group goes as it is, in milliseconds. */
  readonly idleMs: number | undefined
}

/** Takes the steps before the first prediction for one input and makes it ready. */
const prepareOne = ({ options, deadline, predictor, steps }: BatchSettings, element: Item) => {
  const scene = sceneOf(predictor, element)
  const ready = Effect.flatMap(runSteps(scene, steps, element.exit, options), (value) =>
    Effect.mapError(prepareInput(predictor, value, scene.context), (error) => addInput(error, scene.context))
  )
  const prepared = before(deadline, catchThrown(ready, scene.context), () =>
    Effect.fail(addInput(ranOut(deadline), scene.context))
  )
  return Effect.map(Effect.result(prepared), (result): BatchItem => ({
    scene,
    element,
    ready: result._tag === "Success" ? Exit.succeed(result.success) : Exit.fail(result.failure)
  }))
}

const onlyOptions = (steps: ReadonlyArray<Step>): boolean =>
  steps.every((step) => step.type === "option") && findInvalidStep(steps) === undefined

/** Prepares a series, a few inputs at a time and in order; inputs that need no work are not made to wait. */
const prepared = (
  elements: Stream.Stream<Item, unknown, unknown>,
  cutting: BatchSettings
): Stream.Stream<BatchItem, unknown, unknown> => {
  const { predictor, steps } = cutting
  const plain = onlyOptions(steps)
  return Stream.transformPull(elements, (pull) =>
    Effect.succeed(
      Effect.flatMap(pull, (batch): Effect.Effect<readonly [BatchItem, ...Array<BatchItem>], never, unknown> => {
        const atOnce: Array<BatchItem> = []
        if (plain)
          for (const element of batch) {
            const ready = Exit.isSuccess(element.exit) ? prepareNow(predictor, element.exit.value) : undefined
            if (ready === undefined) break
            atOnce.push({ scene: sceneOf(predictor, element), element, ready: Exit.succeed(ready) })
          }
        const members =
          atOnce.length === batch.length
            ? Effect.succeed(atOnce)
            : Effect.map(
                Effect.forEach(batch.slice(atOnce.length), (element) => prepareOne(cutting, element), {
                  concurrency: batch.length
                }),
                (rest) => [...atOnce, ...rest]
              )
        return members as Effect.Effect<never, never, unknown> // as many as in the batch, which is never empty
      })
    )
  )
}

/** Most inputs that wait in one group though they cannot be sent: their outcomes are not to be held back for long. */
const maxUnsendable = 128

/** Collects prepared inputs into groups by count and by bytes, in order. */
class BatchBuilder {
  readonly #limits: Limits
  #batch: ReadonlyArray<BatchItem> = []
  #at = 0
  #members: Array<BatchItem> = []
  #kind: Kind | undefined
  #items = 0
  #bytes = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }
  /** True when there is something that could be sent. */
  get waiting(): boolean {
    return this.#members.length > 0
  }
  /** Takes more inputs, when those before are in groups. */
  feed(batch: ReadonlyArray<BatchItem>): void {
    this.#batch = batch
    this.#at = 0
  }
  /** The next group that is full, if what was fed fills one. */
  full(): Batch | undefined {
    while (this.#at < this.#batch.length) {
      const member = this.#batch[this.#at]
      if (member === undefined) return undefined // never: it is within the batch
      if (!this.#fits(member)) return this.cut()
      this.#at++
      this.#add(member)
      const unsendable = this.#members.length - this.#items
      if (
        unsendable >= maxUnsendable ||
        (this.#kind !== undefined && this.#items >= this.#limits.inputsPerCall[this.#kind])
      )
        return this.cut()
    }
    return undefined
  }
  /** What there is, as a group. */
  cut(): Batch | undefined {
    const group = this.#members.length === 0 ? undefined : { kind: this.#kind ?? "image", members: this.#members }
    this.#members = []
    this.#kind = undefined
    this.#items = 0
    this.#bytes = 0
    return group
  }
  #fits({ ready }: BatchItem): boolean {
    if (this.#items === 0 || Exit.isFailure(ready)) return true
    const { entry, media } = ready.value
    const fill = { items: this.#items, bytes: this.#bytes }
    return media.kind === this.#kind && fitsInCall(this.#limits, media.kind, fill, entry.encoded.sizeBytes)
  }
  #add(member: BatchItem): void {
    this.#members.push(member)
    if (Exit.isFailure(member.ready)) return
    const { entry, media } = member.ready.value
    this.#kind = media.kind
    this.#items += 1
    this.#bytes += entry.encoded.sizeBytes
  }
}

/** Cuts a series into groups by count and by bytes, in order. */
export const toBatches = (
  elements: Stream.Stream<Item, unknown, unknown>,
  cutting: BatchSettings
): Stream.Stream<Batch, unknown, unknown> =>
  Stream.transformPull(prepared(elements, cutting), (pull, scope) =>
    Effect.sync(() => {
      const cutter = new BatchBuilder(cutting.limits)
      const read = readUntilIdle(pull, cutting.idleMs, scope)
      let ended: Exit.Exit<never, unknown> | undefined
      const next: Effect.Effect<readonly [Batch, ...Array<Batch>], unknown, unknown> = Effect.suspend(() => {
        const full = cutter.full()
        if (full !== undefined) return Effect.succeed([full] as const)
        if (ended !== undefined) return ended
        return Effect.matchCauseEffect(read(cutter.waiting), {
          onSuccess: (more) => {
            const idle = more === undefined ? cutter.cut() : undefined
            if (idle !== undefined) return Effect.succeed([idle] as const)
            cutter.feed(more ?? [])
            return next
          },
          onFailure: (cause) => {
            ended = Exit.failCause(cause)
            const last = Cause.hasInterruptsOnly(cause) ? undefined : cutter.cut()
            return last === undefined ? ended : Effect.succeed([last] as const)
          }
        })
      })
      return next as never // a Pull: it ends with the upstream's own end
    })
  )
