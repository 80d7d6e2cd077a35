/** The report of a run: reads its outcomes, packs them with their thumbnails, and writes one HTML file. */
import { mkdir, open, rename, rm } from "node:fs/promises"
import { dirname, resolve } from "node:path"
import type { Outcome, Plan } from "@sightline/core"
import { columnsOf } from "./document/columns.ts"
import { bytesWithoutPictures, type DocumentParts, htmlPieces } from "./document/html.ts"
import { picturesPerBlock, rowsPerBlock } from "./document/pack.ts"
import type { EvaluationData, PictureTable, ReportData } from "./document/report-data.ts"
import { ReportUnwritable } from "./errors.ts"
import { evaluateLabelled, evaluationOf, labelledIn, versionsIn } from "./evaluation/versions.ts"
import { scoresIn } from "./outcomes/concept-scores.ts"
import type { FindRow, LabelledOutcomes, LabelledVersion, RowTest } from "./evaluation/versions.ts"
import { testRows } from "./evaluation/test-rows.ts"
import { type ReportOptions, type ReportSettings, settingsOf } from "./options.ts"
import { type Collected, collectRows } from "./outcomes/collect-rows.ts"
import { makePrivateText, type PrivateText } from "./outcomes/private-text.ts"
import { picturesPerRow } from "./pictures/row-pictures.ts"
import { runData } from "./run/run-data.ts"
import { skippedOf } from "./run/skipped.ts"

/** What was written. */
export interface WrittenReport {
  /** The absolute path of the file. */
  readonly path: string
  readonly bytes: number
  readonly outcomes: number
  /** Outcomes that failed. */
  readonly failed: number
}

const noOutcomes: ReadonlyArray<Outcome<unknown, unknown>> = []

/** Labelled tests of another version's outcomes, on the rows of this report. */
const testsAgainst = async (
  { against = [], truth }: LabelledOutcomes,
  positions: ReadonlyMap<number, number>
): Promise<ReadonlyArray<LabelledVersion>> => {
  const versions: Array<LabelledVersion> = []
  for (const { name, outcomes } of against) {
    const tests: Array<RowTest> = []
    let failed = 0
    for await (const outcome of outcomes) {
      const truthOfInput = truth(outcome)
      const row = positions.get(outcome.index)
      if (truthOfInput === undefined || row === undefined) continue
      const scores = scoresIn(outcome)
      if (scores === undefined) failed++
      else
        tests.push({ row, name: "", truth: typeof truthOfInput === "string" ? [truthOfInput] : truthOfInput, scores })
    }
    versions.push({ name, tests: tests.toSorted((a, b) => a.row - b.row), failed })
  }
  return versions
}

/** Finds rows by any of their names; the first of several. */
const byNames = (rows: Collected["rows"]): FindRow => {
  const found = new Map(rows.flatMap(({ names }, row) => names.map((name) => [name, row] as const)).toReversed())
  return ({ input, name }) => found.get(name) ?? (input === undefined ? undefined : found.get(input))
}

const evaluationData = async (
  settings: ReportSettings,
  { failedTests, rows, tests }: Collected,
  rowOf: FindRow | undefined,
  text: PrivateText
): Promise<EvaluationData | undefined> => {
  const { evaluation } = settings
  if (evaluation === undefined) return undefined
  const labels = labelledIn(evaluation)
  if (labels === undefined) {
    const versions = versionsIn(evaluation)
    return versions === undefined ? undefined : evaluationOf(versions, rowOf ?? byNames(rows), text)
  }
  const positions = new Map(rows.map(({ place }, row) => [place, row]))
  const own = tests.flatMap((test) => {
    const row = positions.get(test.row)
    return row === undefined ? [] : [{ ...test, row }]
  })
  const first = { name: labels.name ?? "this version", tests: own, failed: failedTests }
  return evaluateLabelled(labels, [first, ...(await testsAgainst(labels, positions))], text)
}

const outcomesOf = (settings: ReportSettings): Iterable<unknown> | AsyncIterable<unknown> => {
  const { job, outcomes, run } = settings
  return outcomes ?? run?.stream() ?? job?.outcomes() ?? noOutcomes
}

/** Pictures as they are chosen, with the table that names them. */
const choosePictures = (
  { budget, rows }: Collected,
  bytes: number
): { readonly table: PictureTable; readonly pictures: ReadonlyArray<Uint8Array>; readonly left: number } => {
  const positions = new Map(rows.map(({ place }, row) => [place, row]))
  const chosen = [...(budget?.choose(bytes) ?? [])].toSorted(([a], [b]) => a - b)
  const known = chosen.flatMap(([order, thumbnail]) => {
    const row = positions.get(Math.floor(order / picturesPerRow))
    return row === undefined ? [] : [{ row, slot: order % picturesPerRow, thumbnail }]
  })
  return {
    table: {
      perBlock: picturesPerBlock,
      row: known.map(({ row }) => row),
      slot: known.map(({ slot }) => slot),
      width: known.map(({ thumbnail }) => thumbnail.width),
      height: known.map(({ thumbnail }) => thumbnail.height)
    },
    pictures: known.map(({ thumbnail }) => thumbnail.bytes),
    left: (budget?.pictures ?? 0) - known.length
  }
}

