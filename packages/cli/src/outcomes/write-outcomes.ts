/** Writes outcomes in one of the formats: JSON Lines, CSV, or a table for people. */
import type { Write } from "../terminal/line-writer.ts"
import { fit, printable, table } from "../terminal/table.ts"
import type { OutcomeLine } from "./outcome-line.ts"
import { type Row, rowsOf } from "./rows.ts"

/** The formats of output. `auto`: `human` on a terminal, `json` elsewhere. */
export const formats = ["auto", "human", "json", "csv"] as const
export type Format = (typeof formats)[number]

/** Writes outcomes one after the other. */
export interface OutcomeWriter {
  /** Written before the first outcome. */
  readonly head: () => Promise<void>
  readonly outcome: (line: OutcomeLine) => Promise<void>
}

const csvColumns = ["input", "ok", "time_ms", "name", "score", "top", "left", "bottom", "right", "text", "error"]

const csvField = (value: string | number | boolean | undefined): string => {
  const text = value === undefined ? "" : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll(`"`, `""`)}"` : text
}

const csvLine = (fields: ReadonlyArray<string | number | boolean | undefined>): string =>
  `${fields.map(csvField).join(",")}\r\n`

/** The rows of one outcome in CSV (RFC 4180): one for each result, and at least one. */
export const outcomeCsv = (line: OutcomeLine): string => {
  if (!line.ok) return csvLine([line.input, false, ...Array.from({ length: 8 }, () => undefined), line.error.message])
  const rows: ReadonlyArray<Row> = rowsOf(line.answer)
  return (rows.length === 0 ? [{} satisfies Row as Row] : rows)
    .map(({ box = [], name, score, text, timeMs }) => {
      const [top, left, bottom, right] = box
      return csvLine([line.input, true, timeMs, name, score, top, left, bottom, right, text, undefined])
    })
    .join("")
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

const describe = ({ box, name, score, text, timeMs }: Row): string =>
  [
    ...(timeMs === undefined ? [] : [`${(timeMs / 1000).toFixed(1)} s`]),
    ...(name === undefined ? [] : [printable(name)]),
    ...(score === undefined ? [] : [percent(score)]),
    ...(box === undefined ? [] : [`at ${box.map((side) => side.toFixed(2)).join(" ")}`]),
    ...(text === undefined ? [] : [printable(text)])
  ].join(" ")

/** Colours for a terminal; without, text is returned as it is. */
const paint = (hasColor: boolean, code: number, text: string): string =>
  hasColor ? `\u001b[${code}m${text}\u001b[0m` : text

/** How many results of one input a line shows. */
const shownResults = 3

/** One line for one outcome among several. */
export const outcomeRow = (line: OutcomeLine, width: number, hasColor: boolean): string => {
  const inputWidth = Math.max(16, Math.floor(width * 0.4))
  const input = fit(printable(line.input), inputWidth)
  const left = Math.max(10, width - inputWidth - 2)
  if (!line.ok) return `${input}  ${paint(hasColor, 31, fit(`failed: ${printable(line.error.message)}`, left))}\n`
  const rows = rowsOf(line.answer)
  const more = rows.length > shownResults ? ` and ${rows.length - shownResults} more` : ""
  const text = rows.length === 0 ? "no result" : `${rows.slice(0, shownResults).map(describe).join(", ")}${more}`
  return `${input}  ${fit(text, left)}\n`
}

/** A table for the outcome of a single input. */
export const outcomeTable = (line: OutcomeLine): string => {
  if (!line.ok) return ""
  const rows = rowsOf(line.answer)
  if (rows.length === 0) return "no result\n"
  if (rows.every(({ text }) => text !== undefined)) return rows.map(({ text = "" }) => `${printable(text)}\n`).join("")
  const columns = [
    {
      title: "TIME",
      right: true,
      cell: ({ timeMs }: Row) => (timeMs === undefined ? "" : `${(timeMs / 1000).toFixed(1)} s`)
    },
    { title: "CONCEPT", cell: ({ name = "" }: Row) => printable(name) },
    { title: "SCORE", right: true, cell: ({ score }: Row) => (score === undefined ? "" : percent(score)) },
    {
      title: "TOP LEFT BOTTOM RIGHT",
      cell: ({ box }: Row) => (box === undefined ? "" : box.map((side) => side.toFixed(3)).join(" "))
    },
    { title: "TEXT", cell: ({ text = "" }: Row) => printable(text) }
  ]
  const used = columns.filter(({ cell }) => rows.some((one) => cell(one) !== ""))
  return table(
    used,
    rows.map((one) => used.map(({ cell }) => cell(one)))
  )
}

/** What a writer for people needs to know. */
export interface HumanOptions {
  /** Undefined if the number of inputs is not known. */
  readonly total: number | undefined
  readonly width: () => number
  readonly hasColor: boolean
}

const none = () => Promise.resolve()

/** Makes the writer of a format. */
export const makeOutcomeWriter = (
  format: Exclude<Format, "auto">,
  write: Write,
  { hasColor, total, width }: HumanOptions
): OutcomeWriter => {
  if (format === "json") return { head: none, outcome: (line) => write(`${JSON.stringify(line)}\n`) }
  if (format === "csv") return { head: () => write(csvLine(csvColumns)), outcome: (line) => write(outcomeCsv(line)) }
  return {
    head: none,
    outcome: (line) => write(total === 1 ? outcomeTable(line) : outcomeRow(line, width(), hasColor))
  }
}
