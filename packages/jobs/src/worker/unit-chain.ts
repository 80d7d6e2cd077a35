/** The chain of a unit: the job's portable chain over the unit's inputs. */
import type { Outcome, PortablePipeline } from "@sightline/core"
import { fromPortable } from "@sightline/core/portable"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { JobApp } from "./job-app.ts"
import { keyOf, type Reference, takesMany, toInput } from "../sources/reference.ts"

/** Outcomes of a unit, as they settle; their indexes are positions in the unit. */
export type UnitOutcomes = Stream.Stream<Outcome<unknown, unknown>, unknown>

/** The form over these inputs. Arguments that are not plain data are for this process alone. */
const over = (form: PortablePipeline, references: ReadonlyArray<Reference>): PortablePipeline => {
  if (takesMany(form.source.verb)) {
    const keyed = references.some((reference) => keyOf(reference) !== undefined)
    // an input without a name is known by its position in the job, as it is without a `key`
    const key = (_: unknown, index: number) => keyOf(references[index] ?? "")
    return { ...form, source: { verb: "inputs", args: [references.map(toInput), ...(keyed ? [{ key }] : [])] } }
  }
  const [reference] = references
  const [, ...rest] = form.source.args
  return reference === undefined
    ? form
    : { ...form, source: { verb: form.source.verb, args: [toInput(reference), ...rest] } }
}

/** Checks that the app has what the chain needs. Throws `PluginError` or `InvalidOption`. */
export const checkChain = (app: JobApp, form: PortablePipeline): void => void fromPortable(app, form)

/** The outcomes of a unit's inputs. */
export const unitOutcomes = (
  app: JobApp,
  form: PortablePipeline,
  references: ReadonlyArray<Reference>
): UnitOutcomes => {
  const chain = fromPortable(app, over(form, references))
  if (takesMany(form.source.verb)) return chain.toStream({ concurrency: 2, ordered: false }) as unknown as UnitOutcomes // a series has outcomes
  const [reference = ""] = references
  const facts = { index: 0, key: keyOf(reference), requestId: undefined }
  return Stream.fromEffect(
    Effect.match(chain, {
      onSuccess: (value): Outcome<unknown, unknown> => ({ ok: true, value, attempts: 1, ...facts }),
      onFailure: (error): Outcome<unknown, unknown> => ({ ok: false, error, attempts: 1, ...facts })
    })
  )
}
