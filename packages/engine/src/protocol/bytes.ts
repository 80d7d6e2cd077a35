/** Base64 as clients send it: either alphabet, with or without padding, with the line breaks a shell adds. */

/** The bytes, or `undefined` when the text is not base64. A `data:` prefix is taken off. */
export const decodeBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  const body = text.startsWith("data:") ? text.slice(text.indexOf(",") + 1) : text
  // The common case is one unbroken run: try it before paying for a copy without white space.
  const bytes = decodeRun(body) ?? decodeRun(body.replaceAll(/\s+/g, ""))
  if (bytes === undefined) return undefined
  // A small Buffer is a view into a shared pool: copy it out, so that the bytes can be transferred to a worker.
  return bytes.byteLength === bytes.buffer.byteLength ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes)
}

const decodeRun = (text: string): Buffer<ArrayBuffer> | undefined => {
  let end = text.length
  for (let padding = 0; padding < 2 && text[end - 1] === "="; padding++) end--
  if (end % 4 === 1) return undefined
  const bytes = Buffer.from(end === text.length ? text : text.slice(0, end), "base64")
  // The decoder leaves out what is not base64: then there are fewer bytes than the length promises.
  return bytes.length === Math.floor((end * 3) / 4) ? bytes : undefined
}

/** How many bytes a base64 text of this length holds, at most. */
export const base64Size = (text: string): number => Math.floor((text.length * 3) / 4)
