import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import { inProcess, sqlite } from "../../src/index.ts"
import { conformance } from "./suite.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-jobs-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
conformance("inProcess", async () => inProcess())
conformance("sqlite", async () => sqlite({ file: join(folder, `${files++}.db`) }))
