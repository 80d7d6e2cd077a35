/** AVIF and HEIC: reads their metadata, and erases it in place. This file: boxes of the ISO base media file format. */
import { corrupt } from "@sightline/platform/bytes/format-error"
import type { View } from "@sightline/platform/bytes/view"

/** One box: `[start, end)` with its header, `[body, end)` without. */
export interface Box {
  readonly name: string
  readonly start: number
  readonly body: number
  readonly end: number
}

/** Most boxes read at one level: a phone's tiled picture has hundreds of properties, hostile files claim millions. */
const maxBoxes = 4096

/**
 * The boxes that fill `[start, end)` of a window.
 *
 * Fails (`FormatError`) when a box is smaller than its header or reaches past `end`; with `cutShort` the last one may,
 * and is cut there.
 */
export const boxesIn = (view: View, start: number, end: number, cutShort = false): ReadonlyArray<Box> => {
  const boxes: Array<Box> = []
  let at = start
  while (at + 8 <= end) {
    if (boxes.length >= maxBoxes) throw corrupt(view.format, `more than ${maxBoxes} boxes in one`, at)
    const size32 = view.u32(at)
    const isLarge = size32 === 1
    const size = size32 === 0 ? end - at : isLarge ? view.u64(at + 8) : size32
    const body = at + (isLarge ? 16 : 8)
    const boxEnd = at + size
    if (size < body - at || (boxEnd > end && !cutShort)) throw corrupt(view.format, "a box that does not fit", at)
    boxes.push({ name: view.text(at + 4, 4), start: at, body, end: Math.min(boxEnd, end) })
    at = boxEnd
  }
  return boxes
}

/** The first box of a name. */
export const boxOf = (boxes: ReadonlyArray<Box>, name: string): Box | undefined =>
  boxes.find((box) => box.name === name)

/** A new box. */
export const makeBox = (name: string, body: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(8 + body.length)
  new DataView(whole.buffer).setUint32(0, whole.length)
  for (let i = 0; i < 4; i++) whole[4 + i] = name.charCodeAt(i)
  whole.set(body, 8)
  return whole
}
