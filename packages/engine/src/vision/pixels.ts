/** The small picture all features are computed on. */

/** Pixels in rows from the top left, red, green and blue in turn, 0..255, sRGB. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/**
 * The size that pixels are wanted at. `inside` keeps the picture's shape (its long side fills the frame's, its short
 * one follows), `fill` squeezes it, `cover` keeps its shape and cuts what stands out, from the middle.
 */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly fit: "inside" | "fill" | "cover"
}

/** The size to work at: the long side becomes `side`, the short one follows but never falls below a quarter of it. */
export const workingSize = (width: number, height: number, side: number): { width: number; height: number } => {
  const scale = side / Math.max(width, height)
  const fit = (length: number): number => Math.max(Math.round(length * scale), Math.ceil(side / 4))
  return { width: fit(width), height: fit(height) }
}

/** The same picture, left and right exchanged. */
export const mirror = ({ data, height, width }: Pixels): Pixels => {
  const out = new Uint8Array(data.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3
      const to = (y * width + width - 1 - x) * 3
      out[to] = data[from] ?? 0
      out[to + 1] = data[from + 1] ?? 0
      out[to + 2] = data[from + 2] ?? 0
    }
  }
  return { width, height, data: out }
}
