/** The run loop: executes, streams and plans chains over the wire of one app. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TimedOut } from "../errors.ts"
import { before, Deadline, never, ranOut, type RunDeadline, startingNow } from "../transport/deadline.ts"
import { isWorkflow } from "../models/workflow.ts"
import { planDivision } from "../transport/divide.ts"
import type { Limits } from "../transport/limits.ts"
import { bodySize, type Entry, predictGroup, type Settlement } from "../transport/predict.ts"
import type { RunOptions } from "./edge.ts"
import { generatePieces } from "./generation.ts"
import { type ManyProgram, type OneProgram, plannedProgramOf, programOf } from "./elements.ts"
import { type Cutting, type Group, groupsOf, type Member } from "./groups.ts"
import type { Ask } from "../transport/ask.ts"
import { untilDeadline } from "./linger.ts"
import type { Plan, PlannedCall } from "./plan.ts"
import { aim, joinNamed, locate, type Predictor, toSettled, type Wanted } from "./predict.ts"
import type { Runtime } from "./runtime.ts"
import { settling } from "./settling.ts"
import { placesOf, runSteps, type Scene, settleOutcome, toOutcome } from "./steps.ts"
import { describeSteps, modelName, type State, type Step } from "./state.ts"

type AnyEffect = Effect.Effect<any, any, any>

/** Calls in flight when the caller does not say. */
export const defaultConcurrency = 8

interface StreamSettings extends RunOptions {
  readonly concurrency?: number
  readonly ordered?: boolean
}

/** The first prediction of a series and the steps around it; undefined where each input must be run by itself. */
interface Bulk {
  readonly before: ReadonlyArray<Step>
  readonly wanted: Readonly<Record<string, Wanted>>
  /** True for `all`, whose answer has the names; false for `predict`. */
  readonly named: boolean
  readonly after: ReadonlyArray<Step>
  readonly keepMedium: boolean
  /** The prediction's own step and what was asked before all steps, to take one input through it again. */
  readonly predict: Step
  readonly ask: Ask
  /** True when an input may have to be asked about again, by itself. */
  readonly repeats: boolean
  /** True when inputs have deadlines of their own, which run while their group is on its way. */
  readonly hasDeadlines: boolean
}

const single = "answer"

/**
 * The bulk of a series. Answers from memory concern an input by itself, so it cannot wait for a group; a plan, which
 * knows of no memory, looks at it as if there were none.
 */
const bulkOf = (
  { ask, steps }: ManyProgram,
  { planning }: { readonly planning: boolean } = { planning: false }
): Bulk | undefined => {
  const at = steps.findIndex((step) => step.type === "predict" || step.type === "all")
  const step = steps[at]
  const place = placesOf(steps, ask)[at]
  if (step === undefined || place === undefined || place.depth > 0) return undefined
  if (!planning && steps.some((other) => other.type === "cached")) return undefined
  if (steps.slice(0, at).some((other) => other.type === "orElse")) return undefined
  const models = step.type === "predict" ? { [single]: step.model } : step.type === "all" ? step.models : {}
  const after = steps.slice(at + 1)
  const spreadAt = after.findIndex((other) => other.type === "stage" && other.stage.open !== undefined)
  const own = spreadAt === -1 ? after : after.slice(0, spreadAt)
  return {
    before: steps.slice(0, at),
    predict: step,
    ask,
    wanted: Object.fromEntries(Object.entries(models).map(([name, model]) => [name, { model, ask: place.ask }])),
    named: step.type === "all",
    after,
    keepMedium: place.keepMedium,
    repeats: own.some((other) => other.type === "retry"),
    hasDeadlines: own.some((other) => other.type === "timeout")
  }
}

const readyOf = (group: Group) =>
  group.members.flatMap((member) => (Exit.isSuccess(member.ready) ? [{ member, ready: member.ready.value }] : []))

type Ends = ReadonlyArray<Exit.Exit<unknown, unknown>>

/** Sends those of a group that are ready to one model and gives the end of each of them, in order. */
const askModel = (
  predictor: Predictor,
  wanted: Wanted,
  keepMedium: boolean,
  kind: Group["kind"],
  sent: ReturnType<typeof readyOf>
): Effect.Effect<Ends> =>
  aim(predictor, wanted, kind).pipe(
    Effect.flatMap((target) =>
      predictGroup(
        predictor.wire,
        target,
        sent.map(({ ready }) => ready.entry)
      )
    ),
    Effect.map((settlements: ReadonlyArray<Settlement>) =>
      sent.map(({ member, ready }, i) => {
        const { context, trace } = member.scene
        const settlement = settlements[i]
        if (settlement === undefined) return Exit.void // there is one for each entry
        const settled = toSettled(wanted.model, ready.media, settlement, context, keepMedium)
        trace.attempts += settled.attempts
        trace.requestId = settled.requestId ?? trace.requestId
        return settled.exit
      })
    ),
    Effect.catch((error) => Effect.succeed(sent.map(({ member }) => Exit.fail(locate(error, member.scene.context)))))
  )

