/** How inputs are cut into units: the planner that cuts calls says how many inputs one call takes. */
import { type Pipeline, type Plan, toMedia } from "@sightline/core"
import { run } from "@sightline/core/plugin"
import type * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { NewUnit } from "../ledger/ledger.ts"
import { type Reference, takesMany } from "../sources/reference.ts"

/** Most inputs of a unit. */
const mostInputs = 128

/** Inputs of a unit whose inputs do not share a call. */
const unsharedInputs = 16

/** Most bytes of a unit's references, as JSON. */
const mostBytes = 60_000

/** How units are cut. */
export interface UnitPlan {
  readonly inputs: number
  /** False where a unit is not one call. */
  readonly isOneCall: boolean
  /** The calls of a unit: one for each model; undefined where they are not known before it is run. */
  readonly calls: number | undefined
}

type AnyChain = Pipeline<unknown, unknown, never, {}, "portable">

const kindOf = (reference: Reference | undefined) => {
  if (reference === undefined || typeof reference === "string") return "image"
  return "text" in reference ? "text" : (reference.kind ?? "image")
}

/** Plans the chain over addresses that stand for its inputs: no network, and no file is read. */
export const planUnits = async (chain: AnyChain, first: Reference | undefined): Promise<UnitPlan> => {
  const { runtime, source, steps } = chain["~sightline/state"]
  if (!takesMany(source.name)) return { inputs: 1, isOneCall: false, calls: undefined }
  const media = Array.from({ length: mostInputs * 2 }, () => toMedia(kindOf(first), "https://input.invalid/"))
  const compiled = runtime.compile({
    runtime,
    steps: steps.filter(({ type }) => type !== "budget"), // the job's, which does not cut calls
    source: {
      type: "many",
      name: "inputs",
      args: [],
      portable: true,
      replayable: true,
      open: () => Stream.fromIterable(media)
    }
  })
  const plan = await run(runtime.plan(compiled, {}) as Effect.Effect<Plan, unknown>) // plugins' services are the app's
  const inputs = plan.calls[0]?.items
  return inputs === undefined
    ? { inputs: unsharedInputs, isOneCall: false, calls: undefined }
    : {
        inputs: Math.min(mostInputs, inputs),
        isOneCall: true,
        calls: Math.ceil(plan.calls.length / Math.ceil(media.length / inputs))
      }
}

/** Units of inputs, in order. */
export const cutUnits = (
  references: ReadonlyArray<Reference>,
  start: number,
  { inputs: most }: UnitPlan
): ReadonlyArray<NewUnit> => {
  const units: Array<NewUnit> = []
  let texts: Array<string> = []
  let bytes = 0
  let first = start
  const cut = () => {
    if (texts.length === 0) return
    units.push({ first, size: texts.length, refs: `[${texts.join(",")}]` })
    first += texts.length
    texts = []
    bytes = 0
  }
  for (const reference of references) {
    const text = JSON.stringify(reference)
    const size = Buffer.byteLength(text) + 1
    if (texts.length >= most || bytes + size > mostBytes) cut()
    texts.push(text)
    bytes += size
  }
  cut()
  return units
}
