/** The run loop: executes, streams and plans chains over the wire of one app. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { InvalidOption } from "../errors/errors.ts"
import { before, Deadline, never, type RunDeadline, startingNow } from "../call/deadline.ts"
import { predictBatch, type InputResult } from "../predict/batch.ts"
import { mapConcurrent } from "../streams/map-concurrent.ts"
import type { RunOptions } from "../chain/run-options.ts"
import { type Batchable, findBatchable, batchSettings, readyOf, single } from "./batchable.ts"
import { type ManyProgram, type OneProgram, programOf } from "./program.ts"
import { type Batch, toBatches, type BatchItem } from "./batches.ts"
import { untilDeadline } from "./until-deadline.ts"
import { keepAnswers, recordNamedAnswer, recordAnswer, timedOut } from "./partial-answers.ts"
import { generatePieces } from "./chunks.ts"
import { planOf } from "./plan.ts"
import {
  resolveEndpoint,
  combineAnswers,
  addInput,
  type Predictor,
  toPrediction,
  type PredictRequest
} from "../predict/prepare.ts"
import type { ChainRuntime, PromiseRunner } from "../chain/runtime.ts"
import { runSteps, type InputRun, settleOutcome, toOutcome, type CallFacts } from "./interpret.ts"

type AnyEffect = Effect.Effect<any, any, any>

/** Calls in flight when the caller does not say. */
export const defaultConcurrency = 8

interface StreamSettings extends RunOptions {
  readonly concurrency?: number
  readonly ordered?: boolean
}

/** What cannot be meant, and would let a run wait for ever or end at once. */
const refused = ({ concurrency, timeoutMs }: StreamSettings): InvalidOption | undefined => {
  if (concurrency !== undefined && !(concurrency >= 1))
    return new InvalidOption({ option: "concurrency", problem: `is ${String(concurrency)}; it must be 1 or more` })
  if (timeoutMs !== undefined && Number.isNaN(timeoutMs))
    return new InvalidOption({ option: "timeoutMs", problem: "is NaN; it must be a number of milliseconds" })
  return undefined
}

type Ends = ReadonlyArray<Exit.Exit<unknown, unknown>>

/** Sends those of a group that are ready to one model and gives the end of each of them, in order. */
const askModel = (
  predictor: Predictor,
  request: PredictRequest,
  keepMedium: boolean,
  kind: Batch["kind"],
  sent: ReturnType<typeof readyOf>,
  note: (trace: CallFacts, exit: Exit.Exit<unknown, unknown>) => void
): Effect.Effect<Ends> =>
  resolveEndpoint(predictor, request, kind).pipe(
    Effect.flatMap((endpoint) =>
      predictBatch(
        predictor.wire,
        endpoint,
        sent.map(({ ready }) => ready.entry)
      )
    ),
    Effect.map((settlements: ReadonlyArray<InputResult>) =>
      sent.map(({ member, ready }, i) => {
        const { context, trace } = member.scene
        const settlement = settlements[i]
        if (settlement === undefined) return Exit.void // there is one for each entry
        const settled = toPrediction(request.model, ready.media, settlement, context, keepMedium)
        trace.attempts += settled.attempts
        trace.requestId = settled.requestId ?? trace.requestId
        note(trace, settled.exit)
        return settled.exit
      })
    ),
    Effect.catch((error) => Effect.succeed(sent.map(({ member }) => Exit.fail(addInput(error, member.scene.context)))))
  )

/** Sends a group to each request model and gives each member's end, in order. */
const answerGroup = (predictor: Predictor, bulk: Batchable, group: Batch): Effect.Effect<Ends> => {
  const sent = readyOf(group)
  const inOrder = (ends: Ends): Ends => {
    if (sent.length === group.members.length) return ends
    let next = 0
    return group.members.map(({ ready }) => (Exit.isFailure(ready) ? ready : (ends[next++] ?? Exit.void)))
  }
  if (sent.length === 0) return Effect.succeed(inOrder([]))
  const names = Object.keys(bulk.requests)
  const predict = (request: PredictRequest, name: string) =>
    askModel(predictor, request, bulk.keepMedium, group.kind, sent, (trace, exit) =>
      bulk.named ? recordNamedAnswer(trace, names, name, exit) : recordAnswer(trace, exit)
    )
  const only = bulk.named ? undefined : bulk.requests[single]
  return only === undefined
    ? Effect.map(
        Effect.forEach(Object.entries(bulk.requests), ([name, request]) => predict(request, name), {
          concurrency: "unbounded"
        }),
        (ends) =>
          inOrder(
            sent.map(({ member }, at) =>
              combineAnswers(
                names,
                ends.map((end) => end[at] ?? Exit.void),
                member.scene.context
              )
            )
          )
      )
    : Effect.map(predict(only, single), inOrder)
}

/** What the group gave for a member; taken up again, that member is asked about anew and by itself. */
const startOf = (bulk: Batchable, { element, scene }: BatchItem, answered: AnyEffect): AnyEffect => {
  if (!bulk.repeats) return answered
  let isFirst = true
  return Effect.suspend(() => {
    if (!isFirst) return runSteps(scene, [...bulk.before, bulk.predict], element.exit, bulk.options, bulk.keepMedium)
    isFirst = false
    return answered
  })
}

