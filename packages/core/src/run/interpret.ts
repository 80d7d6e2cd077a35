/**
 * Runs a program for one input: a fold over its operations, each an Effect around those before it.
 *
 * A stage that makes several values ends the fold: the operations after it run for each value separately, so that every
 * operation, `retry` and `orElse` included, concerns one value.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { retryFailures } from "../call/retry.ts"
import { timeStage, timeStream } from "../call/stage-timing.ts"
import { callClosure } from "../chain/caller-function.ts"
import type { AnyStage } from "../chain/stage.ts"
import { predictAll, predictOne } from "../predict/predictor.ts"
import type { Outcome } from "../results/outcome.ts"
import { withCache } from "./cache.ts"
import { nameThrown } from "./catch-thrown.ts"
import { type InputRun, itemRun, keepAnswers, recordPrediction } from "./input-run.ts"
import { type Item, outcomeItems, toItems } from "./input-series.ts"
import { type Block, type Operation, type PredictOperation, type SeriesProgram, single } from "./program.ts"
import { settle } from "./settle-input.ts"

type AnyEffect = Effect.Effect<any, any, any>

/** Runs a block on the value of `start`, and for each of several values where it makes them. */
export const runBlock = (run: InputRun, { expand, operations }: Block, start: AnyEffect): AnyEffect => {
  const value = runOperations(run, operations, start)
  return expand === undefined
    ? value
    : Effect.flatMap(value, (opened) =>
        Effect.flatMap(openStage(expand.stage, opened, run), (stream) =>
          runSeries(run, toItems(stream, expand.stage.name), expand.series)
        )
      )
}

/** Runs operations on the value of `start`. */
export const runOperations = (run: InputRun, operations: ReadonlyArray<Operation>, start: AnyEffect): AnyEffect =>
  operations.reduce((before, operation) => apply(run, operation, before), start)

/** The values that a stage makes of one. A stage that throws before it returns a stream fails its input. */
export const openStage = (
  { name, open }: AnyStage,
  value: unknown,
  { context, predictor }: InputRun
): Effect.Effect<Stream.Stream<unknown, any, any>> =>
  nameThrown(name, () =>
    Effect.sync(() =>
      open === undefined
        ? Stream.empty
        : timeStream(predictor.wire, { name, index: context.index }, open(value, context))
    )
  )

const apply = (run: InputRun, operation: Operation, before: AnyEffect): AnyEffect => {
  const { context, predictor } = run
  switch (operation.type) {
    case "stage": {
      const { stage } = operation
      return Effect.flatMap(before, (value) =>
        timeStage(
          predictor.wire,
          { name: stage.name, index: context.index },
          nameThrown(stage.name, () => stage.run(value, context))
        )
      )
    }
    case "check":
      return Effect.tap(before, (value) => operation.stage.run(value, context))
    case "predict":
      return Effect.flatMap(before, (value) => predict(run, operation, value))
    case "map":
      return Effect.flatMap(before, (value) => callClosure("map", operation.f, value, context))
    case "tap":
      return Effect.tap(before, (value) => callClosure("tap", operation.f, value, context))
    case "when":
      return Effect.flatMap(before, (value) =>
        Effect.flatMap(callClosure("when", operation.test, value, context), (holds) =>
          holds === true ? runBlock(run, operation.branch, Effect.succeed(value)) : Effect.succeed(value)
        )
      )
    case "orElse":
      return Effect.catch(before, (error) => callClosure("orElse", operation.f, error, context))
    case "retry": {
      const { times, when } = operation
      if (when === undefined) return retryFailures(before, times)
      return retryFailures(before, times, (error) => callClosure("retry", when, error, context))
    }
    case "timeout": {
      const partial = keepAnswers(run)
      return Effect.timeoutOrElse(before, {
        duration: operation.ms,
        orElse: () => Effect.fail(partial.timedOut("input", operation.ms, context))
      })
    }
    case "cached":
      return Effect.flatMap(before, (value) =>
        withCache(operation.step, value, () => runOperations(run, operation.operations, Effect.succeed(value)))
      )
    case "fail":
      return Effect.flatMap(before, () => Effect.fail(operation.error))
  }
}

const predict = (run: InputRun, { keepMedium, named, requests }: PredictOperation, value: unknown): AnyEffect => {
  const { context, partial, predictor } = run
  const only = named ? undefined : requests[single]
  if (only !== undefined)
    return Effect.flatMap(predictOne(predictor, only, value, context, keepMedium), (prediction) => {
      partial?.record(prediction.exit)
      return recordPrediction(run, prediction)
    })
  const names = Object.keys(requests)
  const predicted = predictAll(predictor, requests, value, context, keepMedium, (name, exit) =>
    partial?.recordNamed(names, name, exit)
  )
  return Effect.flatMap(predicted, (prediction) => recordPrediction(run, prediction))
}

/** How many values of one input are run at once. Those that predict in one turn share calls. */
const innerConcurrency = 32

/** The outcome of one value that was made of the input. */
const settleItem = (run: InputRun, item: Item, block: Block) => {
  const inner = itemRun(run.predictor, item)
  inner.partial = run.partial?.nested()
  return settle(inner, runBlock(inner, block, item.exit))
}

/** Runs the program of a series that was made of one input: its outcomes, or the value that ends it. */
const runSeries = (
  run: InputRun,
  items: Stream.Stream<Item, unknown, unknown>,
  { input, next }: SeriesProgram
): AnyEffect => {
  const outcomes = runEach(run, items, input.block)
  if (next === undefined) return outcomes
  return Effect.flatMap(outcomes, (all) => {
    const stream = Stream.fromIterable(all)
    return next.type === "series"
      ? runSeries(
          run,
          outcomeItems(
            Stream.suspend(() => next.stage.series(stream)),
            next.stage.name
          ),
          next.series
        )
      : runBlock(
          run,
          next.block,
          nameThrown(next.stage.name, () => next.stage.ending(stream))
        )
  })
}

/**
 * Runs a block for each item of a series, in order. Everything that the stream opened stays open until the last value
 * is settled.
 */
const runEach = (
  run: InputRun,
  series: Stream.Stream<Item, unknown, unknown>,
  block: Block
): Effect.Effect<ReadonlyArray<Outcome<unknown, unknown>>, any, any> =>
  Effect.suspend(() => {
    const outcomes: Array<Outcome<unknown, unknown>> = []
    let waiting: Array<Item> = []
    const settleWaiting = Effect.suspend(() => {
      const items = waiting
      waiting = []
      return Effect.map(
        Effect.forEach(items, (item) => settleItem(run, item, block), { concurrency: innerConcurrency }),
        (settled) => {
          outcomes.push(...settled)
        }
      )
    })
    const items = Stream.transformPull(
      series,
      (pull) => Effect.succeed(Effect.tapError(pull, () => settleWaiting)) // its failure is an item, so this is its end
    )
    const ended = Stream.runForEach(items, (item) =>
      waiting.push(item) < innerConcurrency ? Effect.void : settleWaiting
    )
    return Effect.as(ended, outcomes)
  })
