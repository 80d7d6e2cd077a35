/** The runtime of an app: executes, streams and plans its chains. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { deadlineIn, noDeadline, type RunDeadline } from "../call/deadline.ts"
import type { Plan } from "../chain/plan-type.ts"
import { describeSteps } from "../chain/chain-state.ts"
import { toPortable } from "../chain/to-portable.ts"
import type { StreamOptions } from "../chain/run-options.ts"
import type { ChainRuntime, CompiledChain, PromiseRunner } from "../chain/chain-runtime.ts"
import { InvalidOption } from "../errors/errors.ts"
import type { Predictor } from "../predict/predictor.ts"
import type { Outcome } from "../results/outcome.ts"
import { mapConcurrent } from "../streams/map-concurrent.ts"
import { answerBatch } from "./answer-batch.ts"
import { toBatches } from "./batches.ts"
import { nameThrown } from "./catch-thrown.ts"
import { type InputRun, itemRun, keepAnswers, newInputRun, onlyInput } from "./input-run.ts"
import { type Item, outcomeItems } from "./input-series.ts"
import { runBlock } from "./interpret.ts"
import type { Live } from "./live-run.ts"
import { compile, type InputProgram, type Program, type SeriesProgram } from "./program.ts"
import { seriesItems } from "./program-items.ts"
import { type AppRunHook, aroundRun, aroundStream, finishInput, type Started, startInput } from "./run-hooks.ts"
import { settleBefore, toOutcome } from "./settle-input.ts"
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

/** How a series is run. */
interface SeriesRun {
  readonly predictor: Predictor
  readonly options: StreamOptions
  readonly deadline: RunDeadline
}

/** The outcomes of the inputs of a series, in the calls that their predictions share. */
const streamInputs = (
  { deadline, options: { concurrency = defaultConcurrency, live, ordered = true }, predictor }: SeriesRun,
  input: InputProgram,
  items: Stream.Stream<Item, unknown, unknown>,
  replayable: boolean
): AnyStream => {
  const unordered = !ordered
  if (live !== undefined || input.batch === undefined || input.isCached) {
    const perCall = live === undefined ? predictor.wire.connection.limits.inputsPerCall.image : 1
    const most = concurrency * perCall
    return mapConcurrent(
      items,
      (item) => {
        const run = itemRun(predictor, item)
        const outcome = settleBefore(run, deadline, runBlock(run, input.block, startInput(run, item.exit)))
        return Effect.map(outcome, (settled) => [settled])
      },
      { concurrency: most, unordered }
    )
  }
  const { batch: batchable } = input
  const batches = toBatches(items, { predictor, batchable, deadline, replayable })
  return mapConcurrent(batches, (batch) => answerBatch(predictor, batchable, deadline, batch), {
    concurrency,
    unordered
  })
}

/** The outcomes of a series, or the one value that a step ends it with. */
const streamSeries = (
  run: SeriesRun,
  { input, next }: SeriesProgram,
  items: Stream.Stream<Item, unknown, unknown>,
  replayable: boolean
): AnyStream => {
  const streamed = streamInputs(run, input, items, replayable)
  if (next === undefined) return streamed
  const outcomes = streamed as Stream.Stream<Outcome<unknown, unknown>> // failures are outcomes; services are the run's
  const { stage, type } = next
  if (type === "series")
    return streamSeries(
      run,
      next.series,
      outcomeItems(
        Stream.suspend(() => stage.series(outcomes)),
        stage.name
      ),
      replayable
    )
  const ended = nameThrown(stage.name, () => stage.ending(outcomes))
  return Stream.fromEffect(runBlock(newInputRun(run.predictor, onlyInput), next.block, ended))
}

/** True for a series that a step ends with one value. */
const endsInOne = ({ next }: SeriesProgram): boolean =>
  next?.type === "ending" || (next?.type === "series" && endsInOne(next.series))

/** The items of a run that has a budget. */
type Limit = (items: Stream.Stream<Item, unknown, unknown>, finite: boolean) => Stream.Stream<Item, unknown, unknown>

/** What a program over several inputs returns, as a stream. */
const runSeries = (
  { hold, predictor }: Live,
  program: Program,
  series: SeriesProgram,
  options: StreamOptions,
  limit: Limit = (items) => items
): AnyStream => {
  const { finite, items, replayable } = seriesItems(predictor, program)
  const limited = limit(items, finite)
  const until = (deadline: RunDeadline) =>
    streamSeries({ predictor, options, deadline }, series, untilDeadline(hold(limited), deadline, finite), replayable)
  return options.timeoutMs === undefined
    ? until(noDeadline)
    : Stream.unwrap(Effect.map(deadlineIn(options.timeoutMs), until))
}

