import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, it } from "vitest"
import { fleet } from "./fleet.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-fleet-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const timeout = 300_000

it("a pace and a budget hold for all processes on a SQLite file", { timeout }, () =>
  fleet({ type: "sqlite", file: join(folder, "jobs.db") })
)
