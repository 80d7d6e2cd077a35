/** Reads the outcomes of a report one after another and keeps their rows: text and small thumbnails, never media. */
import type { Media, Outcome } from "@sightline/core"
import type { LabelledOutcomes, RowTest } from "../evaluation/versions.ts"
import { scoresIn } from "./concept-scores.ts"
import { PictureBudget, levelFor } from "../pictures/picture-budget.ts"
import { picturesOf, picturesPerRow, type RowPictureOptions } from "../pictures/row-pictures.ts"
import type { ReportSettings } from "../options.ts"
import { partsOf } from "./answer-parts.ts"
import { type FindMedium, makeFindMedium } from "./input-media.ts"
import { type Row, toRow } from "./outcome-row.ts"
import type { PrivateText } from "./private-text.ts"

/** A row with its place: rows are shown in the order of their inputs, whatever order they came in. */
export interface PlacedRow extends Row {
  readonly place: number
  /** The input's key, name, path or address: to find it by, never written. */
  readonly names: ReadonlyArray<string>
}

const namesOf = ({ key }: Outcome<unknown, unknown>, media: Media | undefined): ReadonlyArray<string> => {
  const source = media?.source
  const place = source?.from === "file" ? source.path : source?.from === "url" ? source.url : undefined
  return [key, media?.facts.key, media?.facts.name, place].filter((name) => name !== undefined)
}

/** Everything that was kept of the outcomes. */
export interface Collected {
  /** In the order of their places. */
  readonly rows: ReadonlyArray<PlacedRow>
  readonly budget: PictureBudget | undefined
  /** Labelled tests by place, where truth was given. */
  readonly tests: ReadonlyArray<RowTest>
  /** Labelled inputs that failed. */
  readonly failedTests: number
}

/** Inputs whose pictures are made at the same time. */
const atOnce = 4
/** Larger files are not read for a thumbnail. */
const maxMediumBytes = 256 * 1024 * 1024
/** Places of outcomes whose position was there before. */
const laterPlaces = 2 ** 40

const isOutcome = (value: unknown): value is Outcome<unknown, unknown> =>
  typeof value === "object" && value !== null && "ok" in value && "index" in value && "attempts" in value

/** What a chain over one input gives is its answer alone. */
const asOutcome = (value: unknown, position: number): Outcome<unknown, unknown> =>
  isOutcome(value) ? value : { ok: true, value, index: position, key: undefined, attempts: -1, requestId: undefined }

const truthOf = (
  { truth }: LabelledOutcomes,
  outcome: Outcome<unknown, unknown>
): ReadonlyArray<string> | undefined => {
  const truthOfInput = truth(outcome)
  return typeof truthOfInput === "string" ? [truthOfInput] : truthOfInput
}

/** Collects rows as outcomes come. */
class Collector {
  readonly #settings: ReportSettings
  readonly #text: PrivateText
  readonly #labels: LabelledOutcomes | undefined
  readonly #find: FindMedium
  readonly #pictures: RowPictureOptions
  readonly #rows: Array<PlacedRow> = []
  readonly #tests: Array<RowTest> = []
  readonly #seen = new Set<number>()
  #failedTests = 0

  constructor(settings: ReportSettings, text: PrivateText, labels: LabelledOutcomes | undefined) {
    this.#settings = settings
    this.#text = text
    this.#labels = labels
    this.#find = makeFindMedium(settings.inputs)
    const { maxBytes, maxPixels, texts, thumbnails } = settings
    const { codec, maxSide = 720 } = thumbnails === undefined || thumbnails === false ? {} : thumbnails
    this.#pictures = {
      budget: thumbnails === false ? undefined : new PictureBudget(maxBytes * 0.7, levelFor(maxSide)),
      texts,
      maxPixels,
      maxBytes: maxMediumBytes,
      ...(codec === undefined ? {} : { codec })
    }
  }
  async take(outcome: Outcome<unknown, unknown>): Promise<void> {
    const place = this.#seen.has(outcome.index) ? laterPlaces + this.#seen.size : outcome.index
    this.#seen.add(place)
    this.#label(outcome, place)
    const media = await this.#find(outcome)
    const [first] = outcome.ok ? partsOf(outcome.value) : []
    const pictures = await picturesOf(place * picturesPerRow, media, first?.answer, this.#pictures)
    const { slots, text: inputText, ...facts } = pictures
    const name = media === undefined ? "" : (media.facts.key ?? media.facts.name ?? "")
    const input = { ...facts, name, ...(inputText === undefined ? {} : { inputText }) }
    const row = await toRow(outcome, input, slots, { text: this.#text, names: this.#settings.names })
    this.#rows.push({ ...row, place, names: namesOf(outcome, media) })
  }
  #label(outcome: Outcome<unknown, unknown>, place: number): void {
    if (this.#labels === undefined) return
    const truth = truthOf(this.#labels, outcome)
    if (truth === undefined) return
    const scores = scoresIn(outcome)
    if (scores === undefined) this.#failedTests++
    else this.#tests.push({ row: place, name: "", truth, scores })
  }
  end(): Collected {
    return {
      rows: this.#rows.toSorted((a, b) => a.place - b.place),
      budget: this.#pictures.budget,
      tests: this.#tests.toSorted((a, b) => a.row - b.row),
      failedTests: this.#failedTests
    }
  }
}

/** Reads outcomes, at most four of them at work at the same time. Rejects as their source does. */
export const collectRows = async (
  outcomes: Iterable<unknown> | AsyncIterable<unknown>,
  settings: ReportSettings,
  text: PrivateText,
  labels: LabelledOutcomes | undefined
): Promise<Collected> => {
  const collector = new Collector(settings, text, labels)
  const working = new Set<Promise<void>>()
  let failed: { readonly cause: unknown } | undefined
  let position = 0
  try {
    for await (const value of outcomes) {
      const work = collector
        .take(asOutcome(value, position++))
        .catch((cause: unknown) => {
          failed ??= { cause } // what a callback of the caller throws
        })
        .finally(() => working.delete(work))
      working.add(work)
      if (working.size >= atOnce) await Promise.race(working)
      if (failed !== undefined) break
    }
  } finally {
    await Promise.all(working)
  }
  if (failed !== undefined) throw failed.cause
  return collector.end()
}
