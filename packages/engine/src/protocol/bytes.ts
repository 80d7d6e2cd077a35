/** Base64 as clients send it: either alphabet, with or without padding, with the line breaks a shell adds. */

const plain = /^[A-Za-z0-9+/_-]*={0,2}$/

/** The bytes, or `undefined` when the text is not base64. A `data:` prefix is taken off. */
export const decodeBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  const body = text.startsWith("data:") ? text.slice(text.indexOf(",") + 1) : text
  // The common case is one unbroken run: test it before paying for a copy without white space.
  const clean = plain.test(body) ? body : body.replaceAll(/\s+/g, "")
  if (!plain.test(clean)) return undefined
  const unpadded = clean.replace(/=+$/, "")
  if (unpadded.length % 4 === 1) return undefined
  const bytes = Buffer.from(unpadded, "base64")
  // A small Buffer is a view into a shared pool: copy it out, so that the bytes can be transferred to a worker.
  return bytes.byteLength === bytes.buffer.byteLength ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes)
}

/** How many bytes a base64 text of this length holds, at most. */
export const base64Size = (text: string): number => Math.floor((text.length * 3) / 4)
