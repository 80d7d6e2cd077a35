/**
 * Work that goes on after the answer: processing inputs, training, evaluating. What is to do stands in the database,
 * so a new process finds what the last one left, however it ended.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import type { UrlDownloads } from "../store/url-downloads.ts"
import type { WireError } from "../protocol/wire-error.ts"
import type { ImageEncoder } from "../vision/image-encoder.ts"
import { Settings } from "../settings.ts"
import { handBackInputs, requeueInputs } from "../store/input-table.ts"
import { Store } from "../store/store.ts"
import { handBackVersions, requeueVersions } from "../store/version-table.ts"
import { evaluateNext } from "./evaluate-versions.ts"
import { processBatch } from "./process-inputs.ts"
import { sweepMedia } from "./sweep-media.ts"
import { trainNext } from "./train-versions.ts"

/** Services that jobs need. */
export type JobNeeds = Settings | Store | UrlDownloads | ImageEncoder

/** Tells the workers that there may be something to do. */
export class Jobs extends Context.Service<Jobs, { readonly wake: Effect.Effect<void> }>()("@sightline/engine/Jobs") {
  static readonly layer: Layer.Layer<Jobs, never, JobNeeds> = Layer.effect(
    Jobs,
    Effect.gen(function* () {
      const { readOnly } = yield* Settings
      if (readOnly) return Jobs.of({ wake: Effect.void })
      const store = yield* Store
      yield* Effect.orDie(
        store.write((db) => {
          requeueInputs(db)
          requeueVersions(db)
        })
      )
      // Registered before the workers are, so it runs after they have been stopped.
      yield* Effect.addFinalizer(() =>
        Effect.ignore(
          store.write((db) => {
            handBackInputs(db)
            handBackVersions(db)
          })
        )
      )
      yield* Effect.forkScoped(Effect.ignore(sweepMedia))
      // One slot each: a second knock while one is waiting says nothing new.
      const inputs = yield* Queue.sliding<void>(1)
      const trainings = yield* Queue.sliding<void>(1)
      const wake = Effect.andThen(Queue.offer(inputs, undefined), Queue.offer(trainings, undefined))
      yield* Effect.forkScoped(
        worker(
          inputs,
          Effect.tap(processBatch, (did) => (did ? wake : Effect.void))
        )
      )
      yield* Effect.forkScoped(worker(trainings, trainOrEvaluate))
      yield* wake
      return Jobs.of({ wake: Effect.asVoid(wake) })
    })
  )
}

/** Trainings come first: an evaluation is of something trained. */
const trainOrEvaluate = Effect.flatMap(trainNext, (trained) => (trained ? Effect.succeed(true) : evaluateNext))

/** Waits for a knock, then works until there is nothing left. A failure is logged, and the next knock tries again. */
const worker = <R>(
  knocks: Queue.Queue<void>,
  step: Effect.Effect<boolean, WireError, R>
): Effect.Effect<never, never, R> =>
  Queue.take(knocks).pipe(
    Effect.andThen(Effect.repeat(step, { while: (did) => did })),
    Effect.catchCause((cause) =>
      Effect.andThen(Effect.logError("a background job failed", cause), Effect.sleep("1 second"))
    ),
    Effect.forever
  )
