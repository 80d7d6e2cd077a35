/**
 * Reuses the memory of request bodies: large bodies in sequence would otherwise wait for the garbage collector by the
 * dozen.
 */
import type { Fetch } from "./connection.ts"
import { releasesBodies } from "./transport.ts"

/** Bodies of calls that follow each other. */
export interface BodyMemory {
  /** A body of that size, whose bytes are to be written, all of them. */
  readonly take: (sizeBytes: number) => Uint8Array<ArrayBuffer>
  /** Takes a body back whose call was answered well: the service has read it to its end. */
  readonly giveBack: (body: Uint8Array<ArrayBuffer>) => void
}

/** Bodies are of about one size: a little more each time lets the next one fit too. */
const roundBytes = 1024 * 1024

/** Memory for at most `most` bodies at once; undefined for a `fetch` that may keep a body after its answer. */
export const makeBodyMemory = (fetch: Fetch, most: number): BodyMemory | undefined => {
  if (!releasesBodies(fetch)) return undefined
  let free: ReadonlyArray<ArrayBuffer> = []
  return {
    take: (sizeBytes) => {
      const fitting = free.find(({ byteLength }) => byteLength >= sizeBytes)
      free = fitting === undefined ? free.slice(1) : free.filter((buffer) => buffer !== fitting)
      return new Uint8Array(fitting ?? new ArrayBuffer(Math.ceil(sizeBytes / roundBytes) * roundBytes), 0, sizeBytes)
    },
    giveBack: ({ buffer }) => {
      if (free.length < most) free = [...free, buffer]
    }
  }
}