/** Sends a group to each wanted model and gives each member's end, in order. */
const answerGroup = (predictor: Predictor, bulk: Bulk, group: Group): Effect.Effect<Ends> => {
  const sent = readyOf(group)
  const inOrder = (ends: Ends): Ends => {
    if (sent.length === group.members.length) return ends
    let next = 0
    return group.members.map(({ ready }) => (Exit.isFailure(ready) ? ready : (ends[next++] ?? Exit.void)))
  }
  if (sent.length === 0) return Effect.succeed(inOrder([]))
  const ask = (wanted: Wanted) => askModel(predictor, wanted, bulk.keepMedium, group.kind, sent)
  const names = Object.keys(bulk.wanted)
  const only = bulk.named ? undefined : bulk.wanted[single]
  return only === undefined
    ? Effect.map(Effect.forEach(Object.values(bulk.wanted), ask, { concurrency: "unbounded" }), (ends) =>
        inOrder(
          sent.map(({ member }, at) =>
            joinNamed(
              names,
              ends.map((end) => end[at] ?? Exit.void),
              member.scene.context
            )
          )
        )
      )
    : Effect.map(ask(only), inOrder)
}

/** What the group gave for a member; taken up again, that member is asked about anew and by itself. */
const startOf = (bulk: Bulk, { element, scene }: Member, answered: AnyEffect): AnyEffect => {
  if (!bulk.repeats) return answered
  let isFirst = true
  return Effect.suspend(() => {
    if (!isFirst) return runSteps(scene, [...bulk.before, bulk.predict], element.exit, bulk.ask, bulk.keepMedium)
    isFirst = false
    return answered
  })
}

/** Settles a group's members: their answers, then the steps after the prediction. What the deadline cuts off is told. */
const settleGroup = (predictor: Predictor, bulk: Bulk, deadline: RunDeadline, group: Group): AnyEffect => {
  const answers = Effect.provideService(answerGroup(predictor, bulk, group), Deadline, deadline)
  const settle = (member: Member, answered: AnyEffect) =>
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
const settleBefore = (scene: Scene, deadline: RunDeadline, effect: AnyEffect): AnyEffect =>
  settleOutcome(
    scene,
    before(deadline, effect, () => Effect.fail(locate(ranOut(deadline), scene.context)))
  )

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
  const bulk = bulkOf(program)
  const { limits } = predictor.wire.connection
  const elements = untilDeadline(program.elements, deadline, program.finite)
  if (bulk === undefined)
    return Stream.mapEffect(
      elements,
      (element) => {
        const scene: Scene = {
          predictor,
          context: { index: element.index, key: element.key },
          trace: { attempts: 0, requestId: undefined }
        }
        return settleBefore(scene, deadline, runSteps(scene, program.steps, element.exit, program.ask))
      },
      { concurrency: concurrency * limits.inputsPerCall.image, unordered }
    )
  const groups = groupsOf(elements, cuttingOf(predictor, program, bulk, deadline))
  return settling(groups, (group) => settleGroup(predictor, bulk, deadline, group), { concurrency, unordered })
}

/** A workflow takes fewer inputs in one call than a model. */
const limitsOf = (limits: Limits, { wanted }: Bulk): Limits => {
  if (!Object.values(wanted).some(({ model }) => isWorkflow(model))) return limits
  const { audio, image, text, video } = limits.inputsPerCall
  const most = (items: number) => Math.min(items, limits.inputsPerWorkflow)
  return {
    ...limits,
    inputsPerCall: { audio: most(audio), image: most(image), text: most(text), video: most(video) }
  }
}

/** A source that can be read again is never idle: how it is cut depends on its inputs alone, so that a plan can tell. */
const cuttingOf = (predictor: Predictor, program: ManyProgram, bulk: Bulk, deadline: RunDeadline): Cutting => {
  const limits = limitsOf(predictor.wire.connection.limits, bulk)
  const idleMs = program.replayable ? undefined : limits.idleMs
  return { predictor, limits, steps: bulk.before, ask: program.ask, deadline, idleMs }
}

const runOne = (predictor: Predictor, { start, steps }: OneProgram): AnyEffect => {
  const scene: Scene = {
    predictor,
    context: { index: 0, key: undefined },
    trace: { attempts: 0, requestId: undefined }
  }
  return runSteps(scene, steps, start)
}

const within = (effect: AnyEffect, timeoutMs: number | undefined): AnyEffect =>
  timeoutMs === undefined
    ? effect
    : Effect.timeoutOrElse(effect, {
        duration: timeoutMs,
        orElse: () => Effect.fail(new TimedOut({ what: "run", timeoutMs }))
      })

