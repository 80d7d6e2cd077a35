/** Lines of text in the map of a text detector: where they are, and in which order they are read. */

/** Edges in pixels of the map, and the mean of the map inside the line's pixels. */
export interface TextLine {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly score: number
}

/** A probability from which on a pixel belongs to text, and the mean that a line must reach. Source: PP-OCR's defaults. */
const pixelThreshold = 0.3
const lineThreshold = 0.6
/** The map shrinks lines: a line grows by `area * unclip / perimeter` on each side. Source: PP-OCR's defaults. */
const unclip = 1.5
/** Smaller spots are noise, in pixels of the map. */
const minSide = 3

/** Connected pixels of text, each grown to the size of its line. `map` has `width` × `height` probabilities. */
export const findTextLines = (map: ArrayLike<number>, width: number, height: number): ReadonlyArray<TextLine> => {
  const seen = new Uint8Array(width * height)
  const stack: Array<number> = []
  const lines: Array<TextLine> = []
  const visit = (pixel: number): void => {
    if (seen[pixel] === 1 || (map[pixel] ?? 0) < pixelThreshold) return
    seen[pixel] = 1
    stack.push(pixel)
  }
  for (let start = 0; start < width * height; start++) {
    visit(start)
    if (stack.length === 0) continue
    let [left, top, right, bottom, sum, count] = [width, height, 0, 0, 0, 0]
    for (let pixel = stack.pop(); pixel !== undefined; pixel = stack.pop()) {
      const x = pixel % width
      const y = (pixel - x) / width
      ;[left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)]
      sum += map[pixel] ?? 0
      count++
      if (x > 0) visit(pixel - 1)
      if (x < width - 1) visit(pixel + 1)
      if (y > 0) visit(pixel - width)
      if (y < height - 1) visit(pixel + width)
    }
    const [wide, high] = [right - left + 1, bottom - top + 1]
    if (Math.min(wide, high) < minSide || sum / count < lineThreshold) continue
    const grow = (wide * high * unclip) / (2 * (wide + high))
    lines.push({
      left: Math.max(0, left - grow),
      top: Math.max(0, top - grow),
      right: Math.min(width, right + 1 + grow),
      bottom: Math.min(height, bottom + 1 + grow),
      score: sum / count
    })
  }
  return lines
}

/** Rows from top to bottom, each from left to right. Lines that share half of their height are in one row. */
export const readingOrder = <Line extends Omit<TextLine, "score">>(
  lines: ReadonlyArray<Line>
): ReadonlyArray<ReadonlyArray<Line>> => {
  const rows: Array<Array<Line>> = []
  for (const line of lines.toSorted((a, b) => a.top + a.bottom - b.top - b.bottom)) {
    const row = rows.findLast(([first]) => {
      if (first === undefined) return false
      const shared = Math.min(first.bottom, line.bottom) - Math.max(first.top, line.top)
      return shared * 2 > Math.min(first.bottom - first.top, line.bottom - line.top)
    })
    if (row === undefined) rows.push([line])
    else row.push(line)
  }
  return rows.map((row) => row.toSorted((a, b) => a.left - b.left))
}
