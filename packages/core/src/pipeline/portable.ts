/** The form in which a chain travels: named verbs with plain arguments, and the plugins it needs. */
import * as Schema from "effect/Schema"
import { InvalidOption } from "../errors.ts"
import { taskKinds } from "../models/task.ts"
import { isWorkflow, type Workflow } from "../models/workflow.ts"
import type { ModelRef, State, Step } from "./state.ts"

const Call = Schema.Struct({ verb: Schema.String, args: Schema.Array(Schema.Unknown) })

/** The schema of a portable chain; `sightline` is the version of this form. */
export const PortablePipeline = Schema.Struct({
  sightline: Schema.Literal(1),
  /** The plugins the chain needs, by name, with their versions. */
  plugins: Schema.Record(Schema.String, Schema.Finite),
  source: Call,
  steps: Schema.Array(Call)
})

/** A chain as plain data: a few hundred bytes of JSON. Secrets are named in it, never embedded. */
export interface PortablePipeline extends Schema.Schema.Type<typeof PortablePipeline> {}

/** One source or verb with its arguments. */
export interface PortableCall extends Schema.Schema.Type<typeof Call> {}

const refuse = (option: string, problem: string): never => {
  throw new InvalidOption({ option, problem })
}

/** A portable chain from what `JSON.parse` gave. Throws `InvalidOption` that says where it is not one. */
export const readPortable = (form: unknown): PortablePipeline => {
  try {
    return Schema.decodeUnknownSync(PortablePipeline)(form)
  } catch (thrown) {
    const where = thrown instanceof Error ? thrown.message.split("\n").join(" ") : "it is not readable"
    return refuse("portable chain", `is not of the form that toPortable() gives: ${where}`)
  }
}

/** Made by `{}` in any realm, or without a prototype; not of a class. */
const isRecord = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** What JSON keeps as it is. */
const isPlain = (value: unknown): boolean =>
  value === null ||
  typeof value === "string" ||
  typeof value === "boolean" ||
  (typeof value === "number" && Number.isFinite(value)) ||
  (Array.isArray(value) && value.every(isPlain)) ||
  (typeof value === "object" &&
    isRecord(value) &&
    Object.values(value).every((member) => member === undefined || isPlain(member)))

/** A copy, so that what travels is not what the chain holds; members without a value are left out, as JSON does. */
const plainArgs = (verb: string, args: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const given = args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1)
  if (!given.every(isPlain)) return refuse(verb, "has arguments that are not plain data, so this chain cannot travel")
  return JSON.parse(JSON.stringify(given)) as ReadonlyArray<unknown> // an array of plain data stays one
}

const sameKinds = (one: ReadonlyArray<string>, other: ReadonlyArray<string>): boolean =>
  one.length === other.length && one.every((kind, i) => kind === other[i])

/** A model without its vocabulary, which only narrows types and may be long. */
const plainModel = (model: ModelRef): unknown => {
  if (typeof model === "string") return model
  const { accepts, appId, id, task, userId, versionId } = model
  const usual = Object.hasOwn(taskKinds, task) ? taskKinds[task as keyof typeof taskKinds] : []
  return JSON.parse(
    JSON.stringify({ id, userId, appId, versionId, task, accepts: sameKinds(accepts, usual) ? undefined : accepts })
  ) as unknown
}

const plainWorkflow = ({ appId, id, nodes, userId, versionId }: Workflow): unknown =>
  JSON.parse(
    JSON.stringify({
      id,
      userId,
      appId,
      versionId,
      nodes: Object.fromEntries(Object.entries(nodes).map(([name, model]) => [name, plainModel(model)]))
    })
  ) as unknown

/** A third party's key travels by the name that the app knows it by. */
const namedSecret = (args: ReadonlyArray<unknown>, known: ReadonlySet<string>): ReadonlyArray<unknown> => {
  const [, key] = args
  return typeof key === "string" && known.has(key)
    ? args
    : refuse("secret", "holds a key itself; name one of the app's secrets, sightline(connection, { secrets }), instead")
}

const callOf = (step: Step, secrets: ReadonlySet<string>): PortableCall => {
  switch (step.type) {
    case "stage": {
      const { args, verb } = step
      return { verb, args: plainArgs(verb, verb === "secret" ? namedSecret(args, secrets) : args) }
    }
    case "ask":
      return { verb: step.verb, args: plainArgs(step.verb, step.args) }
    case "predict":
      return isWorkflow(step.model)
        ? { verb: "workflow", args: [plainWorkflow(step.model)] }
        : { verb: "predict", args: [plainModel(step.model)] }
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
      return refuse(step.type, "holds a function, so this chain cannot travel")
  }
}

/** A chain as plain data. Throws `InvalidOption` for one whose source or steps are not plain. */
export const toPortable = ({ runtime, source, steps }: State): PortablePipeline => {
  if (!source.portable) refuse(source.name, "starts from something that is not plain data, so this chain cannot travel")
  return {
    sightline: 1,
    plugins: { ...runtime.plugins },
    source: { verb: source.name, args: plainArgs(source.name, source.args) },
    steps: steps.map((step) => callOf(step, runtime.secrets))
  }
}
