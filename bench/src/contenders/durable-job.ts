// The same run as a job: its inputs are listed into a ledger, and every outcome is recorded. In memory, or in a SQLite file.
import { clarifai, models, sightline } from "@sightline/core"
import { inProcess, sqlite, submit, work } from "@sightline/jobs"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { key, measure, urls, type Job } from "../job.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-bench-"))
process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
let files = 0

await measure(async ({ atOnce, baseUrl, inputs, ledger }: Job) => {
  const connection = clarifai({ pat: key, userId: "bench", appId: "main", baseUrl, rate: { perSecond: Infinity } })
  const app = sightline(connection)
  await using executor = ledger === "sqlite" ? sqlite({ file: join(folder, `${files++}.db`) }) : inProcess()
  const source = {
    description: { type: "bench", inputs },
    pages: function* () {
      let page: Array<string> = []
      for (const url of urls(inputs)) {
        if (page.push(url) < 1024) continue
        yield { inputs: page }
        page = []
      }
      if (page.length > 0) yield { inputs: page }
    }
  }
  const job = await submit(app.inputs([]).predict(models.general), { source, executor })
  await work({ app, executor, concurrency: atOnce, until: "idle" }).finished
  const { outcomes } = await job.status()
  return { outputs: outcomes.succeeded, score: outcomes.succeeded }
})
process.exit(0)
