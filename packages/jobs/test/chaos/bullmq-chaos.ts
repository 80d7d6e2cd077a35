// Kills workers on BullMQ, and restarts the stores under them.
import { describe, it } from "vitest"
import { hasPostgres, startPostgres } from "../servers/postgres.ts"
import { hasRedis, startRedis } from "../servers/redis.ts"
import { chaos } from "./chaos.ts"

/** How much is killed, and on what. */
export interface BullmqChaos {
  readonly backends: ReadonlyArray<"redis" | "postgres">
  /** Workers that are killed on each. */
  readonly kills: number
  /** The stores are restarted after so many kills. */
  readonly restartEvery: number
  readonly timeoutMs: number
}

/** The tests, one for each backend. */
export const bullmqChaos = ({ backends, kills, restartEvery, timeoutMs }: BullmqChaos): void => {
  describe.skipIf(!hasRedis || !hasPostgres)("bullmq (skipped where Redis or Postgres is not installed)", () => {
    it(
      `${kills} kills lose nothing on Redis, with a ledger in Postgres; both are restarted`,
      { timeout: timeoutMs },
      async () => {
        await using redis = await startRedis()
        await using postgres = await startPostgres()
        await chaos({
          executor: { type: "bullmq", backend: "redis", connection: redis.url, ledger: { url: postgres.url } },
          kills,
          seed: 3,
          afterKill: async (kill) => {
            if (kill % restartEvery === 0) await redis.restart()
            if ((kill + 1) % restartEvery === 0) await postgres.restart()
          }
        })
      }
    )

    if (backends.includes("postgres"))
      it(`${kills} kills lose nothing on Postgres, which is restarted`, { timeout: timeoutMs }, async () => {
        await using postgres = await startPostgres()
        await chaos({
          executor: { type: "bullmq", backend: "postgres", connection: postgres.url },
          kills,
          seed: 4,
          afterKill: async (kill) => {
            if (kill % restartEvery === 0) await postgres.restart()
          }
        })
      })
  })
}