/** The value of a chain over one input. */
const runOne = (
  predictor: Predictor,
  { input, source }: Program,
  timeoutMs: number | undefined,
  started: Started
): AnyEffect => {
  const run = newInputRun(predictor, onlyInput)
  const start = source.type === "one" ? source.open : Effect.die(new Error("a series is streamed"))
  const ran = runBlock(run, input.block, startInput(run, Effect.andThen(started, start)))
  const { partial: kept } = run
  const value = kept === undefined ? ran : Effect.mapError(ran, (error) => kept.complete(error))
  if (timeoutMs === undefined) return finishOne(run, value)
  const partial = keepAnswers(run)
  const inTime = Effect.timeoutOrElse(value, {
    duration: timeoutMs,
    orElse: () => Effect.fail(partial.timedOut("run", timeoutMs, onlyInput))
  })
  return finishOne(run, inTime)
}

/** The same value or failure, after the input hooks. */
const finishOne = (run: InputRun, value: AnyEffect): AnyEffect =>
  run.predictor.inputHooks.length === 0 ? value : Effect.onExit(value, (exit) => finishInput(run, toOutcome(run, exit)))

/** The parts of a runtime. */
export interface RuntimeParts {
  readonly promises: PromiseRunner
  /** The versions of the app's plugins, by name. */
  readonly plugins: Readonly<Record<string, number>>
  readonly predictor: Predictor
  readonly runHooks: ReadonlyArray<AppRunHook>
  /** An effect that is a run: layers of plugins that fail are not built again in it. */
  readonly asRun: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  readonly streamAsRun: <A, E, R>(stream: Stream.Stream<A, E, R>) => Stream.Stream<A, E, R>
}

/** A run with a budget: most programs have none. */
const loadBudget = (predictor: Predictor, { steps }: Program) =>
  Effect.map(
    Effect.promise(() => import("./run-budget.ts")),
    ({ startBudget }) => startBudget(predictor, steps)
  )

/** The value of a chain over one input, within its budget where it has one. */
const one = (predictor: Predictor, program: Program, { timeoutMs }: StreamOptions, started: Started): AnyEffect =>
  program.hasBudget
    ? Effect.flatMap(loadBudget(predictor, program), ({ budget, predictor }) =>
        budget.within(runOne(predictor, program, timeoutMs, started))
      )
    : runOne(predictor, program, timeoutMs, started)

/** The outcomes of a chain over several inputs, within its budget where it has one. */
const many = (how: Live, program: Program, series: SeriesProgram, options: StreamOptions): AnyStream =>
  program.hasBudget
    ? Stream.unwrap(
        Effect.map(loadBudget(how.predictor, program), ({ budget, predictor }) =>
          budget.streamWithin(
            runSeries({ ...how, predictor }, program, series, options, (items, finite) => budget.items(items, finite))
          )
        )
      )
    : runSeries(how, program, series, options)

/** Chains are compiled by the runtime that runs them. */
const programOf = (compiled: CompiledChain): Program => compiled as Program

/** The runtime of one app. */
export const makeRuntime = ({
  asRun,
  plugins,
  predictor,
  promises,
  runHooks,
  streamAsRun
}: RuntimeParts): ChainRuntime => {
  const secrets = new Set(Object.keys(predictor.secrets))
  const unheld: Live = { predictor, hold: (items) => items }
  // modules that most programs do not run are loaded when they are
  const plan = (compiled: CompiledChain): Effect.Effect<Plan, any, any> =>
    Effect.flatMap(
      Effect.promise(() => import("./plan.ts")),
      ({ planOf }) => asRun(planOf(predictor, programOf(compiled), runHooks))
    )
  return {
    promises,
    plugins,
    prices: predictor.prices,
    compile,
    execute: (compiled, options) =>
      asRun(
        Effect.suspend(() => {
          const invalid = invalidOptions(options)
          if (invalid) return Effect.fail(invalid)
          const program = programOf(compiled)
          const { series } = program
          const chain = () => describeSteps(program)
          if (series === undefined)
            return aroundRun(runHooks, chain, (started) => one(predictor, program, options, started))
          const results = aroundRun(runHooks, chain, (started) =>
            Effect.andThen(started, Stream.runCollect(many(unheld, program, series, options)))
          )
          return endsInOne(series) ? Effect.map(results, ([value]) => value) : results
        })
      ),
    stream: (compiled, options) =>
      streamAsRun(
        Stream.suspend(() => {
          const invalid = invalidOptions(options)
          if (invalid) return Stream.fail(invalid)
          const program = programOf(compiled)
          const { series } = program
          const { live } = options
          const opened: Effect.Effect<Live, any, any> =
            live === undefined
              ? Effect.succeed(unheld)
              : Effect.flatMap(
                  Effect.promise(() => import("./live-run.ts")),
                  ({ openLive }) => openLive(predictor, live)
                )
          return aroundStream(
            runHooks,
            () => describeSteps(program),
            (started) =>
              Stream.unwrap(
                Effect.map(opened, (how) =>
                  series === undefined
                    ? Stream.fromEffect(one(how.predictor, program, options, started))
                    : Stream.unwrap(Effect.as(started, many(how, program, series, options)))
                )
              )
          )
        })
      ),
    generate: (compiled, model) => {
      const loaded = Effect.promise(() => import("./chunks.ts"))
      const pieces = Effect.map(loaded, ({ streamChunks }) => streamChunks(predictor, programOf(compiled), model))
      return streamAsRun(Stream.unwrap(pieces))
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
