/** Prints a chain as plain data: named verbs with plain arguments, and the plugins that it needs. */
import { InvalidOption } from "../errors/errors.ts"
import type { ModelRef } from "../models/model-ref.ts"
import { taskKinds } from "../models/task.ts"
import { isWorkflow, type Workflow } from "../models/workflow-handle.ts"
import type { Step } from "./chain-state.ts"
import type { CompiledChain } from "./chain-runtime.ts"
import { firstInvalid } from "./validate.ts"

/** One source or verb with its arguments. */
export interface PortableCall {
  readonly verb: string
  readonly args: ReadonlyArray<unknown>
}

/** A chain as plain data: a few hundred bytes of JSON. It contains the names of secrets, never their values. */
export interface PortablePipeline {
  /** The version of this form. */
  readonly sightline: 1
  /** The plugins that the chain needs, by name, with their versions. */
  readonly plugins: Readonly<Record<string, number>>
  readonly source: PortableCall
  readonly steps: ReadonlyArray<PortableCall>
}

const refuse = (option: string, problem: string): never => {
  throw new InvalidOption({ option, problem })
}

/** Made by `{}` in any realm, or without a prototype; not of a class. */
const isRecord = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** True for a value that JSON keeps as it is. */
const isPlain = (value: unknown): boolean =>
  value === null ||
  typeof value === "string" ||
  typeof value === "boolean" ||
  (typeof value === "number" && Number.isFinite(value)) ||
  (Array.isArray(value) && value.every(isPlain)) ||
  (typeof value === "object" &&
    isRecord(value) &&
    Object.values(value).every((member) => member === undefined || isPlain(member)))

/** A copy, so that the form does not share objects with the chain. Members that are `undefined` are left out. */
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

/** A third party's key travels by the name that the app has for it. */
const namedSecret = (args: ReadonlyArray<unknown>, known: ReadonlySet<string>): ReadonlyArray<unknown> => {
  const [, key] = args
  return typeof key === "string" && known.has(key)
    ? args
    : refuse("secret", "contains a key; name one of the app's secrets, sightline(connection, { secrets }), instead")
}

const toCall = (step: Step, secrets: ReadonlySet<string>): PortableCall => {
  switch (step.type) {
    case "series":
    case "ending":
      return { verb: step.verb, args: plainArgs(step.verb, step.args) }
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
      if (step.when !== undefined) return refuse("retry", "has a function as its argument, so this chain cannot travel")
      return { verb: "retry", args: [{ times: step.times }] }
    case "timeout":
      return { verb: "timeout", args: [{ ms: step.ms }] }
    case "budget":
      return { verb: "budget", args: [plainArgs("budget", [step.budget])[0]] }
    case "cached":
      return {
        verb: "cached",
        args: [{ capacity: step.capacity, ...(step.ttlMs === Infinity ? {} : { ttlMs: step.ttlMs }) }]
      }
    default:
      return refuse(step.type, "has a function as its argument, so this chain cannot travel")
  }
}

/** What the form contains of the app of a chain. */
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
    steps: steps.map((step) => toCall(step, secrets))
  }
}
