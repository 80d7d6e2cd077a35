/** Cuts a series into the groups that share calls. The planner and the run loop both stand on this. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { Kind } from "../media/media.ts"
import type { Limits } from "../transport/limits.ts"
import { fits } from "./plan.ts"
import { makeReady, type Predictor, type Ready, readyNow } from "./predict.ts"
import type { Element } from "./series.ts"
import { runSteps, type Scene } from "./steps.ts"
import type { Ask } from "../transport/ask.ts"
import type { Step } from "./state.ts"

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

/** Takes the steps before the first prediction for one input and makes it ready. */
const prepareOne = (predictor: Predictor, steps: ReadonlyArray<Step>, ask: Ask, element: Element) => {
  const scene = sceneOf(predictor, element)
  const prepared = Effect.flatMap(runSteps(scene, steps, element.exit, ask), (value) =>
    makeReady(predictor, value, scene.context)
  )
  return Effect.map(Effect.result(prepared), (result): Member => ({
    scene,
    element,
    ready: result._tag === "Success" ? Exit.succeed(result.success) : Exit.fail(result.failure)
  }))
}

const onlyAsks = (steps: ReadonlyArray<Step>): boolean => steps.every((step) => step.type === "ask")

/** Prepares a series, a few inputs at a time and in order; inputs that need no work are not made to wait. */
const prepared = (
  predictor: Predictor,
  elements: Stream.Stream<Element, unknown, unknown>,
  steps: ReadonlyArray<Step>,
  ask: Ask
): Stream.Stream<Member, unknown, unknown> => {
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
                Effect.forEach(batch.slice(atOnce.length), (element) => prepareOne(predictor, steps, ask, element), {
                  concurrency: batch.length
                }),
                (rest) => [...atOnce, ...rest]
              )
        return members as Effect.Effect<never, never, unknown> // as many as in the batch, which is never empty
      })
    )
  )
}

/** Cuts prepared inputs into groups by count and by bytes, in order. */
export const groupsOf = (
  predictor: Predictor,
  limits: Limits,
  elements: Stream.Stream<Element, unknown, unknown>,
  steps: ReadonlyArray<Step>,
  ask: Ask
): Stream.Stream<Group, unknown, unknown> =>
  Stream.transformPull(prepared(predictor, elements, steps, ask), (pull) =>
    Effect.sync(() => {
      let buffer: ReadonlyArray<Member> = []
      let at = 0
      let ended: Exit.Exit<never, unknown> | undefined
      const cut = (): { readonly group: Group | undefined; readonly full: boolean } => take()
      let members: Array<Member> = []
      let kind: Kind | undefined
      let fill = { items: 0, bytes: 0 }
      const emit = (): Group | undefined => {
        const group = members.length === 0 ? undefined : { kind: kind ?? "image", members }
        members = []
        kind = undefined
        fill = { items: 0, bytes: 0 }
        return group
      }
      const take = () => {
        while (at < buffer.length) {
          const member = buffer[at]
          if (member === undefined) break
          if (Exit.isSuccess(member.ready)) {
            const { entry, media } = member.ready.value
            const size = entry.encoded.sizeBytes
            if (fill.items > 0 && (media.kind !== kind || !fits(limits, media.kind, fill, size)))
              return { group: emit(), full: true }
            kind = media.kind
            fill = { items: fill.items + 1, bytes: fill.bytes + size }
          }
          members.push(member)
          at++
          if (kind !== undefined && fill.items >= limits.inputsPerCall[kind]) return { group: emit(), full: true }
        }
        return { group: undefined, full: false }
      }
      const next: Effect.Effect<readonly [Group, ...Array<Group>], unknown, unknown> = Effect.suspend(() => {
        const { full, group } = cut()
        if (full && group !== undefined) return Effect.succeed([group] as const)
        if (ended !== undefined) return ended
        return Effect.matchCauseEffect(pull, {
          onSuccess: (batch) => {
            buffer = batch
            at = 0
            return next
          },
          onFailure: (cause) => {
            ended = Exit.failCause(cause)
            const last = Cause.hasInterruptsOnly(cause) ? undefined : emit()
            return last === undefined ? ended : Effect.succeed([last] as const)
          }
        })
      })
      return next as never // a Pull: it ends with the upstream's own end
    })
  )
