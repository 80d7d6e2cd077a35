/** The form in which a chain travels: named verbs with plain arguments, and the plugins it needs. */
import { InvalidOption } from "../errors/errors.ts"
import { taskKinds } from "../models/task.ts"
import { isWorkflow, type Workflow } from "../models/workflow-handle.ts"
import type { ModelRef } from "../models/model-ref.ts"
import type { Step } from "./chain-state.ts"
import type { CompiledChain } from "./runtime.ts"
import { firstInvalid } from "./validate.ts"

/** One source or verb with its arguments. */
export interface PortableCall {
  readonly verb: string
  readonly args: ReadonlyArray<unknown>
}

/** A chain as plain data: a few hundred bytes of JSON. Secrets are named in it, never embedded. */
export interface PortablePipeline {
  /** The version of this form. */
  readonly sightline: 1
  /** The plugins the chain needs, by name, with their versions. */
  readonly plugins: Readonly<Record<string, number>>
  readonly source: PortableCall
  readonly steps: ReadonlyArray<PortableCall>
}

const refuse = (option: string, problem: string): never => {
  throw new InvalidOption({ option, problem })
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const misformed = (where: string, expected: string): never =>
  refuse("portable chain", `is not of the form that toPortable() gives: ${where} is not ${expected}`)

const readCall = (form: unknown, where: string): PortableCall => {
  if (!isObject(form)) return misformed(where, "an object")
  const { args, verb } = form
  if (typeof verb !== "string") return misformed(`${where}.verb`, "text")
  if (!Array.isArray(args)) return misformed(`${where}.args`, "a list")
  return { verb, args }
}

/** A portable chain from what `JSON.parse` gave. Throws `InvalidOption` that says where it is not one. */
export const parsePortable = (form: unknown): PortablePipeline => {
  if (!isObject(form)) return misformed("it", "an object")
  const { plugins, sightline, source, steps } = form
  if (sightline !== 1) return misformed("sightline", "1, the only version of this form")
  if (!isObject(plugins)) return misformed("plugins", "an object")
  const versions = Object.entries(plugins).map(([name, version]): readonly [string, number] =>
    typeof version === "number" && Number.isFinite(version) ? [name, version] : misformed(`plugins.${name}`, "a number")
  )
  if (!Array.isArray(steps)) return misformed("steps", "a list")
  return {
    sightline,
    plugins: Object.fromEntries(versions),
    source: readCall(source, "source"),
    steps: steps.map((step, i) => readCall(step, `steps[${i}]`))
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
  const usual = Object.hasOwn(taskKinds, task) ? taskKinds[task] : []
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
    case "option":
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

/** What the portable form contains of the app of a chain. */
interface AppNames {
  /** The versions of the app's plugins, by name. */
  readonly plugins: Readonly<Record<string, number>>
  readonly secrets: ReadonlySet<string>
}

/** A chain as plain data. Throws `InvalidOption` for one whose source or steps are not plain. */
export const toPortable = ({ source, steps }: CompiledChain, { plugins, secrets }: AppNames): PortablePipeline => {
  const invalid = firstInvalid(steps)
  if (invalid !== undefined) throw invalid
  if (!source.portable) refuse(source.name, "starts from something that is not plain data, so this chain cannot travel")
  return {
    sightline: 1,
    plugins: { ...plugins },
    source: { verb: source.name, args: plainArgs(source.name, source.args) },
    steps: steps.map((step) => callOf(step, secrets))
  }
}
