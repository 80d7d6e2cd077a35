/** The items of a chain over several inputs: those of its source, or the values that a stage makes of one input. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Predictor } from "../predict/predictor.ts"
import { newInputRun, onlyInput } from "./input-run.ts"
import { type Item, toItems } from "./input-series.ts"
import { openStage, runOperations } from "./interpret.ts"
import type { Program } from "./program.ts"

/** The items of a series and how often they can be read. */
export interface Series {
  readonly items: Stream.Stream<Item, unknown, unknown>
  /** False when it can be opened only once. */
  readonly replayable: boolean
  /** True when its length is known. */
  readonly finite: boolean
}

/** The series of a program; one item for a program over one input. */
export const seriesItems = (predictor: Predictor, { opening, source }: Program): Series => {
  if (source.type === "many") {
    const { finite = false, name, open, replayable } = source
    return { items: toItems(Stream.suspend(open), name), replayable, finite }
  }
  const run = newInputRun(predictor, onlyInput)
  const opened = runOperations(run, opening?.input.block.operations ?? [], source.open)
  const items = Effect.flatMap(opened, (value) =>
    opening === undefined
      ? Effect.succeed(toItems(Stream.succeed(value), source.name))
      : Effect.map(openStage(opening.stage, value, run), (stream) => toItems(stream, opening.stage.name))
  )
  return { items: Stream.unwrap(items), replayable: true, finite: opening === undefined }
}
