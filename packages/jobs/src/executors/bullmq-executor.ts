/** The executor on BullMQ. */
import { run } from "@sightline/core/plugin"
import { addressOf } from "../ledger/postgres-database.ts"
import { sqlLedger } from "../ledger/sql-ledger.ts"
import { bullmqBroker } from "./bullmq-broker.ts"
import { type Executor, makeExecutor } from "./executor.ts"
import { type LedgerPlace, openPlace } from "./ledger-place.ts"
import { publishing, publishReady } from "./publishing.ts"

/** BullMQ on Redis. */
export interface RedisBullmqOptions {
  readonly backend: "redis"
  /** Such as `redis://user:password@host:6379/0`; `rediss:` for TLS. */
  readonly connection: string
  /** Where outcomes and counts are kept: Redis holds the names of units alone. */
  readonly ledger: LedgerPlace
}

/** BullMQ on Postgres. */
export interface PostgresBullmqOptions {
  readonly backend: "postgres"
  /** Such as `postgres://user:password@host:5432/name`. BullMQ keeps its tables in the schema `bullmq`. */
  readonly connection: string
  /**
   * Where outcomes and counts are kept.
   *
   * @default the database of `connection`
   */
  readonly ledger?: LedgerPlace
}

/** Options of {@link bullmq}. */
export type BullmqOptions = RedisBullmqOptions | PostgresBullmqOptions

/**
 * Jobs on BullMQ, for workers on any number of machines. Each job has a queue, named `sightline-` and its id, whose
 * messages name units; BullMQ's own tools show them. The ledger decides who runs a unit, so that a message that is
 * delivered twice or lost sends nothing twice and loses nothing.
 *
 * Needs the package `bullmq`, and `ioredis` for Redis or `pg` for Postgres; a ledger in Postgres needs `@effect/sql-pg`.
 *
 * @throws `InvalidOption` for an address that is no URL; on first use `MissingPackage`, `LedgerUnavailable`
 * @example
 * await using executor = bullmq({
 *   backend: "redis",
 *   connection: "redis://127.0.0.1:6379",
 *   ledger: { url: "postgres://me@127.0.0.1/jobs" }
 * })
 */
export const bullmq = (options: BullmqOptions): Executor => {
  const { backend, connection } = options
  const address = addressOf("connection", connection)
  const place = options.ledger ?? { url: connection }
  if ("url" in place) addressOf("ledger.url", place.url)
  return makeExecutor(`bullmq on ${backend}`, async () => {
    const broker = await bullmqBroker(backend, connection, `bullmq (${address})`)
    const database = await openPlace(place)
    const inner = await run(sqlLedger(database))
    const ledger = publishing(inner, broker.publish)
    return {
      ledger,
      openFeed: (concurrency) => broker.openFeed(concurrency, (job) => publishReady(inner, broker.publish, job)),
      close: async () => {
        await broker.close()
        await database.close()
      }
    }
  })
}
