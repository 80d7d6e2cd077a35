/** Encodes the body of a call: only here do bytes become base64, straight into the body that is sent. */
import { attach, placeholder } from "../connection/attachments.ts"
import type { Media } from "../media/media.ts"

/** One input, encoded but for its bytes. `text` with the bytes' base64 between is valid JSON. */
export interface EncodedInput {
  readonly pieces: ReadonlyArray<string | Uint8Array>
  /** The length in bytes that the input takes in a body. */
  readonly sizeBytes: number
}

const utf8 = new TextEncoder()

/** The length of a string in UTF-8. */
export const utf8Length = (text: string): number => {
  if (!/[^\0-\x7f]/.test(text)) return text.length
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) length += 1
    else if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length) {
      length += 2
      i++
    } else length += 2
  }
  return length
}

/** The length of the base64 of that many bytes, padding included. */
export const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4

const sizeOf = (pieces: ReadonlyArray<string | Uint8Array>): number =>
  pieces.reduce(
    (sum, piece) => sum + (typeof piece === "string" ? utf8Length(piece) : base64Length(piece.byteLength)),
    0
  )

/** A medium's member of `data`: its URL, its text, or its bytes. `bytes` is what was read, for sources that hold any. */
export const memberOf = (media: Media, bytes: Uint8Array | undefined): ReadonlyArray<string | Uint8Array> =>
  media.kind === "text" || bytes === undefined ? [textOf(media, bytes)] : [`"${media.kind}":{"base64":"`, bytes, `"}`]

/** The member of a medium that is text: an address, or a raw text. */
const textOf = ({ kind, source }: Media, bytes: Uint8Array | undefined): string => {
  if (kind !== "text" || (source.from === "url" && bytes === undefined))
    return `"${kind}":{"url":${JSON.stringify(source.from === "url" ? source.url : "")}}`
  const raw = source.from === "text" ? source.text : new TextDecoder("utf-8").decode(bytes)
  return `"text":{"raw":${JSON.stringify(raw)}}`
}

/** One input of a call. `read` holds the bytes of the medium, or of each of its parts, where they were read here. */
export const encodeInput = (media: Media, read: ReadonlyArray<Uint8Array | undefined>, id?: string): EncodedInput => {
  const start = id === undefined ? `{"data":{` : `{"id":${JSON.stringify(id)},"data":{`
  if (media.source.from !== "parts" && read[0] === undefined) {
    const whole = `${start}${textOf(media, undefined)}}}`
    return { pieces: [whole], sizeBytes: utf8Length(whole) }
  }
  const parts = media.source.from === "parts" ? media.source.parts : [media]
  const pieces: Array<string | Uint8Array> = []
  let text = start
  parts.forEach((part, i) => {
    if (i > 0) text += ","
    for (const piece of memberOf(part, read[i]))
      if (typeof piece === "string") text += piece
      else {
        pieces.push(text, piece)
        text = ""
      }
  })
  pieces.push(`${text}}}`)
  return { pieces, sizeBytes: sizeOf(pieces) }
}

interface NodeBuffer {
  readonly alloc?: (
    size: number
  ) => Uint8Array & { readonly write: (text: string, at: number, encoding: string) => number }
  readonly from?: (
    bytes: ArrayBufferLike,
    at: number,
    length: number
  ) => { readonly toString: (encoding: string) => string }
  readonly allocUnsafeSlow?: NodeBuffer["alloc"]
}

const alphabet = utf8.encode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

/** Writes the base64 of `bytes` at `at`; gives the position after it. For runtimes without a faster way. */
const writeBase64 = (target: Uint8Array, at: number, bytes: Uint8Array): number => {
  const whole = bytes.length - (bytes.length % 3)
  let to = at
  for (let i = 0; i < whole; i += 3) {
    const triple = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    target[to++] = alphabet[triple >> 18] ?? 0
    target[to++] = alphabet[(triple >> 12) & 63] ?? 0
    target[to++] = alphabet[(triple >> 6) & 63] ?? 0
    target[to++] = alphabet[triple & 63] ?? 0
  }
  if (whole < bytes.length) {
    const rest = bytes.length - whole
    const triple = ((bytes[whole] ?? 0) << 16) | ((bytes[whole + 1] ?? 0) << 8)
    target[to++] = alphabet[triple >> 18] ?? 0
    target[to++] = alphabet[(triple >> 12) & 63] ?? 0
    target[to++] = rest === 2 ? (alphabet[(triple >> 6) & 63] ?? 0) : 61
    target[to++] = 61
  }
  return to
}

/** How many bytes are turned into base64 at a time, so that no long string is made; a multiple of 3. */
const slice = 3 * 16_384

/** Joins text into one body, with the bytes attached to it. */
export const assembleAttached = (pieces: ReadonlyArray<string | Uint8Array>): Uint8Array<ArrayBuffer> => {
  const bytes: Array<Uint8Array> = []
  let text = ""
  for (const piece of pieces) text += typeof piece === "string" ? piece : placeholder(bytes.push(piece) - 1)
  return attach(utf8.encode(text), bytes)
}

/**
 * Joins text and bytes into one body; bytes are written as base64. `sizeBytes` must be the exact length, and that of
 * `body`, which begins where its buffer does.
 */
export const assemble = (
  pieces: ReadonlyArray<string | Uint8Array>,
  sizeBytes: number,
  body: Uint8Array<ArrayBuffer> = new Uint8Array(sizeBytes)
): Uint8Array<ArrayBuffer> => {
  const { Buffer } = globalThis as { readonly Buffer?: NodeBuffer }
  const native = Buffer?.from === undefined ? undefined : Buffer.from(body.buffer, 0, sizeBytes)
  // documented, so the same in all runtimes that have a Buffer
  const target = native as unknown as
    | { readonly write?: (text: string, at: number, encoding: "latin1") => number }
    | undefined
  let at = 0
  let text = "" // of pieces side by side: one long text is written faster than many short ones
  for (const piece of pieces) {
    if (typeof piece === "string") {
      text += piece
      continue
    }
    at += utf8.encodeInto(text, body.subarray(at)).written
    text = ""
    if (target?.write === undefined || Buffer?.from === undefined) {
      at = writeBase64(body, at, piece)
    } else {
      for (let from = 0; from < piece.length; from += slice) {
        const length = Math.min(slice, piece.length - from)
        const base64 = Buffer.from(piece.buffer, piece.byteOffset + from, length).toString("base64")
        at += target.write(base64, at, "latin1")
      }
    }
  }
  utf8.encodeInto(text, body.subarray(at))
  return body
}
