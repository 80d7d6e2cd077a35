import { it } from "vitest"
import { hasPostgres, startPostgres } from "../servers/postgres.ts"
import { hasRedis, startRedis } from "../servers/redis.ts"
import { fleet } from "./fleet.ts"

it.skipIf(!hasRedis || !hasPostgres)(
  "a pace and a budget hold for all processes on BullMQ (skipped where Redis or Postgres is not installed)",
  { timeout: 300_000 },
  async () => {
    await using redis = await startRedis()
    await using postgres = await startPostgres()
    await fleet({ type: "bullmq", backend: "redis", connection: redis.url, ledger: { url: postgres.url } })
  }
)