const planMany = (
  predictor: Predictor,
  state: State,
  program: ManyProgram,
  options: StreamSettings
): Effect.Effect<Plan, any, any> =>
  Effect.gen(function* () {
    const bulk = bulkOf(program, { planning: true })
    const { connection } = predictor.wire
    const steps = describeSteps(state).split(" → ")
    const empty = { steps, calls: [], items: 0, bytes: 0, seconds: 0, unreadable: [] }
    if (!program.replayable)
      return { ...empty, notes: ["the inputs come from a source that can be read only once, so it was not read"] }
    if (bulk === undefined)
      return { ...empty, notes: ["each input runs by itself here; calls are shared as they happen to coincide"] }
    const calls: Array<PlannedCall> = []
    const unreadable: Array<{ readonly index: number; readonly problem: string }> = []
    const notes = new Set<string>()
    if (program.steps.some((step) => step.type === "cached"))
      notes.add("answers that are in memory are not asked for again; calls may then be fewer, and cut otherwise")
    let items = 0
    yield* Stream.runForEach(groupsOf(program.elements, cuttingOf(predictor, program, bulk, never)), (group) =>
      Effect.gen(function* () {
        for (const { element, ready } of group.members) {
          const reason = Exit.isFailure(ready) ? ready.cause.reasons.find((each) => each._tag === "Fail") : undefined
          if (reason?._tag === "Fail") unreadable.push({ index: element.index, problem: messageOf(reason.error) })
        }
        const sent = readyOf(group)
        if (sent.length === 0) return
        items += sent.length
        for (const { ready } of sent) for (const note of ready.media.facts.notes ?? []) notes.add(note)
        for (const wanted of Object.values(bulk.wanted)) {
          const target = yield* aim(predictor, wanted, group.kind)
          const entries = sent.map(({ ready }) => ready.entry)
          const tell = (to: typeof target, inside: ReadonlyArray<Entry>): PlannedCall => ({
            model: modelName(wanted.model),
            items: inside.length,
            bytes: bodySize(to, inside)
          })
          const division = entries[0]?.division
          const whole = division === undefined
          const told = whole
            ? [[tell(target, entries)] as const]
            : yield* planDivision(division, target, connection, tell)
          for (const [call, note] of told) {
            calls.push(call)
            if (note !== undefined) notes.add(note)
          }
        }
      })
    )
    if (bulk.after.some((step) => step.type === "predict" || step.type === "all"))
      notes.add("calls after the first prediction depend on its answers and are not counted")
    void options
    return {
      steps,
      calls,
      items,
      bytes: calls.reduce((sum, call) => sum + call.bytes, 0),
      seconds: secondsFor(calls.length, connection.rate.perSecond),
      unreadable,
      notes: [...notes]
    }
  })

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** One second's calls go at once, and as many a second later. */
const secondsFor = (calls: number, perSecond: number): number => {
  if (!Number.isFinite(perSecond) || calls === 0) return 0
  const burst = Math.max(1, Math.floor(perSecond))
  return Math.floor((calls - 1) / burst) * (burst / perSecond)
}

/** What a runtime is made of. */
export interface RuntimeParts {
  readonly plugins: Readonly<Record<string, number>>
  readonly predictor: Predictor
  /** The services of the app's plugins, built when first needed. */
  readonly services: Effect.Effect<Context.Context<never>, unknown> | undefined
}

/** The runtime of one app. */
export const makeRuntime = ({ plugins, predictor, services }: RuntimeParts): Runtime => {
  const provide = <A>(effect: Effect.Effect<A, any, any>): Effect.Effect<A, any, any> =>
    services === undefined ? effect : Effect.flatMap(services, (context) => Effect.provideContext(effect, context))
  const provideStream = (stream: Stream.Stream<any, any, any>): Stream.Stream<any, any, any> =>
    services === undefined
      ? stream
      : Stream.unwrap(Effect.map(services, (context) => Stream.provideContext(stream, context)))
  return {
    plugins,
    secrets: new Set(Object.keys(predictor.secrets)),
    execute: (state, options) =>
      provide(
        Effect.suspend(() => {
          const program = programOf(predictor, state)
          return program.type === "one"
            ? within(runOne(predictor, program), options.timeoutMs)
            : Stream.runCollect(streamMany(predictor, program, options))
        })
      ),
    stream: (state, options) =>
      provideStream(
        Stream.suspend(() => {
          const program = programOf(predictor, state)
          return program.type === "one"
            ? Stream.fromEffect(within(runOne(predictor, program), options.timeoutMs))
            : streamMany(predictor, program, options)
        })
      ),
    generate: (state, model) => provideStream(generatePieces(predictor, state, model)),
    plan: (state, options): Effect.Effect<Plan, any, any> =>
      provide(
        Effect.suspend(() => {
          const program = plannedProgramOf(predictor, state)
          if (program.type === "many") return planMany(predictor, state, program, options)
          const asMany: ManyProgram = {
            type: "many",
            elements: Stream.map(Stream.fromEffect(program.start), (value) => ({
              index: 0,
              key: undefined,
              exit: Exit.succeed(value)
            })),
            steps: program.steps,
            ask: {},
            replayable: true,
            finite: true
          }
          return planMany(predictor, state, asMany, options)
        })
      )
  }
}
