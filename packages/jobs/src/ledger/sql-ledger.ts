/** The ledger over a SQL database. Statements lock a unit before its job, so that transactions cannot wait in a circle. */
import { exceededLimit } from "@sightline/core/portable"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { LedgerUnavailable } from "../errors.ts"
import type { Query, SqlDatabase, SqlRow, SqlValue } from "./database.ts"
import { claimsUntilAlone } from "./claims.ts"
import { jobOf, jobColumns } from "./job-row.ts"
import type {
  AfterSettle,
  JobSettings,
  Lease,
  Ledger,
  Permission,
  SettledAs,
  Settlement,
  WantedCall
} from "./ledger.ts"
import { insertRows } from "./insert-rows.ts"
import { schema } from "./schema.ts"
import { insertOutcomes, kindOf, settledAs } from "./outcome-rows.ts"

/** Ends a transaction without a change. */
class Refused extends Data.TaggedError("Refused")<{ readonly permission: Permission }> {}

/** How a unit stands: its numbers in the column `state`. */
const unitState = { ready: 0, leased: 1, settled: 2 } as const

/** The value of the column `sent` when all of a unit was sent; otherwise an index. */
const allSent = -1

/** The settings of a job in a row that this package has written. */
const settingsIn = (row: SqlRow): JobSettings => JSON.parse(String(row["settings"])) as JobSettings

const number = (row: SqlRow | undefined, column: string): number => Number(row?.[column] ?? 0)

const leaseIsHeld = "job = $1 AND unit = $2 AND fence = $3 AND worker = $4 AND state = 1"
const leaseValues = ({ fence, job, unit, worker }: Lease): ReadonlyArray<SqlValue> => [job, unit, fence, worker]

/** The columns of a unit that change when inputs of it are settled. */
const afterSettle: Readonly<Record<AfterSettle, string>> = {
  ends: `state = ${unitState.settled}, worker = NULL, slot = NULL, sent = NULL, trying = NULL`,
  "goes on": "state = state",
  // progress: what ended the workers before was not this
  rests: `sent = NULL, trying = NULL, claims = CASE WHEN claims > ${claimsUntilAlone} THEN ${claimsUntilAlone} ELSE claims END`
}

const unitTarget = { table: "sightline_units", columns: ["job", "unit", "first", "size"] }
const referencesTarget = { table: "sightline_references", columns: ["job", "unit", "refs"] }

const leaseColumns = `job, unit, first, size, fence, claims, sent, trying,
  (SELECT refs FROM sightline_references r WHERE r.job = sightline_units.job AND r.unit = sightline_units.unit) AS refs,
  (SELECT settings FROM sightline_jobs WHERE id = job) AS settings`

/** How long the first call of a job waits at most for its turn, in milliseconds, whatever the clocks of others say. */
const mostWaitMs = 60_000

/** The limit that a call exceeds, which the row of its job counts already if it is counted. */
const exceeded = (job: SqlRow, { budget }: JobSettings, call: WantedCall, nowMs: number): Permission | undefined => {
  const startedMs = job["started_ms"]
  const ms = startedMs === null ? 0 : nowMs - Number(startedMs)
  const before = { calls: number(job, "calls") - (call.isCounted ? 1 : 0), usd: number(job, "usd") - call.usd, ms }
  const limit = exceededLimit(budget, before, call.usd)
  return limit === undefined ? undefined : { type: "spent", ...limit }
}

/** `ended`: a worker that ends in order broke nothing, so its leases do not count against their inputs. */
const releaseAll = (run: Query, worker: string, ended = false) =>
  Effect.map(
    run(
      `UPDATE sightline_units SET state = ${unitState.ready}, worker = NULL, slot = NULL, fence = fence + 1${
        ended ? ", claims = claims - 1, trying = NULL" : ""
      } WHERE worker = $1 AND state = ${unitState.leased} RETURNING job, unit`,
      [worker]
    ),
    (units) => units.map((row) => ({ job: String(row["job"]), unit: number(row, "unit") }))
  )

