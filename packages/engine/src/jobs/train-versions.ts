/** Trains queued versions, one at a time, the one that has waited longest first. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { UrlDownloads } from "../store/url-downloads.ts"
import { decodeHead, encodeHead, type Head, trainHead } from "../learning/head.ts"
import { now } from "../protocol/time.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { encoderAdvice } from "../encoders/added-encoder.ts"
import { ImageEncoder } from "../encoders/image-encoder.ts"
import { Settings } from "../settings.ts"
import { hasWaitingInputs } from "../store/input-queue.ts"
import { modelBySeq } from "../store/model-table.ts"
import { Store } from "../store/store.ts"
import {
  failTraining,
  finishTraining,
  headOfVersion,
  queuedVersions,
  reportProgress,
  startTraining,
  type VersionRow,
  versionBySeq
} from "../store/version-table.ts"
import { collectExamples } from "./training-set.ts"
import { readPlan } from "./training-plan.ts"

/** A version fails after its training ended the process this often. */
const maxAttempts = 3

/** Trains the next version whose inputs are all processed; true if there was one. */
export const trainNext: Effect.Effect<boolean, WireError, Settings | Store | UrlDownloads | ImageEncoder> = Effect.gen(
  function* () {
    const store = yield* Store
    const next = yield* store.write((db) => {
      const version = queuedVersions(db).find(
        (row) => !hasWaitingInputs(db, modelBySeq(db, row.model)?.app ?? "", readPlan(row).upTo)
      )
      if (version !== undefined) startTraining(db, version.seq, now())
      return version
    })
    if (next === undefined) return false
    const fail = (code: number, details: string) =>
      store.write((db) => failTraining(db, next.seq, code, details, now()))
    const work =
      next.attempts >= maxAttempts
        ? fail(StatusCode.MODEL_TRAINING_UNKNOWN_ERROR, `training ended ${maxAttempts} times without a result`)
        : // Whatever fails, the version must not stay "training".
          Effect.catch(Effect.scoped(train(next, fail)), ({ code, details }) =>
            fail(
              code >= StatusCode.MODEL_TRAINING_FAILED &&
                code <= StatusCode.MODEL_TRAINING_INVALID_DATA_TOLERANCE_EXCEEDED
                ? code
                : StatusCode.MODEL_TRAINING_UNKNOWN_ERROR,
              details
            )
          )
    yield* Effect.raceFirst(work, untilDeleted(next.seq))
    return true
  }
)

/** Callers cancel a training by deleting its version. Ends when the row is gone. */
const untilDeleted = (seq: number): Effect.Effect<void, WireError, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    let exists = true
    while (exists) {
      yield* Effect.sleep("500 millis")
      exists = yield* store.read((db) => versionBySeq(db, seq) !== undefined)
    }
  })

const train = Effect.fn("jobs.train")(function* (
  row: VersionRow,
  fail: (code: number, details: string) => Effect.Effect<void, WireError>
): Effect.fn.Return<void, WireError, Settings | Store | ImageEncoder | Scope.Scope> {
  const store = yield* Store
  const encoder = yield* ImageEncoder
  const plan = readPlan(row)
  const settings = yield* Settings
  const seed = plan.seed ?? settings.seed
  const { trainingSet, vectors } = yield* collectExamples(row, plan)
  const resumeFrom = plan.resumeFrom === undefined ? undefined : yield* readHead(row.model, plan.resumeFrom)
  let reported = 0
  const context = yield* Effect.context()
  const onProgress = (share: number) => {
    const percent = Math.min(99, Math.floor(share * 100))
    if (percent < reported + 5) return
    reported = percent
    Effect.runForkWith(context)(Effect.ignore(store.write((db) => reportProgress(db, row.seq, percent))))
  }
  yield* trainHead({
    examples: trainingSet.map(({ example }) => example),
    vectors,
    concepts: plan.concepts,
    mutuallyExclusive: plan.exclusive,
    closedEnvironment: plan.closed,
    seed,
    failOnMissingPositives: plan.failOnMissingPositives,
    embedder: encoder.id,
    ...(encoder.blocks && { blocks: encoder.blocks }),
    onProgress,
    ...(resumeFrom === undefined ? {} : { resumeFrom }),
    ...(plan.timeoutMs === undefined ? {} : { timeoutMs: plan.timeoutMs })
  }).pipe(
    Effect.matchEffect({
      onFailure: ({ code, details }) => fail(code, details),
      onSuccess: (head) =>
        store.write((db) =>
          finishTraining(
            db,
            row.seq,
            {
              head: encodeHead(head),
              embedder: encoder.id,
              concepts: head.concepts,
              inputs: trainingSet.map(({ input }) => input),
              details: encoderAdvice(settings.embedder)
            },
            now()
          )
        )
    }),
    Effect.catchDefect((defect) =>
      fail(StatusCode.MODEL_TRAINING_UNKNOWN_ERROR, `training ended unexpectedly: ${String(defect)}`)
    )
  )
})

const readHead = (model: number, versionId: string): Effect.Effect<Head | undefined, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    Effect.flatMap(
      store.read((db) => headOfVersion(db, model, versionId)),
      (bytes) =>
        bytes === undefined
          ? Effect.succeed(undefined)
          : Effect.mapError(Effect.fromResult(decodeHead(bytes)), ({ message }) =>
              wireError(StatusCode.MODEL_TRAINING_INVALID_PARAMS, message)
            )
    )
  )
