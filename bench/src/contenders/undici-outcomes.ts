// Hand-written over undici's dispatcher, with as much to show for it as Sightline has: each answer checked, put into
// objects of one's own, and given out one by one in the order of the inputs.
import { Pool } from "undici"
import { measure, urlBody, urls, type Job } from "../job.ts"
import { post } from "../undici-post.ts"

interface Concept {
  readonly id: string
  readonly name: string
  readonly score: number
}
interface Answer {
  readonly model: { readonly id: string; readonly versionId: string }
  readonly inputId: string
  readonly concepts: ReadonlyArray<Concept>
}
type Outcome =
  | { readonly ok: true; readonly value: Answer; readonly index: number; readonly requestId: string }
  | { readonly ok: false; readonly error: Error; readonly index: number }

type Json = Readonly<Record<string, unknown>>
const record = (json: unknown): Json => {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw new TypeError("no object")
  return json as Json // neither an array nor null
}
const text = (json: unknown): string => {
  if (typeof json !== "string") throw new TypeError("no text")
  return json
}
const list = (json: unknown): ReadonlyArray<unknown> => {
  if (!Array.isArray(json)) throw new TypeError("no list")
  return json
}

const conceptOf = (json: unknown): Concept => {
  const { id, name, value } = record(json)
  if (typeof value !== "number") throw new TypeError("no score")
  return { id: text(id), name: text(name), score: value }
}

const answerOf = (json: unknown): Answer => {
  const { data, input, model } = record(json)
  const { id, model_version: version } = record(model)
  return {
    model: { id: text(id), versionId: text(record(version)["id"]) },
    inputId: text(record(input)["id"]),
    concepts: list(record(data)["concepts"]).map(conceptOf)
  }
}

const outcomesOf = (body: string, from: number): ReadonlyArray<Outcome> => {
  const { outputs, status } = record(JSON.parse(body))
  const requestId = text(record(status)["req_id"])
  return list(outputs).map((output, i): Outcome => {
    const index = from + i
    const { code, description } = record(record(output)["status"])
    if (code !== 10_000) return { ok: false, error: new Error(text(description)), index }
    return { ok: true, value: answerOf(output), index, requestId }
  })
}

/** Outcomes in order, with as many calls on their way as the job says. */
async function* predict(pool: Pool, { atOnce, inputs, perCall }: Job): AsyncGenerator<Outcome> {
  const source = urls(inputs)
  const calls: Array<Promise<ReadonlyArray<Outcome>>> = []
  let from = 0
  const start = (): void => {
    const batch: Array<string> = []
    for (let next = source.next(); next.done !== true; next = source.next())
      if (batch.push(next.value) === perCall) break
    if (batch.length === 0) return
    const first = from
    from += batch.length
    calls.push(post(pool, JSON.stringify(urlBody(batch))).then((body) => outcomesOf(body, first)))
  }
  for (let i = 0; i < atOnce; i++) start()
  for (let call = calls.shift(); call !== undefined; call = calls.shift()) {
    const outcomes = await call
    start()
    yield* outcomes
  }
}

await measure(async (job) => {
  let [outputs, score] = [0, 0]
  for await (const outcome of predict(new Pool(job.baseUrl, { connections: job.atOnce, pipelining: 1 }), job)) {
    if (!outcome.ok) throw outcome.error
    outputs += 1
    score += outcome.value.concepts[0]?.score ?? 0
  }
  return { outputs, score }
})
process.exit(0) // idle sockets of the pool would keep the process for seconds
