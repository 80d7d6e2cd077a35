// Durable jobs against the same run in memory, on one loopback service: `pnpm bench jobs [--json] [--rounds 5] [--scale 1]`.
import { join } from "node:path"
import { parseArgs } from "node:util"
import { hasPostgres, startPostgres } from "../../packages/jobs/test/servers/postgres.ts"
import { hasRedis, startRedis } from "../../packages/jobs/test/servers/redis.ts"
import { asTable, compare, contender, here, runContender, startServer } from "./harness.ts"
import type { Job } from "./job.ts"

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    scale: { type: "string", default: "1" },
    /** How long the service takes for a call, in milliseconds. */
    latency: { type: "string", default: "100" }
  }
})
const inputs = Math.round(100_000 * Number(values.scale))
const number = new Intl.NumberFormat("en")

if (!hasRedis || !hasPostgres) console.error("without BullMQ: redis-server or postgres is not installed")
await using redis = hasRedis && hasPostgres ? await startRedis() : undefined
await using postgres = hasRedis && hasPostgres ? await startPostgres({ flushes: true }) : undefined
const server = await startServer(join(here, "server.ts"), [values.latency])
try {
  const job: Job = {
    workload: "urls",
    baseUrl: server.address,
    grpc: "",
    inputs,
    perCall: 128,
    atOnce: 8,
    sizeBytes: 0
  }
  const queued = (backend: "redis" | "postgres", connection: string, ledgerUrl: string | undefined) =>
    runContender(contender("durable-job"), { ...job, queue: { backend, connection, ledgerUrl } })
  const rows = await compare(
    {
      "a run in memory": () => runContender(contender("sightline"), job),
      "inProcess()": () => runContender(contender("durable-job"), { ...job, ledger: "process" }),
      "sqlite({ file })": () => runContender(contender("durable-job"), { ...job, ledger: "sqlite" }),
      ...(redis === undefined || postgres === undefined
        ? {}
        : {
            "bullmq: Redis, ledger in SQLite": () => queued("redis", redis.url, undefined),
            "bullmq: Redis, ledger in Postgres": () => queued("redis", redis.url, postgres.emptySchema()),
            "bullmq: Postgres": () => queued("postgres", postgres.url, postgres.emptySchema())
          })
    },
    Number(values.rounds),
    (line) => console.error(line)
  )
  const title = `${number.format(inputs)} URLs, 128 a call, 8 calls at once, ${values.latency} ms a call`
  console.log(values.json ? JSON.stringify({ title, rows }) : asTable(title, rows))
} finally {
  server.stop()
}
