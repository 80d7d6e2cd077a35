/** Examples from a manifest: a CSV or JSON Lines file with one line for each example. */
import { createReadStream, existsSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { file } from "@sightline/core/plugin"
import { createInterface } from "node:readline"
import * as Schema from "effect/Schema"
import { isAddress, withoutQuery } from "./address.ts"
import { conceptName } from "./concept-name.ts"
import { type Example, ExamplesUnreadable } from "./example.ts"

const Names = Schema.Union([Schema.String, Schema.Array(Schema.String)])

/** A line of a JSON Lines manifest: `file` or `url`; concepts as an array, or joined by `|`. */
const Line = Schema.Struct({
  file: Schema.optionalKey(Schema.String),
  url: Schema.optionalKey(Schema.String),
  concepts: Schema.optionalKey(Names),
  concept: Schema.optionalKey(Names),
  notConcepts: Schema.optionalKey(Names)
})
type Line = typeof Line.Type
const decodeLine = Schema.decodeUnknownOption(Schema.fromJsonString(Line))

const splitNames = (value: string | ReadonlyArray<string> | undefined): ReadonlyArray<string> =>
  (typeof value === "string" ? value.split("|") : (value ?? []))
    .map((name) => conceptName(name.trim()))
    .filter((name) => name !== "")

/** The fields of a CSV line. Quoted fields may contain commas and doubled quotes, but no line breaks. */
const splitCsv = (path: string, number: number, line: string): ReadonlyArray<string> => {
  const fields: Array<string> = []
  let field = ""
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const char = line[i]
    if (quoted && char === `"` && line[i + 1] === `"`) {
      field += `"`
      i++
    } else if (char === `"`) quoted = !quoted
    else if (char === "," && !quoted) {
      fields.push(field)
      field = ""
    } else field += char
  }
  if (quoted)
    throw new ExamplesUnreadable({ source: path, problem: `line ${number} opens a quote that it does not close` })
  return [...fields, field]
}

/** The column names of a CSV header. */
const readHeader = (path: string, row: ReadonlyArray<string>): ReadonlyArray<string> => {
  const names = row.map((name) => name.trim())
  const has = (...wanted: ReadonlyArray<string>) => names.some((name) => wanted.includes(name))
  if (has("file", "url") && has("concepts", "concept", "notConcepts")) return names
  throw new ExamplesUnreadable({
    source: path,
    problem: "line 1 does not name the columns file (or url) and concepts"
  })
}

/** The path of a file, in the Unicode form in which it exists; as given where it exists in none. */
const findFile = (directory: string, name: string): string => {
  const given = resolve(directory, name)
  const forms = [name.normalize("NFC"), name.normalize("NFD")]
  if (forms.every((form) => form === name) || existsSync(given)) return given
  return forms.map((form) => resolve(directory, form)).find((path) => existsSync(path)) ?? given
}

const toExample = (path: string, number: number, line: Line): Example => {
  const place = [line.file, line.url].find((named) => named !== undefined && named !== "")
  if (place === undefined)
    throw new ExamplesUnreadable({ source: path, problem: `line ${number} names no file or url` })
  const notConcepts = splitNames(line.notConcepts)
  const labels = {
    concepts: [...splitNames(line.concepts), ...splitNames(line.concept)],
    ...(notConcepts.length === 0 ? {} : { notConcepts })
  }
  if (/^data:/i.test(place)) return { input: place, name: `line ${number}`, ...labels }
  if (isAddress(place)) return { input: place, name: withoutQuery(place), ...labels }
  return { input: file(findFile(dirname(path), place)), name: place, ...labels }
}

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
 * Examples from a manifest, read line by line. Paths in it are relative to the manifest.
 *
 * `.csv`: the first line names the columns `file` (or `url`), `concepts` and optionally `notConcepts`; several names in
 * one field are joined by `|`. Any other extension is JSON Lines:
 * `{"file": "a.jpg", "concepts": ["cat"], "notConcepts": ["dog"]}`, with `url` instead of `file` for an address.
 * Names in decomposed Unicode are composed (NFC); a file is found in either form.
 *
 * @throws ExamplesUnreadable when it is read and a line is not valid; the message names the line.
 */
export const manifest = (path: string): AsyncIterable<Example> => ({
  async *[Symbol.asyncIterator]() {
    const isCsv = /\.csv$/i.test(path)
    const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Number.POSITIVE_INFINITY })
    let number = 0
    let header: ReadonlyArray<string> | undefined
    try {
      for await (const raw of lines) {
        number++
        const text = number === 1 ? raw.replace(/^\uFEFF/, "") : raw
        if (text.trim() === "") continue
        if (!isCsv) yield readJson(path, number, text)
        else if (header === undefined) header = readHeader(path, splitCsv(path, number, text))
        else {
          const row = splitCsv(path, number, text)
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
