/** The training set of a version: the app's labelled images as vectors. */
import { StatusCode } from "@sightline/core/status"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Vectors } from "../learning/rows.ts"
import type { TrainingProblem } from "../learning/training-problem.ts"
import { makeVectorBuffer } from "../learning/vector-buffer.ts"
import type { Example } from "../learning/targets.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { ImageEncoder } from "../encoders/image-encoder.ts"
import { Settings } from "../settings.ts"
import { readStored } from "../store/media-source.ts"
import { findEmbedding, saveEmbedding } from "../store/embedding-table.ts"
import { modelBySeq } from "../store/model-table.ts"
import { Store } from "../store/store.ts"
import { trainingRows, type VersionRow } from "../store/version-table.ts"
import type { TrainingPlan } from "./training-plan.ts"
import { fromVector, toVector } from "../store/vector-bytes.ts"

/** One example, and its input. */
export interface Labelled {
  readonly input: number
  readonly id: string
  readonly example: Example
}

/** The examples, and their vectors, which are valid until the scope closes. */
export interface CollectedExamples {
  readonly trainingSet: ReadonlyArray<Labelled>
  readonly vectors: Vectors
}

/** Concept ids are the callers': one named `__proto__` must be an ordinary member. */
const noLabels = (): Record<string, 0 | 1> => Object.create(null) as Record<string, 0 | 1>

/**
 * The app's labelled images as vectors. Images that were embedded by another encoder are embedded again. The vectors of one
 * image are in memory at a time: large sets are buffered in a file of the engine's folder.
 */
export const collectExamples = Effect.fnUntraced(function* (
  row: VersionRow,
  plan: TrainingPlan
): Effect.fn.Return<CollectedExamples, WireError, Settings | Store | ImageEncoder | Scope.Scope> {
  const store = yield* Store
  const { directory } = yield* Settings
  const labels = new Map<number, Entry>()
  const rows = yield* store.read((db) => trainingRows(db, modelBySeq(db, row.model)?.app ?? "", plan.upTo))
  for (const { concept, hash, id, input, value } of rows) {
    const entry = labels.get(input) ?? { id, hash, labels: noLabels() }
    entry.labels[concept] = value >= 0.5 ? 1 : 0
    labels.set(input, entry)
  }
  const withMirrors = labels.size <= mostMirrored
  const buffer = yield* makeVectorBuffer({
    most: labels.size * (withMirrors ? 2 : 1),
    file: join(directory, "training.vectors")
  })
  const trainingSet = yield* Effect.forEach(
    inOrder([...labels]),
    Effect.fnUntraced(function* ([input, { hash, id, labels }]) {
      const vectors = yield* vectorsOf(hash, withMirrors)
      const example = yield* Effect.mapError(buffer.add({ ...vectors, labels }), unlearnable)
      return { input, id, example }
    })
  )
  return { trainingSet, vectors: yield* Effect.mapError(buffer.close, unlearnable) }
})

const unlearnable = ({ code, details }: TrainingProblem): WireError => wireError(code, details)

interface Entry {
  readonly id: string
  readonly hash: string
  readonly labels: Record<string, 0 | 1>
}

const sortedLabels = ({ labels }: Entry): ReadonlyArray<readonly [string, 0 | 1]> =>
  Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))

/** Ordered by image and labels, not by arrival, because sums of floats depend on their order. */
const inOrder = (entries: ReadonlyArray<readonly [number, Entry]>): ReadonlyArray<readonly [number, Entry]> =>
  entries
    .map((entry) => ({ entry, key: `${entry[1].hash} ${JSON.stringify(sortedLabels(entry[1]))}` }))
    .toSorted((a, b) => Number(a.key > b.key) - Number(a.key < b.key))
    .map(({ entry }) => entry)

/** Mirror images help if there are few examples; with many they only double the work. */
const mostMirrored = 5000

const vectorsOf = Effect.fnUntraced(function* (hash: string, withMirror: boolean) {
  const store = yield* Store
  const encoder = yield* ImageEncoder
  const known = yield* store.read((db) => findEmbedding(db, hash, encoder.id))
  if (known !== undefined)
    return {
      vector: toVector(known.vector),
      ...(known.mirrored === null || !withMirror ? {} : { mirrored: toVector(known.mirrored) })
    }
  const bytes = yield* readStored(hash)
  const { mirrored, vector } = yield* Effect.mapError(encoder.embed(bytes, { mirror: true }), ({ details }) =>
    wireError(StatusCode.MODEL_TRAINING_FAILED, `a training image cannot be read any more: ${details}`)
  )
  yield* store.write((db) =>
    saveEmbedding(db, hash, encoder.id, {
      vector: fromVector(vector),
      mirrored: mirrored === undefined ? null : fromVector(mirrored)
    })
  )
  return { vector, ...(mirrored === undefined || !withMirror ? {} : { mirrored }) }
})
