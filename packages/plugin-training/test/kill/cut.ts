/** Cuts a training off at one moment, as a kill does: of what would come after it, nothing happens. */
import { isDeepStrictEqual } from "node:util"
import { sightline } from "@sightline/core"
import { type FakeCall, fakeConnection } from "@sightline/core/testing"
import { Effect } from "effect"
import { assert } from "vitest"
import { type Journal, type JournalEntry, memoryJournal, type TrainedModel, training } from "../../src/index.ts"
import { drawn } from "../pictures.ts"
import { type Behaviour, makeService, type Service } from "../service.ts"

const pets = ["cat", "dog"] as const

/** What outlives a process: the service and the journal. */
export interface World {
  readonly service: Service
  readonly journal: Journal
}

/** A training, as a process runs it. */
export type Call = (app: ReturnType<typeof appOver>) => ReturnType<ReturnType<typeof appOver>["train"]>

const appOver = (answer: (call: FakeCall) => unknown, journal: Journal) =>
  sightline(fakeConnection(answer, { limits: { inputsPerAdd: 4 } })).use(training({ journal }))

const killed = new Error("killed")

/** How a process ended: at the moment's name, or with its answer. */
type Lived = { readonly killed: string } | { readonly killed: undefined; readonly model: TrainedModel }

/** Runs a training in a process of its own that dies at its nth moment, counted from 0; gives all moments it passed. */
const live = async ({ journal, service }: World, call: Call, at: number) => {
  const moments: Array<string> = []
  const stop = new AbortController()
  /** Whether the process lives on after this moment. */
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
          Effect.andThen(Effect.suspend(() => (passes(`after noting ${entry._tag}`) ? Effect.void : Effect.never)))
        )
    }
  )
  const lived: Lived = await call(app)
    .run({ signal: stop.signal })
    .then(
      (model) => ({ killed: undefined, model }),
      (cause: unknown) => {
        if (cause !== killed) throw cause
        return { killed: moments.at(-1) ?? "" }
      }
    )
  return { lived, moments }
}

/** What a training has come to, for everybody who can see it. */
const look = ({ service }: World, entries: ReadonlyArray<JournalEntry>, model: TrainedModel) => ({
  inputs: [...service.inputs.values()].map(({ id, labels }) => [id, ...labels]),
  versions: service.models.get("pets")?.versions.map(({ description, id }) => [id, description]),
  asked: service.calls.filter((call) => call === "POST models/pets/versions").length,
  judged: entries.filter(({ _tag }) => _tag === "judged").length,
  model: { ...model, tally: undefined }
})

/** How the trainings of a {@link Case} differ. */
export interface Case {
  readonly name: string
  readonly behaviour: Partial<Behaviour>
  /** Trained to its end before. */
  readonly before: ReadonlyArray<Call>
  readonly call: Call
}

const plain: Call = (app) =>
  app
    .train("pets")
    .concepts(...pets)
    .examples(drawn(pets, 5))
    .holdout(0.4)

/** Its nth version is right for all tests, or for none. */
const right = (...nths: ReadonlyArray<number>): Partial<Behaviour> => ({
  states: [21103, 21100],
  waiting: 0,
  score: (shown, concept, nth) => ((shown === concept) === nths.includes(nth) ? 0.9 : 0.1)
})

export const cases: ReadonlyArray<Case> = [
  { name: "the first training of a model", behaviour: right(1), before: [], call: plain },
  {
    name: "a training whose version is better",
    behaviour: right(2),
    before: [plain],
    call: (app) =>
      plain(app)
        .seed(2)
        .promoteWhen((next, now) => next.accuracy > (now?.accuracy ?? 0))
  },
  {
    name: "a training whose version is dropped",
    behaviour: right(1),
    before: [plain],
    call: (app) =>
      plain(app)
        .seed(2)
        .promoteWhen((next, now) => next.accuracy > (now?.accuracy ?? 0))
  },
  {
    name: "a training that puts labels right and adds a concept",
    behaviour: right(2),
    before: [
      (app) =>
        app
          .train("pets")
          .concepts("cat")
          .examples(drawn(["cat"], 4).concat(drawn(["dog"], 4).map((dog) => ({ ...dog, concepts: ["cat"] }))))
    ],
    call: plain
  },
  {
    name: "a training that was done before another",
    behaviour: right(1, 2),
    before: [plain, (app) => plain(app).seed(2)],
    call: plain
  },
  {
    name: "a training from what the app holds",
    behaviour: right(1, 2),
    before: [plain],
    call: (app) =>
      app
        .train("pets")
        .concepts(...pets)
        .seed(2)
  }
]

const begin = async ({ before, behaviour }: Case): Promise<World> => {
  const world = { service: makeService(behaviour), journal: memoryJournal() }
  for (const call of before) await live(world, call, Infinity)
  return world
}

const finish = async (world: World, call: Call) => {
  const { lived, moments } = await live(world, call, Infinity)
  assert(lived.killed === undefined)
  return { come: look(world, await Effect.runPromise(world.journal.read("pets")), lived.model), moments }
}

/** Kills a case at these moments, one process after the other, then runs it to its end. */
const killedAt = async (one: Case, ats: ReadonlyArray<number>) => {
  const world = await begin(one)
  const kills: Array<string> = []
  for (const at of ats) {
    const { lived } = await live(world, one.call, at)
    // the last process may have had fewer moments than that
    if (lived.killed !== undefined) kills.push(lived.killed)
  }
  return { kills, come: (await finish(world, one.call)).come }
}

/** How many are killed at once; each has a world of its own. */
const atOnce = 40

/**
 * Kills a case at each of these lists of moments, and gives the kills after which it came to something else than
 * undisturbed, with what that was.
 */
export const differing = async (
  one: Case,
  choose: (moments: ReadonlyArray<number>) => ReadonlyArray<ReadonlyArray<number>>
) => {
  const expected = await finish(await begin(one), one.call)
  const all = choose([...expected.moments.keys()])
  const killed: Array<string> = []
  const different: Array<unknown> = []
  for (let from = 0; from < all.length; from += atOnce) {
    const ends = await Promise.all(all.slice(from, from + atOnce).map((ats) => killedAt(one, ats)))
    for (const { come, kills } of ends) {
      killed.push(...kills)
      if (!isDeepStrictEqual(come, expected.come)) different.push({ kills, come })
    }
  }
  return { killed, different }
}
