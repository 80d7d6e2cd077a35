/** Pixels of a small image, on which all features are computed. */

/** Pixels in rows from the top left, red, green and blue interleaved, 0..255, sRGB. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/**
 * A requested size. `inside` keeps the aspect ratio (the long side is that of the frame), `fill` stretches, `cover` keeps
 * the aspect ratio and crops around the middle.
 */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly fit: "inside" | "fill" | "cover"
  /** Whether the image is turned as its EXIF orientation says; otherwise its pixels stay as they are stored. */
  readonly upright?: boolean
}

/** The working size: the long side becomes `side`; the short one is scaled alike, but to no less than a quarter of it. */
export const workingSize = (width: number, height: number, side: number): { width: number; height: number } => {
  const scale = side / Math.max(width, height)
  const fit = (length: number): number => Math.max(Math.round(length * scale), Math.ceil(side / 4))
  return { width: fit(width), height: fit(height) }
}

/** The image with left and right exchanged. */
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
