/** Makes the plan of a chain: opens and cuts its inputs as a run does, and counts instead of sending. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { Settings } from "../connection/connection.ts"
import { never } from "../call/deadline.ts"
import { planDivision } from "../predict/split-media.ts"
import { bodySize, type CallInput } from "../predict/batch.ts"
import { findBatchable, batchSettings, readyOf } from "./batchable.ts"
import { type ManyProgram, plannedProgramOf } from "./program.ts"
import { toBatches } from "./batches.ts"
import type { Plan, PlannedCall } from "../chain/plan-type.ts"
import { resolveEndpoint, type Predictor } from "../predict/prepare.ts"
import { describeSteps, type State } from "../chain/chain-state.ts"
import { modelName } from "../models/model-ref.ts"

/** What a chain would do, without any network. */
export const planOf = (predictor: Predictor, state: State): Effect.Effect<Plan, any, any> =>
  Effect.suspend(() => {
    const program = plannedProgramOf(predictor, state)
    if (program.type === "many") return planMany(predictor, state, program)
    const asMany: ManyProgram = {
      type: "many",
      elements: Stream.map(Stream.fromEffect(program.start), (value) => ({
        index: 0,
        key: undefined,
        exit: Exit.succeed(value)
      })),
      steps: program.steps,
      options: {},
      replayable: true,
      finite: true
    }
    return planMany(predictor, state, asMany)
  })

const planMany = (predictor: Predictor, state: State, program: ManyProgram): Effect.Effect<Plan, any, any> =>
  Effect.gen(function* () {
    const bulk = findBatchable(program, { planning: true })
    const { connection } = predictor.wire
    const steps = describeSteps(state).split(" → ")
    const empty = { steps, calls: [], items: 0, bytes: 0, seconds: 0, unreadable: [] }
    if (!program.replayable)
      return { ...empty, notes: ["the inputs come from a source that can be read only once, so it was not read"] }
    if (bulk === undefined)
      return { ...empty, notes: ["each input runs by itself here; calls are shared as they happen to coincide"] }
    // whose app a call goes to is in its path and not in what is counted
    const unsettled = { ...predictor, wire: { ...predictor.wire, settings: Effect.succeed(anybody) } }
    const calls: Array<PlannedCall> = []
    const unreadable: Array<{ readonly index: number; readonly problem: string }> = []
    const notes = new Set<string>()
    if (program.steps.some((step) => step.type === "cached"))
      notes.add("answers that are in memory are not asked for again; calls may then be fewer, and cut otherwise")
    let items = 0
    yield* Stream.runForEach(toBatches(program.elements, batchSettings(predictor, program, bulk, never)), (group) =>
      Effect.gen(function* () {
        for (const { element, ready } of group.members) {
          const reason = Exit.isFailure(ready) ? ready.cause.reasons.find((each) => each._tag === "Fail") : undefined
          if (reason?._tag === "Fail") unreadable.push({ index: element.index, problem: messageOf(reason.error) })
        }
        const sent = readyOf(group)
        if (sent.length === 0) return
        items += sent.length
        for (const { ready } of sent) for (const note of ready.media.facts.notes ?? []) notes.add(note)
        for (const request of Object.values(bulk.requests)) {
          const endpoint = yield* resolveEndpoint(predictor, request, group.kind).pipe(
            Effect.catchTag("NotConfigured", ({ problem, setting }) => {
              notes.add(`nothing can be sent yet: ${setting}: ${problem}`)
              return resolveEndpoint(unsettled, request, group.kind)
            })
          )
          const entries = sent.map(({ ready }) => ready.entry)
          const tell = (to: typeof endpoint, inside: ReadonlyArray<CallInput>): PlannedCall => ({
            model: modelName(request.model),
            items: inside.length,
            bytes: bodySize(to, inside)
          })
          const division = entries[0]?.division
          const whole = division === undefined
          const told = whole
            ? [[tell(endpoint, entries)] as const]
            : yield* planDivision(division, endpoint, connection, tell)
          for (const [call, note] of told) {
            calls.push(call)
            if (note !== undefined) notes.add(note)
          }
        }
      })
    )
    if (bulk.after.some((step) => step.type === "predict" || step.type === "all"))
      notes.add("calls after the first prediction depend on its answers and are not counted")
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

const anybody: Settings = {
  baseUrl: "",
  authorization: undefined,
  sessionToken: undefined,
  userId: undefined,
  appId: undefined,
  keyIsAppBound: true
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** One second's calls go at once, and as many a second later. */
const secondsFor = (calls: number, perSecond: number): number => {
  if (!Number.isFinite(perSecond) || calls === 0) return 0
  const burst = Math.max(1, Math.floor(perSecond))
  return Math.floor((calls - 1) / burst) * (burst / perSecond)
}