const getJob = (run: Query, job: string) =>
  Effect.map(run(`SELECT ${jobColumns} FROM sightline_jobs WHERE id = $1`, [job]), ([row]) =>
    row === undefined ? undefined : jobOf(row)
  )

/** The indexes that are settled, of a unit. */
const settledIndexes = (run: Query, job: string, first: number, size: number) =>
  Effect.map(
    run("SELECT idx FROM sightline_outcomes WHERE job = $1 AND idx >= $2 AND idx < $3", [job, first, first + size]),
    (rows) => new Set(rows.map((row) => number(row, "idx")))
  )

const noIndexes: ReadonlySet<number> = new Set()

/** The lease of a unit's row. */
const toLease = (run: Query, worker: string, row: SqlRow): Effect.Effect<Lease, LedgerUnavailable> => {
  const [job, first, size, claims] = [
    String(row["job"]),
    number(row, "first"),
    number(row, "size"),
    number(row, "claims")
  ]
  const { sent, trying } = row
  const settled: Effect.Effect<ReadonlySet<number>, LedgerUnavailable> = number(row, "fence") === 1
    ? Effect.succeed(noIndexes)
    : settledIndexes(run, job, first, size)
  return Effect.map(settled, (settled) => ({
    job,
    unit: number(row, "unit"),
    fence: number(row, "fence"),
    worker,
    first,
    size,
    refs: String(row["refs"]),
    claims,
    sent: sent === null || sent === undefined ? undefined : Number(sent) === allSent ? "all" : Number(sent),
    trying: trying === null || trying === undefined ? undefined : Number(trying),
    settled,
    settings: settingsIn(row)
  }))
}

/** A job without a call or an outcome for so long may be one without a worker, in milliseconds. */
const pauseMs = 1000

/** Leaves a pause out of the working time: the time in which no unit was sent. */
const endPause = (run: Query, { job, unit }: Lease, activeMs: SqlValue | undefined, nowMs: number) =>
  typeof activeMs === "number" && activeMs <= nowMs && nowMs - activeMs < pauseMs
    ? Effect.void
    : Effect.asVoid(
        run(
          `UPDATE sightline_jobs SET active_ms = $2 WHERE id = $1 AND (active_ms IS NULL OR NOT EXISTS (
             SELECT 1 FROM sightline_units WHERE job = $1 AND unit <> $3 AND state = ${unitState.leased} AND sent IS NOT NULL))`,
          [job, nowMs, unit]
        )
      )

/** Records outcomes, if the lease is held. */
const settleIn = (run: Query, lease: Lease, given: ReadonlyArray<Settlement>, then: AfterSettle, atOnce: number) =>
  Effect.gen(function* () {
    const [held] = yield* run(
      `UPDATE sightline_units SET ${afterSettle[then]} WHERE ${leaseIsHeld} RETURNING unit`,
      leaseValues(lease)
    )
    if (held === undefined) return false
    // a lease that ends is refused when this is repeated; one that goes on may have recorded these before
    const known = then === "ends" ? noIndexes : yield* settledIndexes(run, lease.job, lease.first, lease.size)
    const rows = given.filter(({ index }) => !known.has(index))
    const count = (kind: SettledAs) => rows.filter((row) => row.as === kind).length
    const now = yield* Clock.currentTimeMillis
    const [job] = yield* run(
      `UPDATE sightline_jobs SET seq = seq + $2, settled = settled + $2, succeeded = succeeded + $3,
         maybe_paid = maybe_paid + $4, poison = poison + $5, open_units = open_units - $6, changed_ms = $7,
         worked_ms = worked_ms + CASE WHEN $8 = 1 AND active_ms < $7 THEN $7 - active_ms ELSE 0 END,
         active_ms = CASE WHEN $8 = 1 THEN $7 ELSE active_ms END,
         state = CASE WHEN state = 'running' AND listed = 1 AND open_units = $6 THEN 'done' ELSE state END
       WHERE id = $1 RETURNING seq`,
      [
        lease.job,
        rows.length,
        count("succeeded"),
        count("MaybePaid"),
        count("PoisonInput"),
        then === "ends" ? 1 : 0,
        now,
        rows.some(({ as }) => as !== "MaybePaid" && as !== "PoisonInput") ? 1 : 0 // those report an earlier worker's end
      ]
    )
    yield* insertOutcomes(run, lease.job, number(job, "seq") - rows.length, rows, atOnce)
    return true
  })

