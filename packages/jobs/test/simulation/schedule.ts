// One schedule: workers that are killed and paused at random over a ledger that fails, from one seed.
import { models, sightline } from "@sightline/core"
import { fakeConnection } from "@sightline/core/testing"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import { LedgerUnavailable } from "../../src/errors.ts"
import type { JobRecord, JobSettings, Ledger, SettledRow } from "../../src/ledger/ledger.ts"
import { decodeOutcome } from "../../src/ledger/outcome-json.ts"
import { openSqlite } from "../../src/ledger/sqlite-database.ts"
import { sqlLedger } from "../../src/ledger/sql-ledger.ts"
import { workerProgram } from "../../src/worker/worker.ts"
import { World } from "./world.ts"

/** A bug that a test of the simulation adds to the ledger. */
export type Plant = (ledger: Ledger) => Ledger

/** How a schedule ended. */
export interface ScheduleResult {
  /** What did not hold; undefined where all did. */
  readonly violation: string | undefined
  readonly trace: ReadonlyArray<string>
}

const inputsPerUnit = 2
const leaseMs = 1000
const job = "job"

/** A worker's own view: what it does takes time, may fail, and ends or stands still with it. */
interface Host {
  isDead: boolean
  pausedUntilMs: number
}

const settings: JobSettings = { onMaybePaid: "report", budget: {}, sentAtStart: false }