/** Settles a group's members: their answers, then the steps after the prediction. What the deadline cuts off is told. */
const settleGroup = (predictor: Predictor, bulk: Batchable, deadline: RunDeadline, group: Batch): AnyEffect => {
  const answers = Effect.provideService(answerGroup(predictor, bulk, group), Deadline, deadline)
  if (deadline.atMs !== Infinity && bulk.after.length > 0)
    for (const { scene } of group.members) keepAnswers(scene.trace)
  const settle = (member: BatchItem, answered: AnyEffect) =>
    settleBefore(member.scene, deadline, runSteps(member.scene, bulk.after, startOf(bulk, member, answered)))
  if (bulk.hasDeadlines)
    return Effect.scoped(
      Effect.flatMap(Effect.forkScoped(answers), (fiber) =>
        Effect.forEach(
          group.members,
          (member, i) =>
            settle(
              member,
              Effect.flatMap(Fiber.join(fiber), (exits) => exits[i] ?? Exit.void)
            ),
          { concurrency: "unbounded" } // a group is as large as a call: its members wait together, each with its own clock
        )
      )
    )
  return Effect.flatMap(answers, (exits) =>
    bulk.after.length === 0
      ? Effect.succeed(group.members.map((member, i) => toOutcome(member.scene, exits[i] ?? Exit.void)))
      : Effect.forEach(group.members, (member, i) => settle(member, exits[i] ?? Exit.void), {
          concurrency: defaultConcurrency
        })
  )
}

/** An outcome by the deadline at the latest. */
const settleBefore = (scene: InputRun, deadline: RunDeadline, effect: AnyEffect): AnyEffect => {
  if (deadline.atMs !== Infinity) keepAnswers(scene.trace)
  const { timeoutMs } = deadline
  return settleOutcome(
    scene,
    before(deadline, effect, () => Effect.fail(timedOut(scene.trace, { what: "run", timeoutMs, ...scene.context })))
  )
}

const streamMany = (
  predictor: Predictor,
  program: ManyProgram,
  options: StreamSettings
): Stream.Stream<any, any, any> =>
  options.timeoutMs === undefined
    ? streamUntil(predictor, program, options, never)
    : Stream.unwrap(
        Effect.map(startingNow(options.timeoutMs), (deadline) => streamUntil(predictor, program, options, deadline))
      )

const streamUntil = (
  predictor: Predictor,
  program: ManyProgram,
  options: StreamSettings,
  deadline: RunDeadline
): Stream.Stream<any, any, any> => {
  const concurrency = options.concurrency ?? defaultConcurrency
  const unordered = options.ordered === false
  const bulk = findBatchable(program)
  const { limits } = predictor.wire.connection
  const elements = untilDeadline(program.elements, deadline, program.finite)
  if (bulk === undefined)
    return mapConcurrent(
      elements,
      (element) => {
        const scene: InputRun = {
          predictor,
          context: { index: element.index, key: element.key },
          trace: { attempts: 0, requestId: undefined }
        }
        const outcome = settleBefore(scene, deadline, runSteps(scene, program.steps, element.exit, program.options))
        return Effect.map(outcome, (settled) => [settled])
      },
      { concurrency: concurrency * limits.inputsPerCall.image, unordered }
    )
  const groups = toBatches(elements, batchSettings(predictor, program, bulk, deadline))
  return mapConcurrent(groups, (group) => settleGroup(predictor, bulk, deadline, group), { concurrency, unordered })
}

const runOne = (predictor: Predictor, { start, steps }: OneProgram, timeoutMs: number | undefined): AnyEffect => {
  const scene: InputRun = {
    predictor,
    context: { index: 0, key: undefined },
    trace: { attempts: 0, requestId: undefined }
  }
  if (timeoutMs === undefined) return runSteps(scene, steps, start)
  keepAnswers(scene.trace)
  return Effect.timeoutOrElse(runSteps(scene, steps, start), {
    duration: timeoutMs,
    orElse: () => Effect.fail(timedOut(scene.trace, { what: "run", timeoutMs }))
  })
}

/** What a runtime is made of. */
export interface RuntimeParts {
  readonly promises: PromiseRunner
  readonly plugins: Readonly<Record<string, number>>
  readonly predictor: Predictor
  /** The services of the app's plugins, built when first needed. */
  readonly services: Effect.Effect<Context.Context<never>, unknown> | undefined
}

/** The runtime of one app. */
export const makeRuntime = ({ plugins, predictor, promises, services }: RuntimeParts): ChainRuntime => {
  const provide = <A>(effect: Effect.Effect<A, any, any>): Effect.Effect<A, any, any> =>
    services === undefined ? effect : Effect.flatMap(services, (context) => Effect.provideContext(effect, context))
  const provideStream = (stream: Stream.Stream<any, any, any>): Stream.Stream<any, any, any> =>
    services === undefined
      ? stream
      : Stream.unwrap(Effect.map(services, (context) => Stream.provideContext(stream, context)))
  return {
    plugins,
    promises,
    secrets: new Set(Object.keys(predictor.secrets)),
    execute: (state, options) =>
      provide(
        Effect.suspend(() => {
          const wrong = refused(options)
          if (wrong) return Effect.fail(wrong)
          const program = programOf(predictor, state)
          return program.type === "one"
            ? runOne(predictor, program, options.timeoutMs)
            : Stream.runCollect(streamMany(predictor, program, options))
        })
      ),
    stream: (state, options) =>
      provideStream(
        Stream.suspend(() => {
          const wrong = refused(options)
          if (wrong) return Stream.fail(wrong)
          const program = programOf(predictor, state)
          return program.type === "one"
            ? Stream.fromEffect(runOne(predictor, program, options.timeoutMs))
            : streamMany(predictor, program, options)
        })
      ),
    generate: (state, model) => provideStream(generatePieces(predictor, state, model)),
    plan: (state) => provide(planOf(predictor, state))
  }
}
