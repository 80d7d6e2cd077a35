/** A medium's bytes, for those who work with Promises. */
import * as Effect from "effect/Effect"
import type { Media } from "./media/media.ts"
import { readBytes } from "./media/read-bytes.ts"
import { run, type RunOptions } from "./promise.ts"

const isInArrayBuffer = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> => bytes.buffer instanceof ArrayBuffer

/** `Blob` and `Response` take no bytes of memory that threads share. */
const inArrayBuffer = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => (isInArrayBuffer(bytes) ? bytes : bytes.slice())

/**
 * The bytes of a medium that a chain gave or was given, to store or show: of a frame, a crop, a picture made upright. A
 * file is read as it is now; the medium's `facts.contentType` says what the bytes are where it is known.
 *
 * Rejects with `MediaUnreadable`, also for an `http(s)` URL, which the service reads and we do not.
 *
 * @example
 * const upright = await app.input(file("photo.jpg")).upright().run()
 * await writeFile("upright.jpg", await bytesOf(upright))
 */
export const bytesOf = (media: Media, options: Pick<RunOptions, "signal"> = {}): Promise<Uint8Array<ArrayBuffer>> =>
  run(Effect.map(readBytes(media), inArrayBuffer), options)
