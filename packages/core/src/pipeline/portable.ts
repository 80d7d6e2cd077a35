/** The form in which a chain travels: named verbs with plain arguments, and the plugins it needs. */
import * as Schema from "effect/Schema"
import { InvalidOption } from "../errors.ts"
import type { ModelRef, State, Step } from "./state.ts"

const Call = Schema.Struct({ verb: Schema.String, args: Schema.Array(Schema.Unknown) })

/** The schema of a portable chain; `version` is that of this form. */
export const PortablePipeline = Schema.Struct({
  sightline: Schema.Literal(1),
  /** The plugins the chain needs, by name, with their versions. */
  plugins: Schema.Record(Schema.String, Schema.Number),
  source: Call,
  steps: Schema.Array(Call)
})

/** A chain as plain data. */
export interface PortablePipeline extends Schema.Schema.Type<typeof PortablePipeline> {}

const plainModel = (model: ModelRef): unknown => (typeof model === "string" ? model : JSON.parse(JSON.stringify(model)))

const isPlain = (value: unknown): boolean =>
  value === null ||
  ["string", "number", "boolean", "undefined"].includes(typeof value) ||
  (Array.isArray(value) && value.every(isPlain)) ||
  (typeof value === "object" &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every(isPlain))

const callOf = (step: Step): { readonly verb: string; readonly args: ReadonlyArray<unknown> } => {
  switch (step.type) {
    case "stage":
    case "ask":
      if (!isPlain(step.args))
        throw new InvalidOption({ option: step.verb, problem: "has arguments that are not plain data" })
      return { verb: step.verb, args: step.args }
    case "predict":
      return { verb: "predict", args: [plainModel(step.model)] }
    case "all":
      return {
        verb: "all",
        args: [Object.fromEntries(Object.entries(step.models).map(([name, model]) => [name, plainModel(model)]))]
      }
    case "retry":
      return { verb: "retry", args: [{ times: step.times }] }
    case "timeout":
      return { verb: "timeout", args: [{ ms: step.ms }] }
    case "cached":
      return {
        verb: "cached",
        args: [{ capacity: step.capacity, ...(step.ttlMs === Infinity ? {} : { ttlMs: step.ttlMs }) }]
      }
    default:
      throw new InvalidOption({ option: step.type, problem: "holds a closure and cannot travel" })
  }
}

/** A chain as plain data. Throws `InvalidOption` for one whose source or steps are not plain. */
export const toPortable = ({ runtime, source, steps }: State): PortablePipeline => {
  if (!source.portable || !isPlain(source.args))
    throw new InvalidOption({ option: source.name, problem: "starts from something that is not plain data" })
  return {
    sightline: 1,
    plugins: runtime.plugins,
    source: { verb: source.name, args: source.args },
    steps: steps.map(callOf)
  }
}
