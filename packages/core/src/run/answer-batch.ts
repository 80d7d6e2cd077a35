/** Sends the batches of a series and settles their inputs, each with the operations after the prediction. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { Deadline, type RunDeadline } from "../call/deadline.ts"
import { combineAnswers } from "../predict/prediction.ts"
import { type Predictor, type PredictRequest, predictMany } from "../predict/predictor.ts"
import { type Batch, type BatchItem, sendable } from "./batches.ts"
import type { Outcome } from "../results/outcome.ts"
import { type InputRun, keepAnswers, recordPrediction } from "./input-run.ts"
import { finishInput, startInput } from "./run-hooks.ts"
import { runBlock, runOperations } from "./interpret.ts"
import { type Batchable, type PredictOperation, single } from "./program.ts"
import { settleBefore, toOutcome } from "./settle-input.ts"

type AnyEffect = Effect.Effect<any, any, any>
type Exits = ReadonlyArray<Exit.Exit<unknown, unknown>>

/** How many inputs of one batch are worked on at once after their prediction. */
const settleConcurrency = 8

/** Sends those inputs of a batch that are ready to one model: the exit of each, in order. */
const answerOne = (
  predictor: Predictor,
  { keepMedium, named }: PredictOperation,
  names: ReadonlyArray<string>,
  [name, request]: readonly [string, PredictRequest],
  kind: Batch["kind"],
  sent: ReturnType<typeof sendable>
): Effect.Effect<Exits, never, any> => {
  const inputs = sent.map(({ prepared, run }) => ({ prepared, context: run.context }))
  return Effect.map(predictMany(predictor, request, kind, inputs, keepMedium), (predictions) =>
    predictions.map((prediction, i) => {
      const run = sent[i]?.run
      if (run === undefined) return prediction.exit // there is one prediction for each input
      if (named) run.partial?.recordNamed(names, name, prediction.exit)
      else run.partial?.record(prediction.exit)
      return recordPrediction(run, prediction)
    })
  )
}

/** Sends a batch to each model that is wanted: the exit of each of its inputs, in order. */
const answer = (
  predictor: Predictor,
  operation: PredictOperation | undefined,
  batch: Batch
): Effect.Effect<Exits, never, any> => {
  const sent = sendable(batch)
  const inOrder = (exits: Exits): Exits => {
    if (sent.length === batch.items.length) return exits
    let next = 0
    return batch.items.map(({ prepared }) => (Exit.isFailure(prepared) ? prepared : (exits[next++] ?? Exit.void)))
  }
  if (sent.length === 0 || operation === undefined) return Effect.succeed(inOrder([]))
  const { named, requests } = operation
  const only = named ? undefined : requests[single]
  if (only !== undefined)
    return Effect.map(answerOne(predictor, operation, [single], [single, only], batch.kind, sent), inOrder)
  const names = Object.keys(requests)
  return Effect.map(
    Effect.forEach(
      Object.entries(requests),
      (request) => answerOne(predictor, operation, names, request, batch.kind, sent),
      { concurrency: "unbounded" } // as many as there are names
    ),
    (exits) =>
      inOrder(
        sent.map(({ run }, at) =>
          combineAnswers(
            names,
            exits.map((each) => each[at] ?? Exit.void),
            run.context
          )
        )
      )
  )
}

/** The answer of the batch for one input. Run again, the input is predicted again, alone. */
const repeatable = (batchable: Batchable, { item, run }: BatchItem, answered: AnyEffect): AnyEffect => {
  const { before, predict, repeats } = batchable
  if (!repeats || predict === undefined) return answered
  let isFirst = true
  return Effect.suspend(() => {
    if (!isFirst) return runOperations(run, [...before, predict], startInput(run, item.exit))
    isFirst = false
    return answered
  })
}

/** The outcomes of a batch, after the input hooks of those inputs that have some. */
const finishBatch = (settled: ReadonlyArray<readonly [InputRun, Outcome<unknown, unknown>]>): AnyEffect =>
  settled.every(([run]) => run.finishes.length === 0)
    ? Effect.succeed(settled.map(([, outcome]) => outcome))
    : Effect.forEach(settled, ([run, outcome]) => finishInput(run, outcome))

/** Sends a batch and settles its inputs. One that a deadline cuts off has its own outcome. */
export const answerBatch = (
  predictor: Predictor,
  batchable: Batchable,
  deadline: RunDeadline,
  batch: Batch
): AnyEffect => {
  const { after, hasDeadlines, predict } = batchable
  const answers = Effect.provideService(answer(predictor, predict, batch), Deadline, deadline)
  const isLast = after.operations.length === 0 && after.expand === undefined
  if (deadline.atMs !== Infinity && !isLast) for (const { run } of batch.items) keepAnswers(run)
  const settleItem = (item: BatchItem, answered: AnyEffect) =>
    settleBefore(item.run, deadline, runBlock(item.run, after, repeatable(batchable, item, answered)))
  if (hasDeadlines)
    return Effect.scoped(
      Effect.flatMap(Effect.forkScoped(answers), (fiber) =>
        Effect.forEach(
          batch.items,
          (item, i) =>
            settleItem(
              item,
              Effect.flatMap(Fiber.join(fiber), (exits) => exits[i] ?? Exit.void)
            ),
          { concurrency: "unbounded" } // as many as in one call: they wait together, each with its own deadline
        )
      )
    )
  return Effect.flatMap(answers, (exits) =>
    isLast
      ? finishBatch(batch.items.map(({ run }, i) => [run, toOutcome(run, exits[i] ?? Exit.void)] as const))
      : Effect.forEach(batch.items, (item, i) => settleItem(item, exits[i] ?? Exit.void), {
          concurrency: settleConcurrency
        })
  )
}
