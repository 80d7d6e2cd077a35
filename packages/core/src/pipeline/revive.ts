/** Reads a portable chain back: the same source and verbs, called again on an app that has the same plugins. */
import * as Schema from "effect/Schema"
import { PluginError } from "../errors.ts"
import { PortablePipeline } from "./portable.ts"

const decode = Schema.decodeUnknownSync(PortablePipeline)

const refuse = (plugin: string, problem: string): never => {
  throw new PluginError({ plugin, problem })
}

const callMethod = (on: unknown, verb: string, args: ReadonlyArray<unknown>): unknown => {
  const method: unknown = verb.startsWith("~") || verb === "constructor" ? undefined : Reflect.get(Object(on), verb)
  if (typeof method !== "function")
    return refuse(verb, "this app has no such source or verb; add the plugin that has it")
  return Reflect.apply(method, on, args)
}

/** The verbs a portable form may name beside those of plugins; everything else on a chain runs it or holds closures. */
const forbidden = new Set([
  "run",
  "result",
  "stream",
  "toStream",
  "plan",
  "explain",
  "map",
  "tap",
  "when",
  "orElse",
  "pipe",
  "toPortable",
  "asEffect",
  "toJSON",
  "toString"
])

/** A chain from its portable form. Throws `PluginError` where a plugin is missing or has another version. */
export const revive = (app: object, plugins: Readonly<Record<string, number>>, form: unknown): unknown => {
  const portable = decode(form)
  for (const [name, version] of Object.entries(portable.plugins)) {
    if (plugins[name] === undefined) refuse(name, "the chain needs it and this app does not have it")
    if (plugins[name] !== version)
      refuse(name, `the chain was made with version ${version}, this app has ${plugins[name]}`)
  }
  if (["use", "fromPortable"].includes(portable.source.verb)) refuse(portable.source.verb, "is not a source")
  const start = callMethod(app, portable.source.verb, portable.source.args)
  return portable.steps.reduce<unknown>((chain, { args, verb }) => {
    if (forbidden.has(verb)) refuse(verb, "cannot be part of a portable chain")
    return callMethod(chain, verb, args)
  }, start)
}
