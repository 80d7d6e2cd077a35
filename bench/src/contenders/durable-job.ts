// The same run as a job: its inputs are listed into a ledger, and every outcome is recorded. In memory, in a SQLite file, or on BullMQ.
import { clarifai, models, sightline } from "@sightline/core"
import { inProcess, sqlite, submit, work } from "@sightline/jobs"
import { bullmq } from "@sightline/jobs/bullmq"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { key, measure, urls, type Job } from "../job.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-bench-"))
process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
let files = 0

const executorOf = ({ ledger, queue }: Job) => {
  const file = join(folder, `${files++}.db`)
  if (queue !== undefined) {
    const { backend, connection, ledgerUrl } = queue
    return bullmq({ backend, connection, ledger: ledgerUrl === undefined ? { file } : { url: ledgerUrl } })
  }
  return ledger === "sqlite" ? sqlite({ file }) : inProcess()
}

await measure(async (given: Job) => {
  const { atOnce, baseUrl, inputs } = given
  const connection = clarifai({ pat: key, userId: "bench", appId: "main", baseUrl, rate: { perSecond: Infinity } })
  const app = sightline(connection)
  await using executor = executorOf(given)
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
  await using _worker = work({ app, executor, concurrency: atOnce })
  const job = await submit(app.inputs([]).predict(models.general), { source, executor }) // run while it is listed
  const { outcomes } = await job.finished()
  return { outputs: outcomes.succeeded, score: outcomes.succeeded }
})
process.exit(0)
