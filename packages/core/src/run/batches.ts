/** Cuts a series into the groups that share calls. The planner and the run loop both stand on this. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { Kind } from "../media/media.ts"
import type { Limits } from "../connection/limits.ts"
import { contained } from "./guard.ts"
import { fits } from "../chain/plan-type.ts"
import { locate, makeReady, type Predictor, type Ready, readyNow } from "../predict/prepare.ts"
import type { Element } from "./input-series.ts"
import { runSteps, type Scene } from "./interpret.ts"
import type { Ask } from "../predict/predict-options.ts"
import { before, ranOut, type RunDeadline } from "../call/deadline.ts"
import { lingering } from "../streams/idle-flush.ts"
import type { Step } from "../chain/chain-state.ts"
import { wrongIn } from "../chain/validate.ts"

/** One input that is ready to be sent, or that failed before. */
export interface Member {
  readonly scene: Scene
  readonly element: Element
  readonly ready: Exit.Exit<Ready, unknown>
}

/** Inputs in order, of which those that are ready share one call. */
export interface Group {
  readonly kind: Kind
  readonly members: ReadonlyArray<Member>
}

const sceneOf = (predictor: Predictor, element: Element): Scene => ({
  predictor,
  context: { index: element.index, key: element.key },
  trace: { attempts: 0, requestId: undefined }
})

/** How a series is cut into groups. */
export interface Cutting {
  readonly predictor: Predictor
  readonly limits: Limits
  /** The steps before the first prediction, and what was asked before them. */
  readonly steps: ReadonlyArray<Step>
  readonly ask: Ask
  readonly deadline: RunDeadline
  /** For a source that is read as it comes: after how long an idle source's group goes as it is, in milliseconds. */
  readonly idleMs: number | undefined
}

/** Takes the steps before the first prediction for one input and makes it ready. */
const prepareOne = ({ ask, deadline, predictor, steps }: Cutting, element: Element) => {
  const scene = sceneOf(predictor, element)
  const ready = Effect.flatMap(runSteps(scene, steps, element.exit, ask), (value) =>
    Effect.mapError(makeReady(predictor, value, scene.context), (error) => locate(error, scene.context))
  )
  const prepared = before(deadline, contained(ready, scene.context), () =>
    Effect.fail(locate(ranOut(deadline), scene.context))
  )
  return Effect.map(Effect.result(prepared), (result): Member => ({
    scene,
    element,
    ready: result._tag === "Success" ? Exit.succeed(result.success) : Exit.fail(result.failure)
  }))
}

const onlyAsks = (steps: ReadonlyArray<Step>): boolean =>
  steps.every((step) => step.type === "ask") && wrongIn(steps) === undefined

/** Prepares a series, a few inputs at a time and in order; inputs that need no work are not made to wait. */
const prepared = (
  elements: Stream.Stream<Element, unknown, unknown>,
  cutting: Cutting
): Stream.Stream<Member, unknown, unknown> => {
  const { predictor, steps } = cutting
  const plain = onlyAsks(steps)
  return Stream.transformPull(elements, (pull) =>
    Effect.succeed(
      Effect.flatMap(pull, (batch): Effect.Effect<readonly [Member, ...Array<Member>], never, unknown> => {
        const atOnce: Array<Member> = []
        if (plain)
          for (const element of batch) {
            const ready = Exit.isSuccess(element.exit) ? readyNow(predictor, element.exit.value) : undefined
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
const mostSpoiled = 128

/** Collects prepared inputs into groups by count and by bytes, in order. */
class Cutter {
  readonly #limits: Limits
  #batch: ReadonlyArray<Member> = []
  #at = 0
  #members: Array<Member> = []
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
  feed(batch: ReadonlyArray<Member>): void {
    this.#batch = batch
    this.#at = 0
  }
  /** The next group that is full, if what was fed fills one. */
  full(): Group | undefined {
    while (this.#at < this.#batch.length) {
      const member = this.#batch[this.#at]
      if (member === undefined) return undefined // never: it is within the batch
      if (!this.#fits(member)) return this.cut()
      this.#at++
      this.#add(member)
      const spoiled = this.#members.length - this.#items
      if (spoiled >= mostSpoiled || (this.#kind !== undefined && this.#items >= this.#limits.inputsPerCall[this.#kind]))
        return this.cut()
    }
    return undefined
  }
  /** What there is, as a group. */
  cut(): Group | undefined {
    const group = this.#members.length === 0 ? undefined : { kind: this.#kind ?? "image", members: this.#members }
    this.#members = []
    this.#kind = undefined
    this.#items = 0
    this.#bytes = 0
    return group
  }
  #fits({ ready }: Member): boolean {
    if (this.#items === 0 || Exit.isFailure(ready)) return true
    const { entry, media } = ready.value
    const fill = { items: this.#items, bytes: this.#bytes }
    return media.kind === this.#kind && fits(this.#limits, media.kind, fill, entry.encoded.sizeBytes)
  }
  #add(member: Member): void {
    this.#members.push(member)
    if (Exit.isFailure(member.ready)) return
    const { entry, media } = member.ready.value
    this.#kind = media.kind
    this.#items += 1
    this.#bytes += entry.encoded.sizeBytes
  }
}

/** Cuts a series into groups by count and by bytes, in order. */
export const groupsOf = (
  elements: Stream.Stream<Element, unknown, unknown>,
  cutting: Cutting
): Stream.Stream<Group, unknown, unknown> =>
  Stream.transformPull(prepared(elements, cutting), (pull, scope) =>
    Effect.sync(() => {
      const cutter = new Cutter(cutting.limits)
      const read = lingering(pull, cutting.idleMs, scope)
      let ended: Exit.Exit<never, unknown> | undefined
      const next: Effect.Effect<readonly [Group, ...Array<Group>], unknown, unknown> = Effect.suspend(() => {
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
