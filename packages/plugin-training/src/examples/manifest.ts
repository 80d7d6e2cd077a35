/** Examples from a manifest: a CSV or JSON Lines file with a line for each. */
import { createReadStream } from "node:fs"
import { dirname, resolve } from "node:path"
import { createInterface } from "node:readline"
import * as Schema from "effect/Schema"
import { type Example, ExamplesUnreadable } from "./example.ts"

const names = Schema.Union([Schema.String, Schema.Array(Schema.String)])

/** A line of a JSON Lines manifest. `file` or `url`; concepts as a list, or joined by `|`. */
const Line = Schema.Struct({
  file: Schema.optionalKey(Schema.String),
  url: Schema.optionalKey(Schema.String),
  concepts: Schema.optionalKey(names),
  concept: Schema.optionalKey(names),
  notConcepts: Schema.optionalKey(names)
})
type Line = typeof Line.Type

const split = (value: string | ReadonlyArray<string> | undefined): ReadonlyArray<string> =>
  (typeof value === "string" ? value.split("|") : (value ?? []))
    .map((name) => name.trim())
    .filter((name) => name !== "")

/** The fields of a CSV line; quotes may hold commas and doubled quotes. Lines do not break inside fields. */
const cells = (path: string, number: number, line: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  let cell = ""
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const char = line[i]
    if (quoted && char === `"` && line[i + 1] === `"`) {
      cell += `"`
      i++
    } else if (char === `"`) quoted = !quoted
    else if (char === "," && !quoted) {
      found.push(cell)
      cell = ""
    } else cell += char
  }
  if (quoted)
    throw new ExamplesUnreadable({ source: path, problem: `line ${number} opens a quote that it does not close` })
  return [...found, cell]
}

/** The names of the columns, which must be ones that mean something here. */
const columns = (path: string, row: ReadonlyArray<string>): ReadonlyArray<string> => {
  const names = row.map((name) => name.trim())
  const has = (...wanted: ReadonlyArray<string>) => names.some((name) => wanted.includes(name))
  if (has("file", "url") && has("concepts", "concept", "notConcepts")) return names
  throw new ExamplesUnreadable({
    source: path,
    problem: "line 1 does not name the columns file (or url) and concepts"
  })
}

const isRemote = (place: string): boolean => /^(?:https?|data):/i.test(place)

const toExample = (path: string, number: number, line: Line): Example => {
  const place = [line.file, line.url].find((named) => named !== undefined && named !== "")
  if (place === undefined)
    throw new ExamplesUnreadable({ source: path, problem: `line ${number} names no file or url` })
  const not = split(line.notConcepts)
  return {
    input: isRemote(place) ? place : resolve(dirname(path), place),
    name: place,
    concepts: [...split(line.concepts), ...split(line.concept)],
    ...(not.length === 0 ? {} : { notConcepts: not })
  }
}

const decodeLine = Schema.decodeUnknownOption(Schema.fromJsonString(Line))

const readJson = (path: string, number: number, text: string): Example => {
  const line = decodeLine(text)
  if (line._tag === "None")
    throw new ExamplesUnreadable({
      source: path,
      problem: `line ${number} is not JSON such as {"file": "a.jpg", "concepts": ["cat"]}`
    })
  return toExample(path, number, line.value)
}

/**
 * Examples from a manifest, read line by line; paths in it are relative to the manifest.
 *
 * `.jsonl` or `.ndjson`: `{"file": "a.jpg", "concepts": ["cat"], "notConcepts": ["dog"]}` a line, or `url` for `file`.
 * `.csv`: a first line with the columns `file` (or `url`), `concepts` and, if wanted, `notConcepts`; several names in
 * a field are joined by `|`. Fails with `ExamplesUnreadable`, naming the line.
 */
export const manifest = (path: string): AsyncIterable<Example> => ({
  async *[Symbol.asyncIterator]() {
    const csv = /\.csv$/i.test(path)
    const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Number.POSITIVE_INFINITY })
    let number = 0
    let header: ReadonlyArray<string> | undefined
    try {
      for await (const raw of lines) {
        number++
        const text = number === 1 ? raw.replace(/^\uFEFF/, "") : raw
        if (text.trim() === "") continue
        if (!csv) yield readJson(path, number, text)
        else if (header === undefined) header = columns(path, cells(path, number, text))
        else {
          const row = cells(path, number, text)
          yield toExample(path, number, Object.fromEntries(header.map((name, i) => [name, row[i] ?? ""])))
        }
      }
    } catch (cause) {
      if (cause instanceof ExamplesUnreadable) throw cause
      const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
      throw new ExamplesUnreadable({
        source: path,
        problem: code === "ENOENT" ? "there is no such file" : "it could not be read"
      })
    }
  }
})
