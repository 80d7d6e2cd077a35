/** Notes for a plan which hooks of plugins a run would call, and for which inputs. */
import type { PlannedHook } from "../chain/plan-type.ts"
import { matchesFilter, type MediaFilter } from "../predict/prepare-hooks.ts"
import type { Predictor } from "../predict/predictor.ts"
import { type Batch, sendable } from "./batches.ts"
import type { AppRunHook } from "./run-hooks.ts"

type Range = readonly [first: number, last: number]

/** Positions as ranges. Most come in order, so that a long series takes little memory. */
class Positions {
  #ranges: Array<Range> = []

  add(index: number): void {
    const last = this.#ranges.at(-1)
    if (last !== undefined && index >= last[0] && index <= last[1] + 1)
      this.#ranges[this.#ranges.length - 1] = [last[0], Math.max(last[1], index)]
    else this.#ranges.push([index, index])
  }
  /** The ranges in order; none touches another. */
  ranges(): ReadonlyArray<Range> {
    const merged: Array<Range> = []
    for (const [first, last] of this.#ranges.toSorted((a, b) => a[0] - b[0])) {
      const before = merged.at(-1)
      if (before !== undefined && first <= before[1] + 1)
        merged[merged.length - 1] = [before[0], Math.max(before[1], last)]
      else merged.push([first, last])
    }
    return merged
  }
}

interface AnyHook {
  readonly plugin: string
  readonly order?: "pre" | "post" | undefined
  readonly filter?: MediaFilter
}

/** A hook and the inputs that it would be called for. */
interface Noted {
  readonly kind: PlannedHook["hook"]
  readonly hook: AnyHook
  readonly positions: Positions
}

const noted = (kind: PlannedHook["hook"], hooks: ReadonlyArray<AnyHook>): ReadonlyArray<Noted> =>
  hooks.map((hook) => ({ kind, hook, positions: new Positions() }))

/** The hooks of a plan. */
export class HookPlan {
  readonly #noted: ReadonlyArray<Noted>
  /** The same predictor for a plan: it notes which media its hooks prepare, and starts no input. */
  readonly predictor: Predictor

  constructor(predictor: Predictor, runHooks: ReadonlyArray<AppRunHook>) {
    const prepare = noted("prepare", predictor.prepare)
    this.#noted = [
      ...noted("run", runHooks),
      ...noted("input", predictor.inputHooks),
      ...prepare,
      ...noted("request", predictor.wire.hooks),
      ...noted("answer", predictor.answer)
    ]
    this.predictor = {
      ...predictor,
      inputHooks: [],
      prepare: predictor.prepare.map((hook, at) => ({
        ...hook,
        run: (media, context) => {
          prepare[at]?.positions.add(context.index)
          return hook.run(media, context)
        }
      }))
    }
  }
  /** Notes the inputs of a batch. Those that can be sent are answered. */
  note(batch: Batch, predicts: boolean): void {
    const sent = predicts ? sendable(batch) : []
    for (const { hook, kind, positions } of this.#noted) {
      if (kind === "run" || kind === "input") for (const { item } of batch.items) positions.add(item.index)
      else if (kind !== "prepare")
        for (const { item, prepared } of sent)
          if (matchesFilter(hook.filter ?? {}, prepared.media)) positions.add(item.index)
    }
  }
  /** The hooks, in the order in which they run for an input. */
  hooks(): ReadonlyArray<PlannedHook> {
    return this.#noted.map(({ hook: { filter, order, plugin }, kind, positions }) => ({
      plugin,
      hook: kind,
      ...(order === undefined ? {} : { order }),
      ...(filter === undefined || Object.keys(filter).length === 0 ? {} : { filter }),
      inputs: positions.ranges()
    }))
  }
}
