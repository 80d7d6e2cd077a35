/**
 * Reads a portable chain back: the same source and verbs, called again on an app that has the same plugins.
 *
 * The form may come from anywhere. Only the app's sources and the verbs of its plugins and of core are reachable from
 * it, by their own names; nothing that is inherited, runs a chain or takes a function.
 */
import { InvalidOption, PluginError } from "../errors/errors.ts"
import type { AnyPipeline } from "./pipeline.ts"
import { type PortableCall, parsePortable } from "./portable.ts"
import { firstInvalid } from "./validate.ts"

/** What a portable form may name on an app. */
export interface PortableNames {
  /** The app's plugins with their versions. */
  readonly plugins: Readonly<Record<string, number>>
  readonly sources: ReadonlySet<string>
  readonly verbs: ReadonlySet<string>
}

const refuse = (plugin: string, problem: string): never => {
  throw new PluginError({ plugin, problem })
}

const call = (on: unknown, { args, verb }: PortableCall): unknown => {
  const method: unknown = Reflect.get(Object(on), verb)
  if (typeof method !== "function") return refuse(verb, "does not fit here")
  try {
    return Reflect.apply(method, on, args)
  } catch (thrown) {
    if (thrown instanceof InvalidOption) throw thrown
    throw new InvalidOption({ option: verb, problem: "was given arguments that it does not take" })
  }
}

/**
 * A chain from its portable form. Throws `PluginError` where a plugin, source or verb is missing or of another version,
 * and `InvalidOption` where the form or an argument is not what it must be.
 */
export const fromPortable = (app: object, { plugins, sources, verbs }: PortableNames, form: unknown): AnyPipeline => {
  const portable = parsePortable(form)
  for (const [name, version] of Object.entries(portable.plugins)) {
    const own = Object.hasOwn(plugins, name) ? plugins[name] : undefined
    if (own === undefined) refuse(name, "the chain needs it and this app does not have it")
    if (own !== version) refuse(name, `the chain was made with version ${version}, this app has ${own}`)
  }
  if (!sources.has(portable.source.verb))
    refuse(portable.source.verb, "this app has no such source; add the plugin that has it")
  const chain = portable.steps.reduce<unknown>(
    (chain, step) => {
      if (!verbs.has(step.verb)) refuse(step.verb, "this app has no such verb for portable chains; add its plugin")
      return call(chain, step)
    },
    call(app, portable.source)
  ) as AnyPipeline // the app's sources and verbs give nothing else
  const invalid = firstInvalid(chain["~sightline/state"].steps)
  if (invalid !== undefined) throw invalid
  return chain
}
