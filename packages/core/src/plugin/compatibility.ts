/** Whether a plugin fits an app: said by types at compile time, and checked here for JavaScript users. */
import * as Layer from "effect/Layer"
import { PluginError } from "../errors/errors.ts"
import type { PredictMethodName } from "../chain/chain-types.ts"
import type { Pipeline } from "../chain/pipeline.ts"
import { chainNames } from "../chain/pipeline.ts"
import type { Plugin, Sources } from "./contract.ts"
import type { Verbs } from "../chain/stage.ts"

/** Names of every app that a plugin's sources and members cannot take. */
export const appNames = [
  "input",
  "inputs",
  "text",
  "audio",
  "parts",
  "use",
  "connection",
  "constructor",
  "then"
] as const

type AppName = (typeof appNames)[number]

/** Names of every chain that a plugin's verbs cannot take. */
type ChainName = keyof Pipeline<any, any, any, any, any> | PredictMethodName | "then" | "constructor"

/** Nothing, or a sentence with the names that are taken. */
type Free<Names, Taken, Sentence extends string> = [Names & Taken] extends [never]
  ? unknown
  : { readonly [K in Sentence]: Names & Taken }

/** Why a plugin does not fit the app, as a type that nothing satisfies; `unknown` where it fits. */
export type PluginFits<V extends Verbs, S extends Sources, M, N extends string, P> =
  P extends Plugin<infer Name, infer W, infer T, infer O, infer Requires>
    ? (string extends Name ? unknown : Free<Name, N, "this plugin was added already">) &
        ([Exclude<Requires, N>] extends [never]
          ? unknown
          : { readonly "this plugin requires another to be added first": Exclude<Requires, N> }) &
        Free<keyof W, keyof V | ChainName, "verb already taken"> &
        Free<keyof T | keyof O, keyof S | keyof M | AppName, "name already taken"> &
        Free<keyof T, keyof O, "a source and a member have the same name">
    : unknown

/** Any plugin, as JavaScript users may give it. */
export type AnyPlugin = Plugin<string, any, any, any, any>

const refuse = (plugin: string, problem: string): never => {
  throw new PluginError({ plugin, problem })
}

const functionsOf = (plugin: string, what: string, record: unknown): ReadonlyArray<string> => {
  if (typeof record !== "object" || record === null) return refuse(plugin, `its ${what}s are not a record of functions`)
  return Object.entries(record).map(([name, made]) =>
    typeof made === "function" ? name : refuse(plugin, `its ${what} ${name} is not a function`)
  )
}

/** Throws `PluginError` where the plugin, added after the others, does not fit. */
export const checkPlugin = (
  others: ReadonlyArray<AnyPlugin>,
  coreVerbs: ReadonlyArray<string>,
  plugin: AnyPlugin
): void => {
  const { name, version } = Object(plugin) as Partial<AnyPlugin>
  if (typeof plugin === "function")
    return refuse(String(name), `it is a function that makes a plugin; call it: use(${String(name)}())`)
  if (typeof name !== "string" || name === "") return refuse("?", "it has no name; make it with definePlugin")
  if (typeof version !== "number" || !Number.isFinite(version)) refuse(name, "its version is not a number")
  if (others.some((other) => other.name === name)) refuse(name, "it was added already")
  for (const required of plugin.requires)
    if (!others.some((other) => other.name === required))
      refuse(name, `it requires the plugin ${String(required)} to be added first`)
  const verbs = new Set([...coreVerbs, ...others.flatMap((other) => Object.keys(other.verbs))])
  for (const verb of functionsOf(name, "verb", plugin.verbs)) {
    if (verb === "then") refuse(name, "a verb named then would run chains by accident")
    if (verbs.has(verb) || chainNames.has(verb)) refuse(name, `the verb ${verb} is taken already`)
  }
  functionsOf(name, "source", plugin.sources)
  if (typeof plugin.members !== "function") refuse(name, "its members are not a function of the host")
  if (plugin.layer !== undefined && !Layer.isLayer(plugin.layer)) refuse(name, "its layer is not an Effect Layer")
  for (const [kind, hook] of Object.entries(plugin.hooks)) {
    if (!["prepare", "divide", "request", "response"].includes(kind)) refuse(name, `there is no hook named ${kind}`)
    if (hook !== undefined && typeof hook !== "function") refuse(name, `its ${kind} hook is not a function`)
  }
}

/** Gives an app a plugin's source or member. Throws `PluginError` where the name is taken. */
export const addToApp = (app: object, plugin: string, name: string, property: PropertyDescriptor): void => {
  const taken = appNames.some((own) => own === name) || name in app
  if (taken) refuse(plugin, `the name ${name} is taken already`)
  Object.defineProperty(app, name, { enumerable: true, configurable: false, ...property })
}