/** The ledger as a worker reaches it: over a network that is slow, and loses requests and answers. */
const reached = (world: World, ledger: Ledger, host: Host, failures: number): Ledger => {
  const wait = Effect.suspend(() => {
    const ms = world.random() * 20 + Math.max(0, host.pausedUntilMs - world.nowMs)
    return Effect.flatMap(Effect.sleep(ms), () => (host.isDead ? Effect.never : Effect.void))
  })
  const lost = Effect.suspend(() =>
    world.random() < failures
      ? Effect.fail(new LedgerUnavailable({ ledger: "simulated", problem: "the network lost it" }))
      : Effect.void
  )
  const over = <A>(name: string, operation: Effect.Effect<A, LedgerUnavailable>) =>
    Effect.gen(function* () {
      yield* wait
      yield* lost
      const answer = yield* operation
      world.trace.push(`${world.nowMs.toFixed(3)} ${name}`)
      yield* lost
      yield* wait
      if (name === "send") world.awaitPromises() // the call that follows is made by promises
      return answer
    })
  return Object.fromEntries(
    Object.entries(ledger).map(([name, member]: readonly [string, unknown]) => {
      if (typeof member === "function")
        return [
          name,
          (...args: ReadonlyArray<unknown>) =>
            over(
              name,
              Effect.suspend(() =>
                (member as (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown, LedgerUnavailable>)(...args)
              )
            )
        ]
      return [name, Effect.isEffect(member) ? over(name, member as Effect.Effect<unknown, LedgerUnavailable>) : member]
    })
  ) as unknown as Ledger // the same operations
}

interface Sent {
  readonly inputs: ReadonlyArray<{ readonly data: { readonly image: { readonly url: string } } }>
}

/** Runs the schedule of a seed. */
export const runSchedule = async (seed: number, plant: Plant = (ledger) => ledger): Promise<ScheduleResult> => {
  const world = new World(seed)
  const { random } = world
  const count = 2 + Math.floor(random() * 10)
  const urls = Array.from({ length: count }, (_, i) => `https://example.com/${i}.jpg`)
  const sent = new Map<string, number>()
  const failures = random() < 0.5 ? 0 : 0.05
  const database = openSqlite({ file: undefined })
  try {
    const ledger = plant(Effect.runSync(sqlLedger(database)))
    const units = Array.from({ length: Math.ceil(count / inputsPerUnit) }, (_, unit) => {
      const part = urls.slice(unit * inputsPerUnit, (unit + 1) * inputsPerUnit)
      return { first: unit * inputsPerUnit, size: part.length, refs: JSON.stringify(part) }
    })

    /** The connection of a worker: requests and answers take time, and an answer needs a worker that lives. */
    const connect = (host: Host) => {
      const { calls: _, ...connection } = fakeConnection(() => ({}))
      return {
        ...connection,
        fetch: async (input: string | URL | Request, init?: RequestInit) => {
          const body = await new Response(input instanceof Request ? input.body : (init?.body ?? null)).json()
          const { inputs } = body as Sent
          const isDelivered = !host.isDead
          await world.pause(random() * 30)
          if (isDelivered) for (const { data } of inputs) sent.set(data.image.url, (sent.get(data.image.url) ?? 0) + 1)
          world.trace.push(`${world.nowMs.toFixed(3)} call ${inputs.map(({ data }) => data.image.url).join(" ")}`)
          const paused = Math.max(0, host.pausedUntilMs - world.nowMs)
          await world.pause(random() * 60 + paused)
          if (host.isDead) return await new Promise<never>(() => {})
          const status = { code: 10000, description: "Ok" }
          const outputs = inputs.map((each) => ({
            status,
            input: each,
            data: { concepts: [{ id: "c", name: each.data.image.url, value: 0.5 }] }
          }))
          return Response.json({ status, outputs })
        }
      }
    }

    let workers = 0
    let isDone = false
    /** A worker ends when it finds nothing to do, which may be because the job is cancelled for a time. */
    const noteEnd = (exit: Exit.Exit<JobRecord | undefined, unknown>) => {
      if (exit._tag === "Success" && exit.value?.state === "done") isDone = true
    }
    const problems: Array<string> = []
    const start = (): Host => {
      const host: Host = { isDead: false, pausedUntilMs: 0 }
      const number = workers++
      let ids = 0
      const connection = connect(host)
      const program = workerProgram({
        ledger: reached(world, ledger, host, failures),
        app: sightline(connection),
        concurrency: 2,
        leaseMs,
        pollMs: 200,
        untilIdle: true,
        newId: () => `worker ${number}.${ids++}`,
        isStopping: () => false,
        onProblem: (_, error) => problems.push(String(error))
      })
      world.fork(program, (exit) => {
        if (host.isDead) return
        if (exit._tag === "Success") world.fork(ledger.get(job), noteEnd)
        // a worker that cannot join ends: its machine starts another one
        else if (String(exit.cause).includes("LedgerUnavailable")) start()
        else problems.push(String(exit.cause))
      })
      return host
    }

    const form = sightline(fakeConnection(() => ({})))
      .inputs([])
      .predict(models.general)
      .toPortable()
    await world.result(
      Effect.gen(function* () {
        yield* ledger.create({ id: job, form: JSON.stringify(form), source: "{}", settings })
        yield* ledger.addUnits(job, 0, units, undefined)
        yield* ledger.endListing(job)
      })
    )

    const kills = Math.floor(random() * 4)
    const hosts = [start(), start()]
    for (let kill = 0; kill < kills; kill++)
      world.after(random() * 600, () => {
        const alive = hosts.filter(({ isDead }) => !isDead)
        const victim = alive[Math.floor(random() * alive.length)]
        if (victim === undefined) return
        victim.isDead = true
        world.trace.push(`${world.nowMs.toFixed(3)} kill`)
        hosts.push(start())
      })
    const pauses = Math.floor(random() * 4)
    for (let pause = 0; pause < pauses; pause++)
      world.after(random() * 200, () => {
        const host = hosts[Math.floor(random() * hosts.length)]
        if (host !== undefined) host.pausedUntilMs = world.nowMs + (0.5 + random() * 3) * leaseMs
      })
    if (random() < 0.5) world.after(random() * 300, () => (world.wallOffsetMs = (random() - 0.5) * 86_400_000))
    if (random() < 0.3)
      world.after(random() * 200, () => {
        world.fork(ledger.setState(job, "cancelled"))
        world.after(random() * 2000, () => {
          world.fork(ledger.setState(job, "running"))
          hosts.push(start())
        })
      })

    await world.drive(() => problems.length > 0 || isDone)
    const trace = [...world.trace]
    const results = await world.result(Effect.all([ledger.get(job), ledger.settledAfter(job, 0, count + 1)]))
    return { violation: problems[0] ?? violationOf(...results), trace }

    function violationOf(record: JobRecord | undefined, rows: ReadonlyArray<SettledRow>): string | undefined {
      if (rows.length !== count) return `${rows.length} of ${count} inputs are settled`
      if (record?.settled !== count) return `the job counts ${record?.settled} settled inputs of ${count}`
      for (const { as, index, outcome } of rows) {
        const url = urls[index] ?? ""
        const times = sent.get(url) ?? 0
        if (times > 1) return `input ${index} was sent ${times} times`
        if (as !== "succeeded" && as !== "MaybePaid") return `input ${index} settled as ${as}: ${outcome}`
        if (as === "succeeded" && times !== 1) return `input ${index} succeeded and was sent ${times} times`
        const decoded = decodeOutcome(outcome)
        if (decoded.index !== index) return `the outcome of input ${index} has the index ${decoded.index}`
        if (
          decoded.ok &&
          (decoded.value as { readonly concepts: ReadonlyArray<{ readonly name: string }> }).concepts[0]?.name !== url
        )
          return `input ${index} has the answer of another`
      }
      return undefined
    }
  } catch (thrown) {
    return { violation: thrown instanceof Error ? thrown.message : String(thrown), trace: world.trace }
  } finally {
    database.close()
  }
}

/** The first schedule of a range whose result does not hold. */
export const firstViolation = async (
  from: number,
  schedules: number,
  plant?: Plant
): Promise<{ readonly seed: number; readonly violation: string } | undefined> => {
  for (let seed = from; seed < from + schedules; seed++) {
    const { violation } = await runSchedule(seed, plant)
    if (violation !== undefined) return { seed, violation }
  }
  return undefined
}
