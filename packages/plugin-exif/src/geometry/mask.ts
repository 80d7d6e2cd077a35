/** Masks carried from what was sent into another frame of reference. */
import { type FrameOfReference, mapPoint, type Reference, type Size } from "@sightline/core/plugin"

/** One byte a pixel, row by row from the top left: 255 inside, 0 outside. */
export interface GreyMask {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** Most pixels a mapped mask may have; a bigger frame gets a mask of its shape that is smaller. */
const maxMaskPixels = 1 << 26

/** The size at which a mask keeps its resolution in that frame: the whole frame, with crops undone. */
const ownSize = (mask: GreyMask, reference: Reference, frame: FrameOfReference): Size => {
  const a = mapPoint(reference, { x: 0, y: 0 }, "sent", frame)
  const b = mapPoint(reference, { x: 1, y: 0 }, "sent", frame)
  const c = mapPoint(reference, { x: 0, y: 1 }, "sent", frame)
  // An axis of the mask covers this part of the frame's width or height.
  const along = (p: typeof a, q: typeof a) => Math.max(Math.abs(p.x - q.x), Math.abs(p.y - q.y)) || 1
  const swaps = Math.abs(b.x - a.x) < Math.abs(b.y - a.y)
  const width = Math.max(1, Math.round(mask.width / along(a, b)))
  const height = Math.max(1, Math.round(mask.height / along(a, c)))
  return swaps ? { width: height, height: width } : { width, height }
}

const bounded = ({ height, width }: Size): Size => {
  const scale = Math.min(1, Math.sqrt(maxMaskPixels / (width * height)))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/**
 * A mask over what was sent, as a mask over another frame; what was cropped away is outside.
 *
 * Shape: of `size`, or of the mask's own resolution; each pixel takes the value under its centre, so a turn is exact.
 * Cost: one step for each pixel of the result.
 */
export const mapMask = (mask: GreyMask, reference: Reference, frame: FrameOfReference, size?: Size): GreyMask => {
  const { height, width } = bounded(size ?? ownSize(mask, reference, frame))
  const data = new Uint8Array(width * height)
  // All steps are affine and keep axes parallel, so three points give the whole map.
  const origin = mapPoint(reference, { x: 0, y: 0 }, frame, "sent")
  const right = mapPoint(reference, { x: 1, y: 0 }, frame, "sent")
  const down = mapPoint(reference, { x: 0, y: 1 }, frame, "sent")
  for (let row = 0; row < height; row++) {
    const v = (row + 0.5) / height
    for (let column = 0; column < width; column++) {
      const u = (column + 0.5) / width
      const x = Math.floor((origin.x + u * (right.x - origin.x) + v * (down.x - origin.x)) * mask.width)
      const y = Math.floor((origin.y + u * (right.y - origin.y) + v * (down.y - origin.y)) * mask.height)
      if (x < 0 || y < 0 || x >= mask.width || y >= mask.height) continue
      data[row * width + column] = mask.data[y * mask.width + x] ?? 0
    }
  }
  return { width, height, data }
}
