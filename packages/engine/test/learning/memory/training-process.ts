/** A process that trains a version on what its folder holds, and says what memory that took. */
import { writeSync } from "node:fs"
import { engine } from "../../../src/index.ts"
import { ask, poll, type Reply } from "../../support/fresh-engine.ts"

const [directory = "", wish = ""] = process.argv.slice(2)
const say = (text: string): void => void writeSync(1, `${text}\n`)
const peakMb = (): number => Math.round(process.resourceUsage().maxRSS / 1024)

const local = engine({ directory, embedder: "fast", workers: 1 })
await ask(local.fetch, "POST /v2/models", {
  models: [
    {
      id: "m",
      output_info: {
        data: { concepts: ["cat", "dog", "owl"].map((id) => ({ id })) },
        output_config: { concepts_mutually_exclusive: true }
      }
    }
  ]
})
const asked = await ask(local.fetch, "POST /v2/models/m/versions")
const path = `/v2/models/m/versions/${asked.body.model.model_version.id}`
const stateOf = ({ body }: Reply): number => body.model_version.status.code
await poll(
  () => ask(local.fetch, `GET ${path}`),
  (reply) => stateOf(reply) !== 21103
)
say("training")
const trained = await poll(
  () => ask(local.fetch, `GET ${path}`),
  (reply) => ![21103, 21101].includes(stateOf(reply))
)
const told = { code: stateOf(trained), trainedMb: peakMb() }
if (wish === "evaluate") {
  await ask(local.fetch, `POST ${path}/metrics`)
  const { body } = await poll(
    () => ask(local.fetch, `GET ${path}/metrics`),
    ({ body }) => ![21303, 21301].includes(body.model_version.metrics.status.code)
  )
  const { status, summary } = body.model_version.metrics
  say(
    JSON.stringify({
      ...told,
      evaluation: { code: status.code, mb: peakMb(), accuracy: summary?.top1_accuracy ?? 0 }
    })
  )
} else say(JSON.stringify(told))
await local[Symbol.asyncDispose]()
