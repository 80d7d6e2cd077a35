/** Ranges of a file. */

/** The bytes `[start, end)`. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** The ranges in order of their start, without empty ones; those that overlap or touch are one. */
export const mergeRanges = (ranges: ReadonlyArray<Range>): ReadonlyArray<Range> => {
  const out: Array<Range> = []
  for (const range of ranges.filter(({ end, start }) => end > start).toSorted((a, b) => a.start - b.start)) {
    const last = out.at(-1)
    if (last === undefined || range.start > last.end) out.push(range)
    else if (range.end > last.end) out[out.length - 1] = { start: last.start, end: range.end }
  }
  return out
}

/** Overwrites `within` with zeros, except for the bytes of `kept`, which are in order and do not overlap. */
export const eraseExcept = (bytes: Uint8Array, within: Range, kept: ReadonlyArray<Range>): void => {
  let at = within.start
  for (const { end, start } of kept) {
    if (end <= at) continue
    if (start >= within.end) break
    if (start > at) bytes.fill(0, at, start)
    at = end
  }
  if (at < within.end) bytes.fill(0, at, within.end)
}
