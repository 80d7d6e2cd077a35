import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, it } from "vitest"
import { chaos } from "./chaos.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-chaos-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it("20 kills of workers on a SQLite file lose nothing and send nothing twice", { timeout: 600_000 }, () =>
  chaos({ executor: { type: "sqlite", file: join(folder, "jobs.db") }, kills: 20, seed: 1 })
)