const notesOf = ({ thumbnails }: ReportSettings, left: number): ReadonlyArray<string> => [
  ...(thumbnails === false ? ["Pictures were left out, as asked."] : []),
  ...(left > 0 ? [`${left} pictures were left out to keep the file small.`] : [])
]

/** A third more in base64, and the line break between two. */
const inBase64 = (bytes: number): number => Math.floor((bytes * 3) / 4)

const documentOf = async (settings: ReportSettings): Promise<DocumentParts> => {
  const text = makePrivateText({ names: settings.names, redact: settings.redact })
  const labels = labelledIn(settings.evaluation)
  const fromTests = testRows(settings)
  const source = fromTests === undefined ? outcomesOf(settings) : fromTests.outcomes
  const given = fromTests === undefined ? settings : { ...settings, inputs: fromTests.inputs }
  const plan: Plan | undefined = settings.plan ?? (await settings.run?.plan())
  const collected = await collectRows(source, given, text, labels)
  const evaluation = await evaluationData(settings, collected, fromTests?.rowOf, text)
  const recorded = settings.events?.read()
  const rows = collected.rows
  const run = runData(recorded, plan, rows, text)
  const data: ReportData = {
    format: 1,
    title: text.said(settings.title, "title"),
    ...columnsOf(rows, settings.names, (requestId) => recorded?.byRequest.get(requestId) ?? 0),
    rowsPerBlock,
    pictures: { perBlock: picturesPerBlock, row: [], slot: [], width: [], height: [] },
    ...(evaluation === undefined ? {} : { evaluation }),
    ...(run === undefined ? {} : { run }),
    skipped: skippedOf(plan, rows, evaluation, text, { names: settings.names, given: settings.skipped }),
    notes: []
  }
  const parts = { data, details: rows.map(({ detail }) => detail), pictures: [] }
  const room = Math.max(0, settings.maxBytes - bytesWithoutPictures(parts))
  const { left, pictures, table } = choosePictures(collected, inBase64(room))
  return { ...parts, data: { ...data, pictures: table, notes: notesOf(settings, left) }, pictures }
}

/** A report that has not been made yet: each of its methods reads the outcomes. */
export class Report {
  readonly #options: ReportOptions

  constructor(options: ReportOptions) {
    this.#options = options
  }

  /**
   * Makes the report and writes it, through a file beside it, so that a reader never sees half of one. Folders that are
   * missing are made.
   *
   * Rejects with `ReportUnwritable`, with `InvalidOption`, and with what the source of outcomes rejects with.
   */
  async write(path: string): Promise<WrittenReport> {
    const parts = await documentOf(settingsOf(this.#options))
    const target = resolve(path)
    const bytes = await writeFileWhole(target, htmlPieces(parts))
    const { count, error } = parts.data.rows
    return { path: target, bytes, outcomes: count, failed: error.filter((tag) => tag >= 0).length }
  }

  /** Makes the report and gives it as text. Rejects as {@link write} does. */
  async html(): Promise<string> {
    const parts = await documentOf(settingsOf(this.#options))
    return [...htmlPieces(parts)].join("")
  }
}

const writeFileWhole = async (target: string, pieces: Iterable<string>): Promise<number> => {
  const beside = `${target}.${process.pid}.part`
  try {
    await mkdir(dirname(target), { recursive: true })
    const file = await open(beside, "w")
    let bytes = 0
    try {
      for (const piece of pieces) {
        const encoded = Buffer.from(piece)
        await file.writeFile(encoded)
        bytes += encoded.byteLength
      }
    } finally {
      await file.close()
    }
    await rename(beside, target)
    return bytes
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => {})
    throw new ReportUnwritable({ path: target, problem: problemOf(cause) })
  }
}

const problemOf = (cause: unknown): string => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : ""
  if (code === "EACCES" || code === "EPERM") return "no permission"
  if (code === "EISDIR") return "there is a folder of that name"
  if (code === "ENOSPC") return "the disk is full"
  return cause instanceof Error ? cause.message : "unknown"
}

/**
 * A report of outcomes, an evaluation and calls, as one HTML file that needs no network.
 *
 * Private by default: thumbnails are encoded from pixels; no original bytes, positions, keys, signed queries, names or
 * paths are in it.
 *
 * @example
 * const watch = recorder()
 * const app = sightline(engine({ directory: ".sightline" }), { onEvent: watch.event })
 * const run = app.inputs(photos).predict(models.general)
 * await report({ run, inputs: photos, events: watch }).write("report.html")
 */
export const report = (options: ReportOptions): Report => new Report(options)
