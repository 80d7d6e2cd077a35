/**
 * Folder `jobs`: work that continues after an answer, such as processing inputs, training and evaluating. Pending work is
 * in the index, so a new process continues what the last one left, however it ended. This file is its service.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import type { UrlDownloads } from "../store/url-downloads.ts"
import type { WireError } from "../protocol/wire-error.ts"
import type { ImageEncoder } from "../encoders/image-encoder.ts"
import { Settings } from "../settings.ts"
import { handBackInputs, requeueInputs } from "../store/input-queue.ts"
import { Store } from "../store/store.ts"
import { handBackVersions, requeueVersions } from "../store/version-table.ts"
import { evaluateNext } from "./evaluate-versions.ts"
import { processBatch } from "./process-inputs.ts"
import { rebuildIndex } from "./recover-inputs.ts"
import { sweepMedia } from "./sweep-media.ts"
import { trainNext } from "./train-versions.ts"

/** Services that jobs need. */
export type JobNeeds = Settings | Store | UrlDownloads | ImageEncoder

/** Background jobs; `wake` starts those that are pending. */
export class Jobs extends Context.Service<Jobs, { readonly wake: Effect.Effect<void> }>()("@sightline/engine/Jobs") {
  static readonly layer: Layer.Layer<Jobs, never, JobNeeds> = Layer.effect(
    Jobs,
    Effect.gen(function* () {
      const { readOnly, rebuild } = yield* Settings
      if (readOnly) return Jobs.of({ wake: Effect.void })
      const store = yield* Store
      yield* Effect.orDie(
        store.write((db) => {
          requeueInputs(db)
          requeueVersions(db)
        })
      )
      if (rebuild)
        yield* Effect.orDie(Effect.tap(rebuildIndex, (added) => Effect.logInfo(`${added} media were added as inputs`)))
      // Registered before the workers, so it runs after they have been stopped.
      yield* Effect.addFinalizer(() =>
        Effect.ignore(
          store.write((db) => {
            handBackInputs(db)
            handBackVersions(db)
          })
        )
      )
      yield* Effect.forkScoped(
        Effect.catchCause(sweepMedia, (cause) => Effect.logError("the media folder could not be swept", cause))
      )
      // One slot each: one pending signal is enough.
      const inputs = yield* Queue.sliding<void>(1)
      const trainings = yield* Queue.sliding<void>(1)
      const wake = Effect.andThen(Queue.offer(inputs, undefined), Queue.offer(trainings, undefined))
      yield* Effect.forkScoped(
        worker(
          inputs,
          Effect.tap(processBatch, (worked) => (worked ? wake : Effect.void))
        )
      )
      yield* Effect.forkScoped(worker(trainings, trainOrEvaluate))
      yield* wake
      return Jobs.of({ wake: Effect.asVoid(wake) })
    })
  )
}

/** Trainings come first, because evaluations need a trained version. */
const trainOrEvaluate = Effect.flatMap(trainNext, (trained) => (trained ? Effect.succeed(true) : evaluateNext))

/** Waits for a signal, then works until nothing is pending. A failure is logged, and the next signal tries again. */
const worker = <R>(
  signals: Queue.Queue<void>,
  step: Effect.Effect<boolean, WireError, R>
): Effect.Effect<never, never, R> =>
  Queue.take(signals).pipe(
    Effect.andThen(Effect.repeat(step, { while: (worked) => worked })),
    Effect.catchCause((cause) =>
      Effect.andThen(Effect.logError("a background job failed", cause), Effect.sleep("1 second"))
    ),
    Effect.forever
  )
