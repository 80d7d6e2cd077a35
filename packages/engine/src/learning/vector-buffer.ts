/**
 * Buffers training vectors: in shared memory while they are few, else in an unlinked temporary file, which is gone when it
 * is closed, however the process ends.
 */
import { StatusCode } from "@sightline/core/status"
import { Effect } from "effect"
import type { Scope } from "effect"
import type { FileHandle } from "node:fs/promises"
import { open, unlink } from "node:fs/promises"
import { TrainingProblem } from "./training-problem.ts"
import type { Vectors } from "./rows.ts"
import type { Example, Labels } from "./targets.ts"

/** An image's vector, that of its mirror image if there is one, and its labels. */
export interface LabelledImage {
  readonly vector: Float32Array
  readonly mirrored?: Float32Array
  readonly labels: Labels
}

/** Collects images one by one; only their labels stay in memory. */
export interface VectorBuffer {
  /** Adds an image. Its vectors may be changed afterwards. Fails with 21118 if their size is not that of the first. */
  readonly add: (image: LabelledImage) => Effect.Effect<Example, TrainingProblem>
  /** All vectors, readable until the scope closes. Nothing is added afterwards. */
  readonly close: Effect.Effect<Vectors, TrainingProblem>
}

/** Options of a vector buffer. */
export interface VectorBufferOptions {
  /** The most vectors that are added, mirror images included. */
  readonly most: number
  /** A file that may be created for many vectors. Without one they stay in memory. */
  readonly file?: string
  /** Vectors of this many bytes in total stay in memory. @default 32 MiB */
  readonly inMemory?: number
}

// Bytes written at once: few enough calls that their cost does not matter.
const draftBytes = 1 << 20

/** Makes a vector buffer. Its file, if it needs one, is closed with the scope. */
export const makeVectorBuffer = Effect.fnUntraced(function* (
  options: VectorBufferOptions
): Effect.fn.Return<VectorBuffer, never, Scope.Scope> {
  const { file, inMemory = 32 << 20, most } = options
  let size = 0
  let numbers: Float32Array = new Float32Array()
  let count = 0 // of vectors in `numbers`
  let written = 0 // of vectors in the file
  let handle: FileHandle | undefined
  yield* Effect.addFinalizer(() => Effect.promise(async () => handle?.close()))

  const begin = async (first: number): Promise<void> => {
    size = first
    const small = file === undefined || most * size * 4 <= inMemory
    const room = small ? most : Math.max(1, Math.floor(draftBytes / (size * 4)))
    // shared, so that the training thread reads the vectors in place
    numbers = new Float32Array(new SharedArrayBuffer(Math.max(room * size * 4, 4)))
    if (small) return
    handle = await open(file, "w+", 0o600)
    await unlink(file)
  }
  const flush = async (to: FileHandle): Promise<void> => {
    const bytes = new Uint8Array(numbers.buffer, 0, count * size * 4)
    for (let done = 0; done < bytes.length;) {
      const at = written * size * 4 + done
      done += (await to.write(bytes, done, bytes.length - done, at)).bytesWritten
    }
    written += count
    count = 0
  }
  const put = async (vector: Float32Array): Promise<number> => {
    if (handle !== undefined && (count + 1) * size > numbers.length) await flush(handle)
    numbers.set(vector, count * size)
    return written + count++
  }
  return {
    add: ({ labels, mirrored, vector }) =>
      Effect.gen(function* () {
        if (size === 0) yield* attempt(() => begin(vector.length))
        if (vector.length !== size || (mirrored ?? vector).length !== size) return yield* differing
        const place = yield* attempt(() => put(vector))
        if (mirrored) yield* attempt(() => put(mirrored))
        return { place, views: mirrored ? 2 : 1, labels }
      }),
    close: attempt(async () => {
      if (handle === undefined) return { size, from: numbers }
      await flush(handle)
      return { size, from: handle.fd }
    })
  }
})

const differing = new TrainingProblem({
  code: StatusCode.MODEL_TRAINING_INVALID_PARAMS,
  details: "examples have vectors of different sizes; embed all of them with one embedder"
})

const unwritten = (cause: unknown): TrainingProblem => {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new TrainingProblem({
    code: StatusCode.MODEL_TRAINING_FAILED,
    details: `the examples' vectors could not be written to the engine's folder: ${why}; check its permissions and free space`
  })
}

// Uninterruptible: a file that is being opened must be known when the scope closes.
const attempt = <A>(body: () => Promise<A>): Effect.Effect<A, TrainingProblem> =>
  Effect.uninterruptible(Effect.tryPromise({ try: body, catch: unwritten }))

/** Buffers images that are already in memory. */
export const bufferVectors = (
  images: ReadonlyArray<LabelledImage>,
  options: Partial<VectorBufferOptions> = {}
): Effect.Effect<
  { readonly vectors: Vectors; readonly examples: ReadonlyArray<Example> },
  TrainingProblem,
  Scope.Scope
> =>
  Effect.gen(function* () {
    const { add, close } = yield* makeVectorBuffer({ most: images.length * 2, ...options })
    const examples = yield* Effect.forEach(images, add)
    return { vectors: yield* close, examples }
  })
