/**
 * Makes a chain from its portable form: the same source and verbs, called on an app that has the same plugins.
 *
 * The form may come from anywhere. It reaches the app's sources and the verbs of its plugins and of core by their names,
 * and nothing that is inherited, runs a chain or takes a function.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { InvalidOption, PluginError } from "../errors/errors.ts"
import type { AnyPipeline } from "./pipeline.ts"
import type { PortableCall, PortablePipeline } from "./to-portable.ts"
import { firstInvalid } from "./validate.ts"

const Call = Schema.Struct({ verb: Schema.String, args: Schema.Array(Schema.Unknown) })

/** The portable form of a chain, as `JSON.parse` returns it. */
export const PortableForm: Schema.Codec<PortablePipeline> = Schema.Struct({
  sightline: Schema.Literal(1),
  plugins: Schema.Record(Schema.String, Schema.Finite),
  source: Call,
  steps: Schema.Array(Call)
})

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

const parse = (form: unknown): PortablePipeline => {
  const parsed = Schema.decodeUnknownResult(PortableForm)(form)
  if (Result.isSuccess(parsed)) return parsed.success
  throw new InvalidOption({
    option: "portable chain",
    problem: `is not of the form that toPortable() returns: ${parsed.failure.message.replaceAll(/\s*\n\s*/g, " ")}`
  })
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

/** Builds the chain of a form. Throws as `fromPortable` of the door does. */
export const readPortable = (app: object, { plugins, sources, verbs }: PortableNames, form: unknown): AnyPipeline => {
  const portable = parse(form)
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
  ) as AnyPipeline // the app's sources and verbs return nothing else
  const invalid = firstInvalid(chain["~sightline/state"].steps)
  if (invalid !== undefined) throw invalid
  return chain
}
