/**
 * Metrics of calls, named as OpenTelemetry's conventions for generative AI are.
 *
 * Source: OpenTelemetry semantic conventions, "GenAI client metrics", with their advised bucket boundaries (as of
 * 2026-11).
 */
import type * as Context from "effect/Context"
import * as Metric from "effect/Metric"
import type { Settings } from "../connection/connection.ts"

/** Attributes of spans and metrics. */
export type Attributes = Readonly<Record<string, string | number>>

/** A histogram by its attributes, which are text; the registry keeps one for each set of them. */
const histogram =
  (id: string, unit: string, description: string, boundaries: ReadonlyArray<number>) =>
  (attributes: Readonly<Record<string, string>>) =>
    Metric.histogram(id, { description, attributes: { unit, ...attributes }, boundaries })

const seconds = Array.from({ length: 14 }, (_, i) => 2 ** i / 100)

/** From the first attempt to the answer, waits included. */
const duration = histogram("gen_ai.client.operation.duration", "s", "GenAI operation duration, in seconds", seconds)

/** From the first attempt to the first piece of a streamed answer. */
const timeToFirstChunk = histogram(
  "gen_ai.client.operation.time_to_first_chunk",
  "s",
  "Time to receive the first chunk of a streamed answer, in seconds",
  seconds
)

/** Tokens that models counted, by `gen_ai.token.type`. */
const tokenUsage = histogram(
  "gen_ai.client.token.usage",
  "{token}",
  "Number of input and output tokens used",
  Array.from({ length: 14 }, (_, i) => 4 ** i)
)

/** Attempts that repeated one before. */
const repeats = Metric.counter("sightline.client.repeats", {
  description: "Calls that were sent again",
  incremental: true
})

/** The attributes of a prediction with a model. */
export const genAiAttributes = (model: string) => ({
  "gen_ai.operation.name": "predict",
  "gen_ai.provider.name": "clarifai",
  "gen_ai.request.model": model
})

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 }

const serverAttributes = ({ baseUrl }: Settings): Attributes => {
  if (!URL.canParse(baseUrl)) return {}
  const { hostname, port, protocol } = new URL(baseUrl)
  return { "server.address": hostname, "server.port": port === "" ? (defaultPorts[protocol] ?? 443) : Number(port) }
}

/** The histograms of calls to one model that ended alike. */
interface Histograms {
  readonly duration: Metric.Histogram<number>
  readonly timeToFirstChunk: Metric.Histogram<number>
  readonly tokens: Readonly<Record<"input" | "output", Metric.Histogram<number>>>
}

/** One ended call, as metrics count it. */
export interface MeasuredCall {
  /** The model that was called; absent for calls that are no predictions, of which only repeats are counted. */
  readonly model: string | undefined
  /** The model that the answer names. */
  readonly answeredBy: string | undefined
  /** The error's tag or status, or undefined for a success. */
  readonly failure: string | undefined
  readonly attempts: number
  readonly ms: number
  readonly firstChunkMs: number | undefined
  readonly tokens: Readonly<Record<"input" | "output", number | undefined>>
}

/** The metrics of one server. */
export interface ServerMetrics {
  /** Where its calls go. */
  readonly attributes: Attributes
  readonly record: (call: MeasuredCall, context: Context.Context<never>) => void
}

/** A service that names another model in each answer is measured as one from here on: a registry forgets nothing. */
const maxHistograms = 128

/** The metrics of the server that these settings name. */
export const makeServerMetrics = (settings: Settings): ServerMetrics => {
  const attributes = serverAttributes(settings)
  const texts = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]))
  const known = new Map<string, Histograms>()
  const histogramsOf = (model: string, answeredBy: string | undefined, failure: string | undefined): Histograms => {
    const key = JSON.stringify([model, answeredBy, failure])
    const found = known.get(key)
    if (found !== undefined) return found
    if (known.size >= maxHistograms && answeredBy !== undefined) return histogramsOf(model, undefined, failure)
    const about = {
      ...genAiAttributes(model),
      ...texts,
      ...(answeredBy === undefined ? {} : { "gen_ai.response.model": answeredBy })
    }
    const tokensOf = (type: string) => tokenUsage({ ...about, "gen_ai.token.type": type })
    const made: Histograms = {
      duration: duration(failure === undefined ? about : { ...about, "error.type": failure }),
      timeToFirstChunk: timeToFirstChunk(about),
      tokens: { input: tokensOf("input"), output: tokensOf("output") }
    }
    known.set(key, made)
    return made
  }
  return {
    attributes,
    record: ({ answeredBy, attempts, failure, firstChunkMs, model, ms, tokens }, context) => {
      if (attempts > 1) repeats.updateUnsafe(attempts - 1, context)
      if (model === undefined) return
      const histograms = histogramsOf(model, answeredBy, failure)
      histograms.duration.updateUnsafe(ms / 1000, context)
      if (firstChunkMs !== undefined) histograms.timeToFirstChunk.updateUnsafe(firstChunkMs / 1000, context)
      for (const type of ["input", "output"] as const) {
        const count = tokens[type]
        if (count !== undefined) histograms.tokens[type].updateUnsafe(count, context)
      }
    }
  }
}
