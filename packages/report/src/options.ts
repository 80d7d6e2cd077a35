/** What `report(..)` takes. */
import type { Outcome, Plan } from "@sightline/core"
import { InvalidOption } from "@sightline/core/plugin"
import type { Codec } from "@sightline/plugin-exif"
import type { EvaluationOptions } from "./evaluation/versions.ts"
import type { ReportInputs } from "./outcomes/input-media.ts"
import type { TextRole } from "./outcomes/private-text.ts"
import { defaultMaxPixels } from "./pictures/thumbnail.ts"
import type { Recorder } from "./recorder.ts"

/** A chain over several inputs, or one. */
export interface RunLike {
  readonly stream: () => AsyncIterable<unknown>
  readonly plan: () => Promise<Plan>
}

/** A job, as `@sightline/jobs` has it: its outcomes as they settled. */
export interface JobLike {
  readonly outcomes: () => AsyncIterable<Outcome<unknown, unknown>>
}

/** How pictures are kept. */
export interface ThumbnailSettings {
  /**
   * Longest side of the largest thumbnails, in pixels: 720, 320 or 128 are made, whichever is within it.
   *
   * @default 720
   */
  readonly maxSide?: number
  /** What decodes and encodes; see plugin-exif's `withHeic` for HEIC. */
  readonly codec?: Codec
  /** Pictures of more pixels are not decoded. */
  readonly maxPixels?: number
}

/** What a report is made from. At least one of `outcomes`, `run`, `job`, `evaluation` and `events` is given. */
export interface ReportOptions {
  /**
   * The heading of the page.
   *
   * @default "Sightline report"
   */
  readonly title?: string
  /** Outcomes in any order, such as `chain.stream()` gives. They are read once, one after another. */
  readonly outcomes?: Iterable<Outcome<unknown, unknown>> | AsyncIterable<Outcome<unknown, unknown>>
  /** A chain: it is planned and run, and its outcomes are shown. */
  readonly run?: RunLike
  /** A job: its outcomes are shown. */
  readonly job?: JobLike
  /**
   * The inputs, for their pictures: what the chain was given, by position, or a function. An iterator that can be read
   * only once cannot be given to both.
   *
   * @default files and addresses that the answers remember
   */
  readonly inputs?: ReportInputs
  /** How good a model is: labels of the outcomes, or what a training found. */
  readonly evaluation?: EvaluationOptions
  /** What a {@link Recorder} recorded of the calls. */
  readonly events?: Recorder
  /** What the run was expected to cost: `await chain.plan()`. */
  readonly plan?: Plan
  /** What was left out elsewhere, such as `model.tally.unusable` of a training. */
  readonly skipped?: ReadonlyArray<{ readonly name: string; readonly problem: string }>
  /**
   * Whether names, keys and paths of inputs are shown as the caller gave them.
   *
   * @default false
   */
  readonly names?: boolean
  /**
   * Whether inputs that are texts are shown, up to 4000 characters each.
   *
   * @default false
   */
  readonly texts?: boolean
  /** False: no pictures at all. Else how they are made. */
  readonly thumbnails?: false | ThumbnailSettings
  /** Changes or empties any text before it is written: names, concepts, texts of answers, errors, strings of the JSON. */
  readonly redact?: (text: string, role: TextRole) => string
  /**
   * Size that the file keeps to by making pictures smaller and then leaving them out, in bytes.
   *
   * @default 24_000_000
   */
  readonly maxBytes?: number
}

/** Options with their defaults, checked. */
export interface ReportSettings extends ReportOptions {
  readonly title: string
  readonly names: boolean
  readonly texts: boolean
  readonly maxBytes: number
  readonly maxPixels: number
}

const invalid = (option: string, problem: string) => new InvalidOption({ option: `report.${option}`, problem })

const isPositive = (value: unknown): value is number => typeof value === "number" && value > 0

/** Checks options and fills in the defaults. Throws `InvalidOption`. */
export const settingsOf = (options: ReportOptions): ReportSettings => {
  const { maxBytes = 24_000_000, names = false, texts = false, thumbnails, title = "Sightline report" } = options
  const sources = [options.outcomes, options.run, options.job].filter((source) => source !== undefined)
  if (sources.length > 1) throw invalid("outcomes", "takes one of outcomes, run and job")
  if (sources.length === 0 && options.evaluation === undefined && options.events === undefined)
    throw invalid("outcomes", "is missing; give outcomes, a run, a job, an evaluation or events")
  if (!isPositive(maxBytes)) throw invalid("maxBytes", "must be a number of bytes above 0")
  const { maxPixels = defaultMaxPixels, maxSide = 720 } =
    thumbnails === undefined || thumbnails === false ? {} : thumbnails
  if (!isPositive(maxSide)) throw invalid("thumbnails.maxSide", "must be a number of pixels above 0")
  if (!isPositive(maxPixels)) throw invalid("thumbnails.maxPixels", "must be a number of pixels above 0")
  return { ...options, title, names, texts, maxBytes, maxPixels }
}
