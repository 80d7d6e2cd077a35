// The colour grid of a picture, by which a frame is recognised.
import sharp from "sharp"

/** Mean R, G, B of 8 x 8 cells, row by row. */
const plainGrid = (
  rgb: Uint8Array,
  width: number,
  height: number
): ReadonlyArray<readonly [number, number, number]> => {
  const cells: Array<readonly [number, number, number]> = []
  for (let cy = 0; cy < 8; cy++)
    for (let cx = 0; cx < 8; cx++) {
      const [x0, x1] = [Math.floor((cx * width) / 8), Math.floor(((cx + 1) * width) / 8)]
      const [y0, y1] = [Math.floor((cy * height) / 8), Math.floor(((cy + 1) * height) / 8)]
      let [r, g, b] = [0, 0, 0]
      for (let y = y0; y < y1; y++)
        for (let x = x0; x < x1; x++) {
          const at = (y * width + x) * 3
          r += rgb[at] ?? 0
          g += rgb[at + 1] ?? 0
          b += rgb[at + 2] ?? 0
        }
      const count = (x1 - x0) * (y1 - y0)
      cells.push([r / count, g / count, b / count])
    }
  return cells
}

/** The same with colour differences shared by two neighbouring cells, as a scaler that works in YUV makes it. */
const sharedChromaGrid = (cells: ReadonlyArray<readonly [number, number, number]>): ReadonlyArray<number> => {
  const yuv = cells.map(([r, g, b]) => {
    const y = 0.299 * r + 0.587 * g + 0.114 * b
    return [y, (b - y) / 1.772, (r - y) / 1.402] as const
  })
  return yuv.flatMap(([y, cb, cr], i) => {
    const other = yuv[i ^ 1] ?? [y, cb, cr]
    const [b, r] = [(cb + other[1]) / 2, (cr + other[2]) / 2]
    return [y + 1.402 * r, y - 0.344136 * b - 0.714136 * r, y + 1.772 * b].map((v) => Math.min(255, Math.max(0, v)))
  })
}

/** The greatest difference of a cell's colour from what is expected, in levels of 255; the kinder of two ways to average. */
export const gridDistance = async (jpeg: Uint8Array, expected: ReadonlyArray<number>): Promise<number> => {
  const { data, info } = await sharp(jpeg).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const cells = plainGrid(data, info.width, info.height)
  const worst = (grid: ReadonlyArray<number>) =>
    grid.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? Number.NaN))), 0)
  return Math.min(worst(cells.flat()), worst(sharedChromaGrid(cells)))
}