/** Creates the tables where they are missing, and returns the ledger. */
export const sqlLedger = (database: SqlDatabase): Effect.Effect<Ledger, LedgerUnavailable> => {
  const { dialect, name, query, transaction } = database

  const ledger: Ledger = {
    name,
    create: ({ form, id, settings, source }) =>
      transaction((run) =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          yield* run(
            `INSERT INTO sightline_jobs (id, form, source, settings, state, created_ms, changed_ms)
             VALUES ($1, $2, $3, $4, 'running', $5, $5) ON CONFLICT (id) DO NOTHING`,
            [id, form, source, JSON.stringify(settings), now]
          )
          const job = yield* getJob(run, id)
          return job ?? (yield* Effect.die(new Error(`job ${id} was inserted and is not there`)))
        })
      ),
    get: (job) => getJob(query, job),
    list: Effect.map(query(`SELECT ${jobColumns} FROM sightline_jobs ORDER BY created_ms, id`), (rows) =>
      rows.map(jobOf)
    ),
    running: Effect.map(
      query("SELECT id FROM sightline_jobs WHERE state = 'running' ORDER BY created_ms, id"),
      (rows) => rows.map(({ id }) => String(id))
    ),
    addUnits: (job, after, units, cursor) =>
      transaction((run) =>
        Effect.gen(function* () {
          const inputs = units.reduce((sum, { size }) => sum + size, 0)
          const now = yield* Clock.currentTimeMillis
          const [row] = yield* run(
            `UPDATE sightline_jobs SET inputs = inputs + $3, units = units + $4, open_units = open_units + $4,
               list_cursor = $5, changed_ms = $6 WHERE id = $1 AND inputs = $2 AND listed = 0 RETURNING units`,
            [job, after, inputs, units.length, cursor ?? null, now]
          )
          if (row === undefined) return false
          const start = number(row, "units") - units.length
          const unitRows = units.map(({ first, size }, i) => [job, start + i, first, size])
          const referenceRows = units.map(({ refs }, i) => [job, start + i, refs])
          yield* insertRows(run, unitTarget, unitRows, dialect.rowsAtOnce)
          yield* insertRows(run, referencesTarget, referenceRows, dialect.rowsAtOnce)
          return true
        })
      ),
    endListing: (job) =>
      Effect.asVoid(
        query(
          `UPDATE sightline_jobs SET listed = 1,
             state = CASE WHEN state = 'running' AND open_units = 0 THEN 'done' ELSE state END WHERE id = $1`,
          [job]
        )
      ),
    setState: (job, state, settings) =>
      Effect.asVoid(
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          query(
            `UPDATE sightline_jobs SET changed_ms = $3, settings = COALESCE($4, settings),
               state = CASE WHEN state = 'done' OR ($2 = 'running' AND listed = 1 AND open_units = 0) THEN 'done'
                            ELSE $2 END
             WHERE id = $1`,
            [job, state, now, settings === undefined ? null : JSON.stringify(settings)]
          )
        )
      ),
    stop: (job) =>
      Effect.asVoid(
        query("UPDATE sightline_jobs SET state = 'budget-spent' WHERE id = $1 AND state = 'running'", [job])
      ),
    reopen: (job, kinds) =>
      transaction((run) =>
        Effect.gen(function* () {
          const wanted = kinds.map(kindOf).join(", ")
          if (wanted === "") return 0
          const units = yield* run(
            `UPDATE sightline_units SET state = ${unitState.ready}, claims = 0, sent = NULL, trying = NULL
             WHERE job = $1 AND state = ${unitState.settled} AND EXISTS (
               SELECT 1 FROM sightline_outcomes o WHERE o.job = sightline_units.job AND o.idx >= sightline_units.first
                 AND o.idx < sightline_units.first + sightline_units.size AND o.kind IN (${wanted}))
             RETURNING unit`,
            [job]
          )
          const rows = yield* run(
            `DELETE FROM sightline_outcomes WHERE job = $1 AND kind IN (${wanted}) RETURNING kind`,
            [job]
          )
          const count = (as: SettledAs) => rows.filter(({ kind }) => Number(kind) === kindOf(as)).length
          yield* run(
            `UPDATE sightline_jobs SET settled = settled - $2, succeeded = succeeded - $3, maybe_paid = maybe_paid - $4,
               poison = poison - $5, open_units = open_units + $6,
               state = CASE WHEN state = 'done' AND $6 > 0 THEN 'running' ELSE state END WHERE id = $1`,
            [job, rows.length, count("succeeded"), count("MaybePaid"), count("PoisonInput"), units.length]
          )
          return rows.length
        })
      ),
    join: (worker) => Effect.asVoid(query("INSERT INTO sightline_workers (id, beat) VALUES ($1, 0)", [worker])),
    beat: (worker) =>
      Effect.map(
        query("UPDATE sightline_workers SET beat = beat + 1 WHERE id = $1 RETURNING beat", [worker]),
        (rows) => rows.length > 0
      ),
    workers: Effect.map(query("SELECT id, beat FROM sightline_workers"), (rows) =>
      rows.map((row) => ({ worker: String(row["id"]), beat: number(row, "beat") }))
    ),
    bury: ({ beat, worker }) =>
      transaction((run) =>
        Effect.flatMap(
          run("DELETE FROM sightline_workers WHERE id = $1 AND beat = $2 RETURNING id", [worker, beat]),
          ([dead]) => (dead === undefined ? Effect.succeed([]) : releaseAll(run, worker))
        )
      ),
    leave: (worker) =>
      transaction((run) =>
        Effect.andThen(run("DELETE FROM sightline_workers WHERE id = $1", [worker]), releaseAll(run, worker, true))
      ),
    ready: (job, from, most) =>
      Effect.map(
        query(
          `SELECT unit FROM sightline_units WHERE job = $1 AND state = ${unitState.ready} AND unit >= $2
           ORDER BY unit LIMIT ${Math.trunc(most)}`,
          [job, from]
        ),
        (rows) => rows.map((row) => number(row, "unit"))
      ),
    claim: (worker, slot, job, unit) =>
      Effect.flatMap(
        // a worker that others took for dead must not lease: no worker would release it
        query(
          `UPDATE sightline_units SET state = ${unitState.leased}, worker = $2, slot = $3, fence = fence + 1, claims = claims + 1
           WHERE job = $1 AND unit = (
               SELECT unit FROM sightline_units WHERE job = $1 AND state = ${unitState.ready}${
                 unit === undefined ? "" : " AND unit = $4"
               } ORDER BY unit LIMIT 1 ${dialect.skipLocked})
             AND EXISTS (SELECT 1 FROM sightline_workers WHERE id = $2 ${dialect.keepRows})
             AND EXISTS (SELECT 1 FROM sightline_jobs WHERE id = $1 AND state = 'running')
           RETURNING ${leaseColumns}`,
          [job, worker, slot, ...(unit === undefined ? [] : [unit])]
        ),
        // what is settled of a unit is changed by its lease alone
        ([row]) => (row === undefined ? Effect.succeed(undefined) : toLease(query, worker, row))
      ),
    recover: (worker, slot) =>
      transaction((run) =>
        Effect.flatMap(
          run(
            `UPDATE sightline_units SET fence = fence + 1 WHERE worker = $1 AND slot = $2 AND state = ${unitState.leased}
             RETURNING ${leaseColumns}`,
            [worker, slot]
          ),
          ([row]) => (row === undefined ? Effect.succeed(undefined) : toLease(run, worker, row))
        )
      ),
    trying: (lease, index) =>
      Effect.map(
        query(`UPDATE sightline_units SET trying = $5 WHERE ${leaseIsHeld} RETURNING unit`, [
          ...leaseValues(lease),
          index
        ]),
        (rows) => rows.length > 0
      ),
    send: (lease, call) =>
      Effect.catchTag(
        transaction((run) =>
          Effect.gen(function* () {
            const [held] = yield* run(`UPDATE sightline_units SET sent = $5 WHERE ${leaseIsHeld} RETURNING unit`, [
              ...leaseValues(lease),
              call.sends === "all" ? allSent : call.sends
            ])
            if (held === undefined) return yield* new Refused({ permission: { type: "lost" } })
            const now = yield* Clock.currentTimeMillis
            const counted = call.isCounted ? 1 : 0
            // counted first, which locks the row: a refusal takes it back
            const [job] = yield* run(
              `UPDATE sightline_jobs SET calls = calls + $2, usd = usd + $3,
                 started_ms = CASE WHEN $2 = 1 THEN COALESCE(started_ms, $4) ELSE started_ms END WHERE id = $1
               RETURNING state, settings, calls, usd, started_ms, active_ms, next_call_ms`,
              [lease.job, counted, call.usd, now]
            )
            if (job === undefined || (call.isFirst && job["state"] !== "running"))
              return yield* new Refused({ permission: { type: "stopped" } })
            const settings = settingsIn(job)
            const spent = exceeded(job, settings, call, now)
            if (spent !== undefined) return yield* new Refused({ permission: spent })
            yield* endPause(run, lease, job["active_ms"], now)
            const { perSecond } = settings
            if (perSecond === undefined || !call.isCounted) return { type: "granted", waitMs: 0 } satisfies Permission
            const turnMs = Math.max(now, Math.min(number(job, "next_call_ms"), now + mostWaitMs))
            yield* run("UPDATE sightline_jobs SET next_call_ms = $2 WHERE id = $1", [
              lease.job,
              turnMs + 1000 / perSecond
            ])
            return { type: "granted", waitMs: turnMs - now } satisfies Permission
          })
        ),
        "Refused",
        ({ permission }) => Effect.succeed(permission)
      ),
    settle: (lease, rows, then) => transaction((run) => settleIn(run, lease, rows, then, dialect.rowsAtOnce)),
    release: (lease) =>
      Effect.asVoid(
        query(
          `UPDATE sightline_units SET state = ${unitState.ready}, worker = NULL, slot = NULL, claims = claims - 1,
             sent = NULL, trying = NULL
           WHERE ${leaseIsHeld}`,
          leaseValues(lease)
        )
      ),
    settledAfter: (job, seq, most) =>
      Effect.map(
        query(
          `SELECT seq, idx, kind, outcome FROM sightline_outcomes WHERE job = $1 AND seq > $2 ORDER BY seq LIMIT ${Math.trunc(most)}`,
          [job, seq]
        ),
        (rows) =>
          rows.map((row) => ({
            seq: number(row, "seq"),
            index: number(row, "idx"),
            as: settledAs(number(row, "kind")),
            outcome: String(row["outcome"])
          }))
      ),
    sentCount: (job) =>
      Effect.map(
        query(
          `SELECT COALESCE(SUM(CASE WHEN u.sent = ${allSent} THEN u.size - (
               SELECT COUNT(*) FROM sightline_outcomes o WHERE o.job = u.job AND o.idx >= u.first AND o.idx < u.first + u.size)
             ELSE 1 END), 0) AS sent
           FROM sightline_units u WHERE u.job = $1 AND u.state < ${unitState.settled} AND u.sent IS NOT NULL`,
          [job]
        ),
        ([row]) => number(row, "sent")
      )
  }
  return Effect.as(
    transaction((run) =>
      Effect.forEach([...dialect.beforeSchema, ...schema], (statement) => run(statement), { discard: true })
    ),
    ledger
  )
}
