import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, expect, it } from "vitest"
import type { ExecutorName } from "../chaos/executor-name.ts"
import { hasPostgres, startPostgres } from "../servers/postgres.ts"
import { hasRedis, startRedis } from "../servers/redis.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-million-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const program = fileURLToPath(new URL("./submit-many.ts", import.meta.url))

/** Submits in a process whose heap is too small for a million inputs. */
const submitMillion = async (name: ExecutorName) => {
  const args = ["--max-old-space-size=64", program, JSON.stringify(name), "1000000"]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  console.log(`${name.type}: ${stdout}`)
  expect(JSON.parse(stdout)).toMatchObject({ listed: 1_000_000, calls: 7813 })
}

it("a million inputs are planned and submitted within a heap of 64 MB, to a SQLite file", () =>
  submitMillion({ type: "sqlite", file: join(folder, "jobs.db") }))

it.skipIf(!hasRedis || !hasPostgres)("a million inputs are submitted within 64 MB to BullMQ", async () => {
  await using redis = await startRedis()
  await using postgres = await startPostgres()
  await submitMillion({ type: "bullmq", backend: "redis", connection: redis.url, ledger: { url: postgres.url } })
})
