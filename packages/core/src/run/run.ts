/** The runtime of an app: executes, streams and plans its chains. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { deadlineIn, noDeadline, type RunDeadline } from "../call/deadline.ts"
import type { Plan } from "../chain/plan-type.ts"
import { toPortable } from "../chain/portable.ts"
import type { StreamOptions } from "../chain/run-options.ts"
import type { ChainRuntime, CompiledChain, PromiseRunner } from "../chain/runtime.ts"
import { InvalidOption } from "../errors/errors.ts"
import type { Predictor } from "../predict/predictor.ts"
import { mapConcurrent } from "../streams/map-concurrent.ts"
import { answerBatch } from "./answer-batch.ts"
import { toBatches } from "./batches.ts"
import { keepAnswers, newInputRun, onlyInput } from "./input-run.ts"
import { runBlock } from "./interpret.ts"
import { compile, type Program } from "./program.ts"
import { seriesItems } from "./series.ts"
import { settleBefore } from "./settle.ts"
import { untilDeadline } from "./until-deadline.ts"

type AnyEffect = Effect.Effect<any, any, any>
type AnyStream = Stream.Stream<any, any, any>

/** Calls in flight when the caller does not say. */
export const defaultConcurrency = 8

/** The error of an option with which a run would wait for ever or end at once. */
const invalidOptions = ({ concurrency, timeoutMs }: StreamOptions): InvalidOption | undefined => {
  if (concurrency !== undefined && !(concurrency >= 1))
    return new InvalidOption({ option: "concurrency", problem: `is ${String(concurrency)}; it must be 1 or more` })
  if (timeoutMs !== undefined && Number.isNaN(timeoutMs))
    return new InvalidOption({ option: "timeoutMs", problem: "is NaN; it must be a number of milliseconds" })
  return undefined
}

/** The outcomes of a series. */
const streamSeries = (predictor: Predictor, program: Program, options: StreamOptions): AnyStream =>
  options.timeoutMs === undefined
    ? streamUntil(predictor, program, options, noDeadline)
    : Stream.unwrap(
        Effect.map(deadlineIn(options.timeoutMs), (deadline) => streamUntil(predictor, program, options, deadline))
      )

const streamUntil = (
  predictor: Predictor,
  program: Program,
  { concurrency = defaultConcurrency, ordered = true }: StreamOptions,
  deadline: RunDeadline
): AnyStream => {
  const { input } = program
  const series = seriesItems(predictor, program)
  const items = untilDeadline(series.items, deadline, series.finite)
  const unordered = !ordered
  if (input.batch === undefined || input.isCached) {
    const most = concurrency * predictor.wire.connection.limits.inputsPerCall.image
    return mapConcurrent(
      items,
      ({ exit, index, key }) => {
        const run = newInputRun(predictor, { index, key })
        const outcome = settleBefore(run, deadline, runBlock(run, input.block, exit))
        return Effect.map(outcome, (settled) => [settled])
      },
      { concurrency: most, unordered }
    )
  }
  const { batch: batchable } = input
  const batches = toBatches(items, { predictor, batchable, deadline, replayable: series.replayable })
  return mapConcurrent(batches, (batch) => answerBatch(predictor, batchable, deadline, batch), {
    concurrency,
    unordered
  })
}

/** The value of a chain over one input. */
const runOne = (predictor: Predictor, { input, source }: Program, timeoutMs: number | undefined): AnyEffect => {
  const run = newInputRun(predictor, onlyInput)
  const start = source.type === "one" ? source.open : Effect.die(new Error("a series is streamed"))
  if (timeoutMs === undefined) return runBlock(run, input.block, start)
  const partial = keepAnswers(run)
  return Effect.timeoutOrElse(runBlock(run, input.block, start), {
    duration: timeoutMs,
    orElse: () => Effect.fail(partial.timedOut("run", timeoutMs, onlyInput))
  })
}

/** The parts of a runtime. */
export interface RuntimeParts {
  readonly promises: PromiseRunner
  /** The versions of the app's plugins, by name. */
  readonly plugins: Readonly<Record<string, number>>
  readonly predictor: Predictor
  /** The services of the app's plugins, built when first needed. */
  readonly services: Effect.Effect<Context.Context<never>, unknown> | undefined
}

/** Chains are compiled by the runtime that runs them. */
const programOf = (compiled: CompiledChain): Program => compiled as Program

/** The runtime of one app. */
export const makeRuntime = ({ plugins, predictor, promises, services }: RuntimeParts): ChainRuntime => {
  const provide = (effect: AnyEffect): AnyEffect =>
    services === undefined ? effect : Effect.flatMap(services, (context) => Effect.provideContext(effect, context))
  const provideStream = (stream: AnyStream): AnyStream =>
    services === undefined
      ? stream
      : Stream.unwrap(Effect.map(services, (context) => Stream.provideContext(stream, context)))
  const secrets = new Set(Object.keys(predictor.secrets))
  // modules that most programs do not run are loaded when they are
  const plan = (compiled: CompiledChain): Effect.Effect<Plan, any, any> =>
    Effect.flatMap(
      Effect.promise(() => import("./plan.ts")),
      ({ planOf }) => provide(planOf(predictor, programOf(compiled)))
    )
  return {
    promises,
    plugins,
    compile,
    execute: (compiled, options) =>
      provide(
        Effect.suspend(() => {
          const invalid = invalidOptions(options)
          if (invalid) return Effect.fail(invalid)
          const program = programOf(compiled)
          return program.isSeries
            ? Stream.runCollect(streamSeries(predictor, program, options))
            : runOne(predictor, program, options.timeoutMs)
        })
      ),
    stream: (compiled, options) =>
      provideStream(
        Stream.suspend(() => {
          const invalid = invalidOptions(options)
          if (invalid) return Stream.fail(invalid)
          const program = programOf(compiled)
          return program.isSeries
            ? streamSeries(predictor, program, options)
            : Stream.fromEffect(runOne(predictor, program, options.timeoutMs))
        })
      ),
    generate: (compiled, model) => {
      const loaded = Effect.promise(() => import("./chunks.ts"))
      const pieces = Effect.map(loaded, ({ streamChunks }) => streamChunks(predictor, programOf(compiled), model))
      return provideStream(Stream.unwrap(pieces))
    },
    plan,
    explain: (compiled) =>
      Effect.flatMap(
        Effect.promise(() => import("./explain-plan.ts")),
        ({ explainPlan }) => Effect.map(plan(compiled), explainPlan)
      ),
    toPortable: (compiled) => toPortable(programOf(compiled), { plugins, secrets })
  }
}
