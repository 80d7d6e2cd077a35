/** Parameters of pretrained models: read as the numbers and flags that they are, or refused by name. */
import { StatusCode } from "@sightline/core/status"
import type { JsonObject } from "@sightline/core/wire"
import { readFlag, readNumber } from "../../protocol/params.ts"
import { wireError } from "../../protocol/wire-error.ts"

interface NumberRule {
  readonly from: number
  readonly to: number
  /** Rounded to an integer. */
  readonly whole?: true
  /** 0 stands for "not set", as in messages that cannot leave a field out. */
  readonly zeroIsUnset?: true
}

const numbers: Readonly<Record<string, NumberRule>> = {
  max_tokens: { from: 1, to: 4096, whole: true, zeroIsUnset: true },
  temperature: { from: 0, to: 100 },
  top_k: { from: 1, to: 1_000_000, whole: true, zeroIsUnset: true },
  top_p: { from: 0, to: 1, zeroIsUnset: true },
  num_beams: { from: 1, to: 64, whole: true, zeroIsUnset: true },
  repetition_penalty: { from: 0, to: 100, zeroIsUnset: true },
  min_value: { from: 0, to: 1 },
  speed: { from: 0.1, to: 10, zeroIsUnset: true },
  width: { from: 1, to: 8192, whole: true, zeroIsUnset: true },
  height: { from: 1, to: 8192, whole: true, zeroIsUnset: true }
}

const flags = ["do_sample", "return_full_text"] as const

const texts = [
  "system_prompt",
  "prompt_template",
  "language",
  "src_lang",
  "tgt_lang",
  "input_type",
  "voice",
  "task"
] as const

const refuse = (details: string) => wireError(StatusCode.PREDICT_INVALID_REQUEST, details)

const readOne = (from: JsonObject, name: string, rule: NumberRule): number | undefined => {
  const given = readNumber(from, name)
  if (given === undefined || (given === 0 && rule.zeroIsUnset === true)) return undefined
  const value = rule.whole === true ? Math.max(rule.from, Math.round(given)) : given
  if (given < 0 || value < rule.from || value > rule.to)
    throw refuse(`${name} must be ${rule.from}..${rule.to}, not ${given}`)
  return value
}

/**
 * The parameters with numbers as numbers and flags as booleans, also where a client sends them as text. An integer is
 * rounded. Names that are not known here stay as they are. Throws `WireError` with the name of a value that cannot be used.
 *
 * @example readModelParams({ max_tokens: "12", top_k: 0.95 }) // => { max_tokens: 12, top_k: 1 }
 */
export const readModelParams = (params: JsonObject): Readonly<Record<string, unknown>> => {
  const read: Record<string, unknown> = { ...params }
  const set = (name: string, value: unknown) => {
    if (value === undefined) delete read[name]
    else read[name] = value
  }
  for (const [name, rule] of Object.entries(numbers)) set(name, readOne(params, name, rule))
  for (const name of flags) set(name, readFlag(params, name))
  for (const name of texts) {
    const value = params[name]
    if (value === null || value === "") set(name, undefined)
    else if (value !== undefined && typeof value !== "string") throw refuse(`${name} must be a text`)
  }
  const template = read["prompt_template"]
  if (typeof template === "string" && !template.includes("{prompt}"))
    throw refuse("prompt_template must contain {prompt}, which the text replaces")
  return read
}
