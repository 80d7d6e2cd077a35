/** Interrupts a training at one moment as a kill does: nothing after that moment takes effect. */
import { isDeepStrictEqual } from "node:util"
import { sightline } from "@sightline/core"
import { type FakeCall, fakeConnection } from "@sightline/core/testing"
import { Effect } from "effect"
import { assert } from "vitest"
import { type Journal, type JournalEntry, memoryJournal, type TrainedModel, training } from "../../../src/index.ts"
import { drawExamples } from "../../support/images.ts"
import { type Behaviour, makeFakeService, type Service } from "../../support/fake-service.ts"

const pets = ["cat", "dog"] as const

/** What outlives a process: the service and the journal. */
export interface World {
  readonly service: Service
  readonly journal: Journal
}

/** The call that a process runs. */
export type Call = (app: ReturnType<typeof appOver>) => ReturnType<ReturnType<typeof appOver>["train"]>

const appOver = (answer: (call: FakeCall) => unknown, journal: Journal) =>
  sightline(fakeConnection(answer, { limits: { inputsPerAdd: 4 } })).use(training({ journal }))

const killed = new Error("killed")

/** How a process ended: at the named moment, or with a model. */
type Ending = { readonly killed: string } | { readonly killed: undefined; readonly model: TrainedModel }

/** Runs a training until its nth moment, counted from 0. Resolves with all moments that it has reached. */
const runUntil = async ({ journal, service }: World, call: Call, at: number) => {
  const moments: Array<string> = []
  const stop = new AbortController()
  /** True if the process survives this moment. */
  const passes = (moment: string): boolean => {
    if (stop.signal.aborted) return false
    moments.push(moment)
    if (moments.length <= at) return true
    stop.abort(killed)
    return false
  }
  const never = new Promise<never>(() => {})
  const app = appOver(
    async (asked) => {
      const name = `${asked.method} ${asked.path.split("?")[0]?.replace("/v2/", "")}`
      if (!passes(`before ${name}`)) return never
      const answer = await service.answer(asked)
      return passes(`after ${name}`) ? answer : never
    },
    {
      ...journal,
      append: (id, entry) =>
        Effect.suspend(() => (stop.signal.aborted ? Effect.never : journal.append(id, entry))).pipe(
          Effect.andThen(Effect.suspend(() => (passes(`after recording ${entry._tag}`) ? Effect.void : Effect.never)))
        )
    }
  )
  const ending: Ending = await call(app)
    .run({ signal: stop.signal })
    .then(
      (model) => ({ killed: undefined, model }),
      (cause: unknown) => {
        if (cause !== killed) throw cause
        return { killed: moments.at(-1) ?? "" }
      }
    )
  return { ending, moments }
}

/** The outcome of a training. */
const readOutcome = ({ service }: World, entries: ReadonlyArray<JournalEntry>, model: TrainedModel) => ({
  inputs: [...service.inputs.values()].map(({ id, labels }) => [id, ...labels]),
  versions: service.models.get("pets")?.versions.map(({ description, id }) => [id, description]),
  asked: service.calls.filter((call) => call === "POST models/pets/versions").length,
  judged: entries.filter(({ _tag }) => _tag === "judged").length,
  model: { ...model, tally: undefined }
})

/** A kind of training that is interrupted. */
export interface Case {
  readonly name: string
  readonly behaviour: Partial<Behaviour>
  /** Calls that are run to their end before. */
  readonly before: ReadonlyArray<Call>
  readonly call: Call
}

const plain: Call = (app) =>
  app
    .train("pets")
    .concepts(...pets)
    .examples(drawExamples(pets, 5))
    .holdout(0.4)

/** A service whose versions with these numbers are right for all tests, and the others for none. */
const rightVersions = (...nths: ReadonlyArray<number>): Partial<Behaviour> => ({
  states: [21103, 21100],
  waiting: 0,
  score: (shown, concept, nth) => ((shown === concept) === nths.includes(nth) ? 0.9 : 0.1)
})

export const cases: ReadonlyArray<Case> = [
  { name: "the first training of a model", behaviour: rightVersions(1), before: [], call: plain },
  {
    name: "a training whose version is better",
    behaviour: rightVersions(2),
    before: [plain],
    call: (app) =>
      plain(app)
        .seed(2)
        .promoteWhen((next, now) => next.accuracy > (now?.accuracy ?? 0))
  },
  {
    name: "a training whose version is rejected",
    behaviour: rightVersions(1),
    before: [plain],
    call: (app) =>
      plain(app)
        .seed(2)
        .promoteWhen((next, now) => next.accuracy > (now?.accuracy ?? 0))
  },
  {
    name: "a training that corrects labels and adds a concept",
    behaviour: rightVersions(2),
    before: [
      (app) =>
        app
          .train("pets")
          .concepts("cat")
          .examples(
            drawExamples(["cat"], 4).concat(drawExamples(["dog"], 4).map((dog) => ({ ...dog, concepts: ["cat"] })))
          )
    ],
    call: plain
  },
  {
    name: "a training that was finished before another",
    behaviour: rightVersions(1, 2),
    before: [plain, (app) => plain(app).seed(2)],
    call: plain
  },
  {
    name: "a training from the inputs of the app",
    behaviour: rightVersions(1, 2),
    before: [plain],
    call: (app) =>
      app
        .train("pets")
        .concepts(...pets)
        .seed(2)
  }
]

const begin = async ({ before, behaviour }: Case): Promise<World> => {
  const world = { service: makeFakeService(behaviour), journal: memoryJournal() }
  for (const call of before) await runUntil(world, call, Infinity)
  return world
}

const finish = async (world: World, call: Call) => {
  const { ending, moments } = await runUntil(world, call, Infinity)
  assert(ending.killed === undefined)
  return { outcome: readOutcome(world, await Effect.runPromise(world.journal.read("pets")), ending.model), moments }
}

/** Interrupts a case at these moments, one process after the other, then runs it to its end. */
const killedAt = async (one: Case, ats: ReadonlyArray<number>) => {
  const world = await begin(one)
  const kills: Array<string> = []
  for (const at of ats) {
    const { ending } = await runUntil(world, one.call, at)
    // A process may have fewer moments than that.
    if (ending.killed !== undefined) kills.push(ending.killed)
  }
  return { kills, outcome: (await finish(world, one.call)).outcome }
}

/** How many cases run at once, each with a separate service. */
const atOnce = 40

/**
 * Interrupts a case at each of these lists of moments. Resolves with those after which the outcome is different from that
 * of the undisturbed case.
 */
export const findDifferences = async (
  one: Case,
  choose: (moments: ReadonlyArray<number>) => ReadonlyArray<ReadonlyArray<number>>
) => {
  const expected = await finish(await begin(one), one.call)
  const all = choose([...expected.moments.keys()])
  const killed: Array<string> = []
  const different: Array<unknown> = []
  for (let from = 0; from < all.length; from += atOnce) {
    const ends = await Promise.all(all.slice(from, from + atOnce).map((ats) => killedAt(one, ats)))
    for (const { outcome, kills } of ends) {
      killed.push(...kills)
      if (!isDeepStrictEqual(outcome, expected.outcome)) different.push({ kills, outcome })
    }
  }
  return { killed, different }
}
