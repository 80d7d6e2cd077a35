/** Base64 as clients send it: either alphabet, with or without padding, with the line breaks that a shell adds. */
import { fromBase64 } from "@sightline/core/wire"

/** The bytes, or `undefined` if the text is not base64. A `data:` prefix is removed. */
export const decodeBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined =>
  fromBase64(text.startsWith("data:") ? text.slice(text.indexOf(",") + 1) : text)

/** How many bytes a base64 text of this length holds, at most. */
export const base64Size = (text: string): number => Math.floor((text.length * 3) / 4)
