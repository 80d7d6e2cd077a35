/** Tables of text for people. */

// oxlint-disable-next-line no-control-regex -- escape sequences are control characters
const escapes = /\u001b\[[0-9;]*m/g
// oxlint-disable-next-line no-control-regex -- what a file name or a label must not do to a terminal
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** Text from outside, such as a file name, without characters that control a terminal. */
export const printable = (text: string): string => text.replace(controls, "\ufffd")

const segmenter = new Intl.Segmenter()
const wide =
  /^(?:\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6])/u
const widthOf = (grapheme: string): number => (wide.test(grapheme) ? 2 : 1)

/** The width of text on a terminal, in columns. */
export const textWidth = (text: string): number => {
  let width = 0
  for (const { segment } of segmenter.segment(text.replace(escapes, ""))) width += widthOf(segment)
  return width
}

/** Text cut to a width, with an ellipsis where something is missing. */
export const fit = (text: string, width: number): string => {
  if (textWidth(text) <= width) return text
  let cut = ""
  let used = 0
  for (const { segment } of segmenter.segment(text)) {
    if (used + widthOf(segment) > width - 1) break
    cut += segment
    used += widthOf(segment)
  }
  return `${cut}…`
}

/** A column's content, aligned left unless `right`. */
export interface Column {
  readonly title: string
  readonly right?: boolean
}

/**
 * Rows under titles, as wide as their content. Without titles that are not empty, the head line is left out.
 *
 * @example table([{ title: "NAME" }, { title: "SCORE", right: true }], [["cat", "0.98"]]) // => "NAME  SCORE\ncat    0.98\n"
 */
export const table = (columns: ReadonlyArray<Column>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const head = columns.some(({ title }) => title !== "") ? [columns.map(({ title }) => title)] : []
  const lines = [...head, ...rows]
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => textWidth(line[i] ?? "")), 0))
  return lines
    .map((line) =>
      columns
        .map(({ right = false }, i) => {
          const cell = line[i] ?? ""
          const padding = " ".repeat(Math.max(0, (widths[i] ?? 0) - textWidth(cell)))
          return right ? padding + cell : cell + padding
        })
        .join("  ")
        .trimEnd()
    )
    .map((line) => `${line}\n`)
    .join("")
}
