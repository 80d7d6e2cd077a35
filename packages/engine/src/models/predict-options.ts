/** Options of a prediction, and the selection of scores by them. */
import { StatusCode } from "@sightline/core/status"
import {
  type ConceptWire,
  decodeRequest,
  type JsonObject,
  type ModelWire,
  OutputConfigWire
} from "@sightline/core/wire"
import { type ConceptMessage, readConcepts } from "../protocol/input.ts"
import { readNumber } from "../protocol/params.ts"
import { malformed, wireError } from "../protocol/wire-error.ts"

/** Options of one call. */
export interface PredictOptions {
  readonly maxConcepts: number
  readonly minValue: number
  readonly select: ReadonlyArray<ConceptMessage>
  readonly sampleMs: number
  readonly language: string
  /** Unknown names, for the model. Never echoed: they may contain a third party's key. */
  readonly params: JsonObject
}

/** Reads both places of options; the version's take precedence over the model's, and `params` over the config beside them. */
export const readOptions = (model: ModelWire = {}): PredictOptions => {
  const infos = [model.output_info ?? {}, model.model_version?.output_info ?? {}]
  const merged: JsonObject = Object.assign(
    {},
    ...infos.flatMap((info) => [info.output_config, withoutNull(info.params)])
  )
  const number = (key: string, fallback: number, low: number, high: number, zeroIsDefault: boolean): number => {
    const value = readNumber(merged, key)
    if (value === undefined || (zeroIsDefault && value === 0)) return fallback
    if (value < low || value > high)
      throw wireError(StatusCode.PREDICT_INVALID_REQUEST, `${key} must be ${low}..${high}, not ${value}`)
    return value
  }
  // `params` is free JSON: what it has of the config is decoded here.
  const { language = null, select_concepts: select = null } = merged
  const config = decodeRequest(OutputConfigWire, { language, select_concepts: select })
  if (!config.ok) throw malformed(config.problem)
  return {
    maxConcepts: Math.floor(number("max_concepts", 20, 1, 200, true)),
    minValue: number("min_value", 0, 0, 1, false),
    select: readConcepts(config.value.select_concepts, "select_concepts"),
    sampleMs: Math.floor(number("sample_ms", 1000, 100, 60_000, true)),
    language: config.value.language ?? "",
    params: Object.assign({}, ...infos.map(({ params }) => withoutNull(params)))
  }
}

const withoutNull = (from: JsonObject = {}): JsonObject =>
  Object.fromEntries(Object.entries(from).filter(([, value]) => value !== null))

/** One concept with its score. */
export interface Scored {
  readonly id: string
  readonly name: string
  readonly value: number
}

/** The model's concepts that a call selects, and the names that the model does not have. No selection selects all. */
export const selectConcepts = (
  concepts: ReadonlyArray<{ readonly id: string; readonly name: string }>,
  select: ReadonlyArray<ConceptMessage>
): { readonly chosen: ReadonlySet<string> | undefined; readonly unknown: ReadonlyArray<string> } => {
  if (select.length === 0) return { chosen: undefined, unknown: [] }
  const chosen = new Set<string>()
  const unknown: Array<string> = []
  for (const wanted of select) {
    const found = concepts.filter(({ id, name }) => (wanted.id === "" ? name === wanted.name : id === wanted.id))
    for (const { id } of found) chosen.add(id)
    if (found.length === 0) unknown.push(wanted.id || wanted.name)
  }
  if (chosen.size === 0)
    throw wireError(
      StatusCode.MODEL_INVALID_ARGUMENT,
      `the model has none of the selected concepts: ${unknown.slice(0, 5).join(", ")}`
    )
  return { chosen, unknown }
}

/** Selected scores that are high enough, best first, at most the requested number. */
export const cutConcepts = (
  scored: ReadonlyArray<Scored>,
  options: PredictOptions,
  chosen: ReadonlySet<string> | undefined
): ReadonlyArray<Scored> =>
  scored
    .filter(({ id, value }) => (chosen === undefined || chosen.has(id)) && value >= options.minValue)
    .toSorted((a, b) => b.value - a.value)
    .slice(0, options.maxConcepts)

/** Scores as messages. */
export const showConcepts = (scored: ReadonlyArray<Scored>, appId: string): ReadonlyArray<ConceptWire> =>
  scored.map(({ id, name, value }) => ({ id, name, value, app_id: appId }))
