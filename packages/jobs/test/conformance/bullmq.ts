// Executors on BullMQ for the suite, on servers of their own.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe } from "vitest"
import { bullmq } from "../../src/bullmq.ts"
import { hasPostgres, type PostgresServer, startPostgres } from "../servers/postgres.ts"
import { hasRedis, startRedis } from "../servers/redis.ts"
import type { Server } from "../servers/server.ts"
import { conformance } from "./suite.ts"

/** Databases of a Redis server. */
const redisDatabases = 16

/** The suite on a queue and a ledger. */
export const bullmqConformance = (backend: "redis" | "postgres", ledger: "postgres" | "sqlite"): void => {
  const needsPostgres = backend === "postgres" || ledger === "postgres"
  const isMissing = (backend === "redis" && !hasRedis) || (needsPostgres && !hasPostgres)
  const title = `a queue on ${backend} and a ledger in ${ledger} (skipped where a server is not installed)`
  describe.skipIf(isMissing)(title, () => {
    const folder = mkdtempSync(join(tmpdir(), "sightline-bullmq-"))
    let redis: Server | undefined
    let postgres: PostgresServer | undefined
    let made = 0
    beforeAll(async () => {
      if (backend === "redis") redis = await startRedis()
      if (needsPostgres) postgres = await startPostgres()
    }, 120_000)
    afterAll(async () => {
      await redis?.[Symbol.asyncDispose]()
      await postgres?.[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    }, 60_000)
    conformance("bullmq", async () => {
      const number = made++
      const place = postgres === undefined ? { file: join(folder, `${number}.db`) } : { url: postgres.emptySchema() }
      if (redis !== undefined)
        return bullmq({ backend: "redis", connection: `${redis.url}/${number % redisDatabases}`, ledger: place })
      if (postgres === undefined) throw new Error("no server has started")
      return bullmq({ backend: "postgres", connection: postgres.url, ledger: place })
    })
  })
}
