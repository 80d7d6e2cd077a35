// Submits a job of many inputs in this process, and prints how many were listed and the peak of memory, as JSON.
import { models, sightline } from "@sightline/core"
import { fakeConnection } from "@sightline/core/testing"
import { submit } from "../../src/index.ts"
import { type ExecutorName, executorOf } from "../chaos/executor-name.ts"

const [name = "{}", inputs = "0"] = process.argv.slice(2)
const count = Number(inputs)
const pageSize = 1024

await using executor = executorOf(JSON.parse(name) as ExecutorName)
const app = sightline(fakeConnection(() => ({})))
const source = {
  description: { type: "numbers", inputs: count },
  pages: function* () {
    for (let start = 0; start < count; start += pageSize)
      yield {
        inputs: Array.from(
          { length: Math.min(pageSize, count - start) },
          (_, i) => `https://example.com/photographs/${start + i}.jpg`
        )
      }
  }
}
const started = performance.now()
const job = await submit(app.inputs([]).predict(models.general), { source, executor })
const { calls, inputs: listed } = await job.status()
const { maxRSS } = process.resourceUsage()
process.stdout.write(
  JSON.stringify({
    listed,
    calls: calls.planned,
    seconds: Math.round((performance.now() - started) / 100) / 10,
    peakMb: Math.round(maxRSS / 1024)
  })
)
process.exit(0)
