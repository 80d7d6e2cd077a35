import { runs } from "../wire/runs.ts"

/** Whether a line ends, or a character of several bytes is, within two bytes of that place. */
const isEdge = (bytes: Uint8Array, at: number): boolean =>
  bytes.subarray(Math.max(0, at - 2), at + 2).some((byte) => byte === 10 || byte > 127)

/** Lengths at which a stream is cut: all in the long suite; in the normal one each edge of lines and characters, and some. */
export const cutsOf = (bytes: Uint8Array): ReadonlyArray<number> =>
  Array.from({ length: bytes.length + 1 }, (_, at) => at).filter(
    (at) => runs(1) > 1 || at % 17 === 0 || at >= bytes.length - 2 || isEdge(bytes, at)
  )
