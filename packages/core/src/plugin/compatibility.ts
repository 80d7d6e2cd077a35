/** Decides whether a plugin fits an app: in types, as one sentence, and at run time for JavaScript, as the same. */
import * as Layer from "effect/Layer"
import type { PredictMethodName } from "../chain/chain-types.ts"
import { chainNames, type Pipeline } from "../chain/pipeline.ts"
import type { Verbs } from "../chain/stage.ts"
import { PluginError } from "../errors/errors.ts"
import { type AnyPlugin, contract, copy, type Plugin, type Sources } from "./contract.ts"
import { hookKinds } from "./hooks.ts"

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

type Text<K> = K & string

/** The first sentence that is not `never`. */
type First<A, B> = [A] extends [never] ? B : A

type Added<Name, N> = [Name & N] extends [never] ? never : `plugin ${Text<Name>} was added already`
type Missing<Name, Q> = [Q] extends [never]
  ? never
  : `plugin ${Text<Name>} requires plugin ${Text<Q>}: add it first, .use(${Text<Q>}())`
type TakenVerb<Name, K> = [K] extends [never]
  ? never
  : `plugin ${Text<Name>}: the verb ${Text<K>} is taken already; rename it, or leave out the plugin that has it`
type TakenName<Name, K> = [K] extends [never]
  ? never
  : `plugin ${Text<Name>}: the name ${Text<K>} is taken already; rename the source or member`
type Twice<Name, K> = [K] extends [never]
  ? never
  : `plugin ${Text<Name>}: a source and a member are both named ${Text<K>}; rename one`

type Problem<V extends Verbs, S extends Sources, M, N extends string, Name, W, T, O, Requires> = First<
  string extends Name ? never : Added<Name, N>,
  First<
    Missing<Name, Exclude<Requires, N>>,
    First<
      TakenVerb<Name, keyof W & string & (keyof V | ChainName)>,
      First<TakenName<Name, (keyof T | keyof O) & (keyof S | keyof M | AppName)>, Twice<Name, keyof T & keyof O>>
    >
  >
>

/** The plugin, where it fits the app; else a sentence that says why it does not. */
export type PluginFits<V extends Verbs, S extends Sources, M, N extends string, P> =
  P extends Plugin<infer Name, infer W, infer T, infer O, infer Requires, any>
    ? [Problem<V, S, M, N, Name, W, T, O, Requires>] extends [never]
      ? P
      : Problem<V, S, M, N, Name, W, T, O, Requires>
    : P extends (...args: any) => Plugin<infer Name, any, any, any, any, any>
      ? `plugin ${Name} is made by a function: call it, .use(${Name}())`
      : P extends { readonly name: infer Name extends string }
        ? `plugin ${Name} was not made with definePlugin of this version: it needs contract 1`
        : "use(..) takes a plugin, made with definePlugin(..)"

const refuse = (plugin: string, problem: string): never => {
  throw new PluginError({ plugin, problem })
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** Refuses an `async` function, whose Promise would not be awaited. */
const checkSync = (plugin: string, what: string, given: unknown): void => {
  if (Object.prototype.toString.call(given) === "[object AsyncFunction]")
    refuse(plugin, `${what} is an async function; return an Effect: Effect.tryPromise(() => …)`)
}

const functionsOf = (plugin: string, what: string, record: unknown): ReadonlyArray<string> => {
  if (!isRecord(record)) return refuse(plugin, `its ${what}s are not a record of functions`)
  return Object.entries(record).map(([name, made]) => {
    checkSync(plugin, `its ${what} ${name}`, made)
    return typeof made === "function" ? name : refuse(plugin, `its ${what} ${name} is not a function`)
  })
}

const checkHooks = (plugin: string, hooks: unknown): void => {
  if (!isRecord(hooks)) return refuse(plugin, "its hooks are not a record of functions")
  for (const [kind, hook] of Object.entries(hooks)) {
    if (!hookKinds.some((known) => known === kind))
      refuse(plugin, `there is no hook named ${kind}; there are ${hookKinds.join(", ")}`)
    const run = isRecord(hook) ? hook["run"] : hook
    if (hook !== undefined && typeof run !== "function") refuse(plugin, `its ${kind} hook is not a function`)
    checkSync(plugin, `its ${kind} hook`, run)
    const order = isRecord(hook) ? hook["order"] : undefined
    if (order !== undefined && order !== "pre" && order !== "post")
      refuse(plugin, `the order of its ${kind} hook must be pre or post`)
  }
}

/** Throws `PluginError` for a value that is not a plugin of this contract and this copy of the package. */
const checkMade = (plugin: unknown): void => {
  const { "~copy": made, contract: number, name, version } = Object(plugin) as Partial<AnyPlugin>
  if (typeof plugin === "function")
    return refuse(String(name), `it is a function that makes a plugin; call it: use(${String(name)}())`)
  if (typeof name !== "string" || name === "") return refuse("?", "it has no name; make it with definePlugin")
  if (number === undefined)
    refuse(name, "it has no contract; make it with definePlugin of this version of @sightline/core")
  if (number !== contract)
    refuse(
      name,
      `it was made for contract ${String(number)} of @sightline/core and this version has contract ${contract}; update ${Number(number) > contract ? "@sightline/core" : "the plugin"}`
    )
  if (made !== undefined && made !== copy)
    refuse(
      name,
      "it was made by another copy of @sightline/core than the app's; install one copy (npm ls @sightline/core), and let plugins have it as a peer dependency"
    )
  if (typeof version !== "number" || !Number.isFinite(version)) refuse(name, "its version is not a number")
}

/** Throws `PluginError` where the plugin, added after the others, does not fit. */
export const checkPlugin = (
  others: ReadonlyArray<AnyPlugin>,
  coreVerbs: ReadonlyArray<string>,
  plugin: AnyPlugin
): void => {
  checkMade(plugin)
  const { name } = plugin
  if (others.some((other) => other.name === name)) refuse(name, "it was added already")
  for (const required of plugin.requires)
    if (!others.some((other) => other.name === required))
      refuse(name, `it requires the plugin ${String(required)}: add it first, .use(${String(required)}())`)
  const verbs = new Set([...coreVerbs, ...others.flatMap((other) => Object.keys(other.verbs))])
  for (const verb of functionsOf(name, "verb", plugin.verbs)) {
    if (verb === "then") refuse(name, "a verb named then would run chains by accident")
    if (verbs.has(verb) || chainNames.has(verb)) refuse(name, `the verb ${verb} is taken already; rename it`)
  }
  functionsOf(name, "source", plugin.sources)
  if (typeof plugin.members !== "function") refuse(name, "its members are not a function of the host")
  if (plugin.layer !== undefined && !Layer.isLayer(plugin.layer)) refuse(name, "its layer is not an Effect Layer")
  checkHooks(name, plugin.hooks)
}

/** Gives an app a plugin's source or member. Throws `PluginError` where the name is taken. */
export const addToApp = (app: object, plugin: string, name: string, property: PropertyDescriptor): void => {
  const taken = appNames.some((own) => own === name) || name in app
  if (taken) refuse(plugin, `the name ${name} is taken already; rename the source or member`)
  Object.defineProperty(app, name, { enumerable: true, configurable: false, ...property })
}
