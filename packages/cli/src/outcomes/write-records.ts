/** Writes lists of records, such as models or versions. */
import type { Write } from "../terminal/line-writer.ts"
import { printable, table } from "../terminal/table.ts"
import type { Format } from "./write-outcomes.ts"

/** A column of a list. */
export interface RecordColumn<A> {
  readonly title: string
  readonly right?: boolean
  readonly cell: (record: A) => string | number | undefined
}

const text = (value: string | number | undefined): string => printable(value === undefined ? "" : String(value))
const csvField = (value: string | number | undefined): string => {
  const plain = value === undefined ? "" : String(value)
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll(`"`, `""`)}"` : plain
}

/**
 * Writes records as they arrive: JSON and CSV one by one, a table once all of them are there. Resolves with their number.
 */
export const writeRecords = async <A>(
  write: Write,
  format: Exclude<Format, "auto">,
  columns: ReadonlyArray<RecordColumn<A>>,
  records: AsyncIterable<A> | Iterable<A>
): Promise<number> => {
  const rows: Array<ReadonlyArray<string>> = []
  let count = 0
  if (format === "csv")
    await write(`${columns.map(({ title }) => csvField(title.toLowerCase().replaceAll(" ", "_"))).join(",")}\r\n`)
  for await (const record of records) {
    count++
    if (format === "json") await write(`${JSON.stringify(record)}\n`)
    else if (format === "csv") await write(`${columns.map(({ cell }) => csvField(cell(record))).join(",")}\r\n`)
    else rows.push(columns.map(({ cell }) => text(cell(record))))
  }
  if (format === "human" && count > 0) await write(table(columns, rows))
  return count
}
