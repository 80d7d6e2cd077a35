/** Inflates zlib streams within a limit, in every runtime. */
import { Unzlib } from "fflate"
import { corrupt } from "./format-error.ts"
import { concatBytes } from "./view.ts"

/** Bytes fed at once. Deflate unpacks 1 to 1032 at most, so output passes the limit by 4 MiB at most. */
const pieceBytes = 4096

/**
 * Inflates a zlib stream, at most `maxBytes` of it. Longer output is cut, not refused: a tag at the front of a
 * decompression bomb can still be read. The checksum is not verified.
 *
 * Cost: time and memory are bounded by `maxBytes`, whatever the stream would unpack to; 50 to 150 MB/s. Fails
 * (`FormatError`) when the bytes are no zlib stream, or end before it does.
 */
export const inflate = (bytes: Uint8Array, maxBytes: number): Uint8Array => {
  const parts: Array<Uint8Array> = []
  let size = 0
  const stream = new Unzlib((part) => {
    parts.push(part)
    size += part.length
  })
  try {
    for (let at = 0; at === 0 || at < bytes.length; at += pieceBytes) {
      stream.push(bytes.subarray(at, at + pieceBytes), at + pieceBytes >= bytes.length)
      if (size >= maxBytes) break
    }
  } catch (cause) {
    throw corrupt("deflate", cause instanceof Error ? cause.message : "an invalid stream")
  }
  return concatBytes(parts).subarray(0, maxBytes)
}
