import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe } from "vitest"
import { bullmq } from "../../src/bullmq.ts"
import { hasPostgres, type PostgresServer, startPostgres } from "../servers/postgres.ts"
import { hasRedis, startRedis } from "../servers/redis.ts"
import type { Server } from "../servers/server.ts"
import { conformance } from "./suite.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-bullmq-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(!hasRedis)("on Redis, with a ledger in SQLite (skipped where redis-server is not installed)", () => {
  let redis: Server | undefined
  let databases = 0
  beforeAll(async () => void (redis = await startRedis()), 60_000)
  afterAll(() => redis?.[Symbol.asyncDispose](), 60_000)
  conformance("bullmq", async () => {
    const number = databases++ // of the 16 of a Redis server
    return bullmq({
      backend: "redis",
      connection: `${redis?.url}/${number % 16}`,
      ledger: { file: join(folder, `${number}.db`) }
    })
  })
})

describe.skipIf(!hasPostgres)("on Postgres (skipped where it is not installed)", () => {
  let postgres: PostgresServer | undefined
  beforeAll(async () => void (postgres = await startPostgres()), 120_000)
  afterAll(() => postgres?.[Symbol.asyncDispose](), 60_000)
  conformance("bullmq", async () => {
    if (postgres === undefined) throw new Error("Postgres has not started")
    return bullmq({ backend: "postgres", connection: postgres.url, ledger: { url: postgres.emptySchema() } })
  })
})
