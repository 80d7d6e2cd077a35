// Base64 text and bytes, by the platform where it can, in every runtime.

// Part of the language since 2025, not yet of TypeScript's library.
interface NativeDecoder {
  readonly fromBase64?: (
    text: string,
    options?: { readonly alphabet?: "base64" | "base64url" }
  ) => Uint8Array<ArrayBuffer>
}
interface NativeEncoder {
  readonly toBase64?: () => string
}
// Node's, where the language does not have them yet. Core is compiled without Node's types.
interface NodeBuffer {
  readonly from: {
    (text: string, encoding: "base64"): Uint8Array<ArrayBuffer>
    (bytes: ArrayBufferLike, at: number, length: number): { readonly toString: (encoding: "base64") => string }
  }
}
const { Buffer } = globalThis as { readonly Buffer?: NodeBuffer }

/**
 * The bytes of base64 text in either alphabet, padded or not, with white space in it or not; `undefined` if the text is
 * not base64.
 *
 * @example fromBase64("AQID") // => Uint8Array.of(1, 2, 3)
 */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined =>
  // Usually the text is one unbroken run: a copy without white space is made only where that fails.
  decodeRun(text) ?? (/\s/.test(text) ? decodeRun(text.replaceAll(/\s+/g, "")) : undefined)

const decodeRun = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  try {
    const url = text.includes("-") || text.includes("_")
    const native = (Uint8Array as NativeDecoder).fromBase64
    if (native) return native.call(Uint8Array, text, { alphabet: url ? "base64url" : "base64" })
    if (Buffer) return decodeByBuffer(Buffer, text)
    const binary = atob(url ? text.replaceAll("-", "+").replaceAll("_", "/") : text)
    const bytes = new Uint8Array(binary.length)
    for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
    return bytes
  } catch {
    return undefined
  }
}

const decodeByBuffer = (buffer: NodeBuffer, text: string): Uint8Array<ArrayBuffer> | undefined => {
  let end = text.length
  for (let padding = 0; padding < 2 && text[end - 1] === "="; padding++) end--
  // Padding completes four characters, as elsewhere; without it there are two, three or four in the end.
  if (end < text.length ? text.length % 4 !== 0 : end % 4 === 1) return undefined
  const bytes = buffer.from(text, "base64")
  // It skips what is not base64: then there are fewer bytes than the length promises.
  if (bytes.length !== Math.floor((end * 3) / 4)) return undefined
  // A small Buffer is a view into a shared pool; a copy can be transferred to a worker.
  return bytes.byteLength === bytes.buffer.byteLength ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes)
}

/** How many bytes are turned into characters at once: engines limit the arguments of a call. A multiple of 3. */
const chunkBytes = 8190

/**
 * Bytes as base64 text with padding.
 *
 * @example toBase64(Uint8Array.of(1, 2, 3)) // => "AQID"
 */
export const toBase64 = (bytes: Uint8Array): string => {
  const native = (bytes as NativeEncoder).toBase64
  if (native) return native.call(bytes)
  if (Buffer) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")
  let text = ""
  for (let from = 0; from < bytes.length; from += chunkBytes)
    text += btoa(String.fromCharCode(...bytes.subarray(from, from + chunkBytes)))
  return text
}

/**
 * The bytes of a field that holds bytes, in either of its decoded forms; `undefined` if it is text that is not base64.
 *
 * @example toBytes("AQID") // => Uint8Array.of(1, 2, 3)
 */
export const toBytes = (value: string | Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined =>
  typeof value === "string" ? fromBase64(value) : value
