// EBML elements, of which Matroska and WebM files are made (RFC 8794).

/** The header in front of each document. */
export const ebmlHeaderId = 0x1a45dfa3
/** What holds everything else in Matroska (RFC 9559). */
export const segmentId = 0x18538067

/** An element: its id as it stands in the file, where it starts, where its body starts, and where it ends. */
export interface Element {
  readonly id: number
  readonly start: number
  readonly body: number
  readonly end: number
  /** Whether the element does not say how long it is; `end` is then the end of what it is in. */
  readonly isOpen: boolean
}

/** Length of a number's field and its value; undefined for "unknown", and where there is none. */
export const ebmlNumber = (
  bytes: Uint8Array,
  at: number
): { readonly length: number; readonly value: number | undefined } => {
  const first = bytes[at] ?? 0
  const length = Math.clz32(first) - 23
  if (length > 8) return { length: 1, value: undefined }
  let value = first & ((1 << (8 - length)) - 1)
  let allOnes = value === (1 << (8 - length)) - 1
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] ?? 0
    allOnes &&= byte === 0xff
    value = value * 256 + byte
  }
  return { length, value: allOnes ? undefined : value }
}

/** The element at `start`, inside of something that ends at `limit`; undefined where none can be. */
export const elementAt = (bytes: Uint8Array, start: number, limit: number): Element | undefined => {
  const idLength = Math.clz32(bytes[start] ?? 0) - 23
  if (idLength > 4 || start + idLength >= limit) return undefined
  let id = 0
  for (let i = 0; i < idLength; i++) id = id * 256 + (bytes[start + i] ?? 0)
  const size = ebmlNumber(bytes, start + idLength)
  const body = start + idLength + size.length
  if (body > limit || (bytes[start + idLength] ?? 0) === 0) return undefined
  return {
    id,
    start,
    body,
    end: size.value === undefined ? limit : body + size.value,
    isOpen: size.value === undefined
  }
}

/** The elements directly inside of `[from, to)`; an element that reaches further is cut off there. */
export function* elementsIn(bytes: Uint8Array, from: number, to: number): Generator<Element> {
  for (let at = from; at < to;) {
    const element = elementAt(bytes, at, to)
    if (element === undefined) return
    yield element.end > to ? { ...element, end: to } : element
    at = element.end
  }
}
