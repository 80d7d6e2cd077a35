/** The bytes of media: as they are over gRPC; in JSON as base64 of either alphabet, padded or not, with line breaks. */
import { fromBase64 } from "@sightline/core/wire"

/** The bytes, or `undefined` if the text is not base64. A `data:` prefix is removed. */
export const decodeBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined =>
  fromBase64(text.startsWith("data:") ? text.slice(text.indexOf(",") + 1) : text)

/** How many bytes there are, at most. */
export const sizeOfBytes = (given: string | Uint8Array): number =>
  typeof given === "string" ? Math.floor((given.length * 3) / 4) : given.length
