/** Inputs listed in a file: one on each line of JSON Lines, or of CSV. */
import { parse } from "csv-parse"
import { createReadStream, statSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { createInterface } from "node:readline"
import * as Result from "effect/Result"
import { JobSourceFailed } from "../errors.ts"
import { decodeReference, parseReference, type Reference } from "./reference.ts"
import { type JobSource, pagesOf } from "./source.ts"

const failed = (source: string, problem: string, cause?: unknown) =>
  new JobSourceFailed({ source, problem, ...(cause === undefined ? {} : { cause }) })

/** A file that changed is another source. */
const versionOf = (path: string): { readonly sizeBytes: number; readonly changedMs: number } => {
  try {
    const { mtimeMs, size } = statSync(path)
    return { sizeBytes: size, changedMs: mtimeMs }
  } catch (cause) {
    throw failed(path, `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
}

/** Paths in a list are relative to the list. */
const beside = (list: string, reference: Reference): Reference =>
  typeof reference === "object" && "file" in reference
    ? { ...reference, file: resolve(dirname(list), reference.file) }
    : reference

async function* readJsonLines(path: string): AsyncGenerator<Reference> {
  let number = 0
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number++
    if (line.trim() === "") continue
    const decoded = parseReference(line)
    if (Result.isFailure(decoded))
      throw failed(
        path,
        `line ${number} is no input; write an address as a JSON string, or an object with url, file or text, and key`
      )
    yield beside(path, decoded.success)
  }
}

const columns = ["url", "file", "text"] as const

const fromRow = (path: string, row: Readonly<Record<string, string>>, line: number): Reference => {
  const column = columns.find((name) => (row[name] ?? "") !== "")
  if (column === undefined) throw failed(path, `line ${line} has no value in a column named url, file or text`)
  const decoded = decodeReference({
    [column]: row[column],
    ...((row["kind"] ?? "") === "" ? {} : { kind: row["kind"] }),
    ...((row["key"] ?? "") === "" ? {} : { key: row["key"] })
  })
  if (Result.isFailure(decoded)) throw failed(path, `line ${line} has the kind ${row["kind"]}, which is none`)
  return beside(path, decoded.success)
}

async function* readCsv(path: string): AsyncGenerator<Reference> {
  const rows = createReadStream(path).pipe(
    parse({ columns: true, bom: true, trim: true, skip_empty_lines: true, relax_column_count: true, info: true })
  )
  for await (const { info, record } of rows as AsyncIterable<{
    readonly info: { readonly lines: number }
    readonly record: Readonly<Record<string, string>>
  }>)
    yield fromRow(path, record, info.lines)
}

const listed = (type: string, given: string, read: (path: string) => AsyncIterable<Reference>): JobSource => {
  const path = resolve(given)
  return {
    get description() {
      return { type, path, ...versionOf(path) }
    },
    pages: async function* () {
      try {
        yield* pagesOf(read(path))
      } catch (cause) {
        if (cause instanceof JobSourceFailed) throw cause
        throw failed(path, cause instanceof Error ? cause.message : String(cause), cause)
      }
    }
  }
}

/**
 * Inputs of a JSON Lines file: each line an address as a string, or an object with `url`, `file` or `text`, and
 * optionally `key` and `kind`. Paths are relative to the file.
 *
 * @throws `JobSourceFailed` when the job is submitted: the file cannot be read, or a line is no input
 * @example jsonLines("inputs.jsonl")
 */
export const jsonLines = (path: string): JobSource => listed("json-lines", path, readJsonLines)

/**
 * Inputs of a CSV file whose first line names the columns: `url`, `file` or `text`, and optionally `key` and `kind`.
 * Paths are relative to the file.
 *
 * @throws `JobSourceFailed` when the job is submitted: the file cannot be read, or a line is no input
 * @example csv("inputs.csv")
 */
export const csv = (path: string): JobSource => listed("csv", path, readCsv)
