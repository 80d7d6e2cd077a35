// `pnpm bench decode [--json]`: what it costs to read the answer to 128 inputs with 20 concepts each: parsed, decoded
// and put into Sightline's words, against parsing alone, and against Effect Schema reading the same members.
import { decode, PredictionOutputsWire, readJson, toAnswer } from "@sightline/core/wire"
import * as Schema from "effect/Schema"
import * as SchemaJITCompiler from "effect/schema/SchemaJITCompiler"
import { asTable, median } from "./harness.ts"
import { hexId } from "./hex-id.ts"

const outputs = 128
const concepts = 20
const warmUp = 100
const rounds = 500

/** An answer as the service of 2024 gives it, made up. */
const answer = JSON.stringify({
  status: { code: 10000, description: "Ok", req_id: hexId(3) },
  outputs: Array.from({ length: outputs }, (_, i) => ({
    id: hexId(i),
    status: { code: 10000, description: "Ok" },
    created_at: "2026-05-01T10:00:00.123456789Z",
    model: {
      id: "general-image-recognition",
      name: "Image Recognition",
      created_at: "2016-03-09T17:11:39.608845Z",
      app_id: "main",
      model_version: {
        id: hexId(5),
        created_at: "2018-03-06T21:10:24.454834Z",
        status: { code: 21100, description: "Model is trained and ready" },
        visibility: { gettable: 50 },
        app_id: "main",
        user_id: "clarifai",
        metadata: {}
      },
      user_id: "clarifai",
      model_type_id: "visual-classifier",
      visibility: { gettable: 50 },
      toolkits: [],
      use_cases: [],
      languages: [],
      languages_full: [],
      check_consents: [],
      workflow_recommended: false
    },
    input: { id: `input-${i}`, data: { image: { url: `https://example.org/${i}.jpg` } } },
    data: {
      concepts: Array.from({ length: concepts }, (_, j) => ({
        id: `ai_${hexId(j).slice(0, 8)}`,
        name: `concept number ${j}`,
        value: Number((1 - j / 21).toPrecision(7)),
        app_id: "main"
      }))
    }
  }))
})

const text = Schema.optionalKey(Schema.String)
const status = Schema.Struct({ code: Schema.Number, description: text, req_id: text })
const visibility = Schema.optionalKey(Schema.Struct({ gettable: Schema.Number }))
/** The members that the answer has, and nothing forgiving: less than the decoder does. */
const answerSchema = () =>
  Schema.Struct({
    status,
    outputs: Schema.Array(
      Schema.Struct({
        id: text,
        status,
        created_at: text,
        model: Schema.Struct({
          id: text,
          name: text,
          created_at: text,
          app_id: text,
          user_id: text,
          model_type_id: text,
          visibility,
          model_version: Schema.Struct({ id: text, created_at: text, status, visibility, app_id: text, user_id: text })
        }),
        input: Schema.Struct({ id: text, data: Schema.Struct({ image: Schema.Struct({ url: text }) }) }),
        data: Schema.Struct({
          concepts: Schema.Array(Schema.Struct({ id: text, name: text, value: Schema.Number, app_id: text }))
        })
      })
    )
  })

/** What arrives; Node gives it as bytes. */
const body = Buffer.from(answer)
const textOfBody = () => body.toString("utf8")

const interpreted = Schema.decodeUnknownSync(answerSchema())
const compiledSchema = answerSchema()
SchemaJITCompiler.enable(compiledSchema.ast)
const compiled = Schema.decodeUnknownSync(compiledSchema)

const read = (json: unknown) => {
  const decoded = decode(PredictionOutputsWire, json)
  if (!decoded.ok) throw new Error(`${decoded.problem.path}: ${decoded.problem.problem}`)
  return decoded.value.outputs
}

const contenders: Readonly<Record<string, () => unknown>> = {
  "JSON.parse": () => JSON.parse(answer),
  "the bytes' text, JSON.parse": () => JSON.parse(textOfBody()),
  "Sightline, from bytes": () => readJson(body, "model"),
  "Sightline, from bytes, to an Answer": () =>
    read(readJson(body, "model")?.value).map((output) => toAnswer("visual-classifier", "image", output)),
  "Sightline, decoded": () => read(JSON.parse(answer)),
  "Sightline, to an Answer": () =>
    read(JSON.parse(answer)).map((output) => toAnswer("visual-classifier", "image", output)),
  "Effect Schema, compiled at run time": () => compiled(JSON.parse(answer)),
  "Effect Schema, interpreted": () => interpreted(JSON.parse(answer))
}

const names = Object.keys(contenders)
const times = new Map(names.map((name) => [name, [] as Array<number>]))
// Each once in turn, so that what disturbs the machine disturbs all alike, and a median that forgets the disturbed runs.
for (let round = -warmUp; round < rounds; round++)
  for (const [i] of names.entries()) {
    const name = names[(i + Math.abs(round)) % names.length] ?? ""
    const start = performance.now()
    contenders[name]?.()
    if (round >= 0) times.get(name)?.push(performance.now() - start)
  }

const base = median(times.get("JSON.parse") ?? [])
const rows = [...times].map(([contender, runs]) => ({
  contender,
  medianMs: Math.round(median(runs) * 1000) / 1000,
  ratio: Math.round((median(runs) / base) * 100) / 100,
  peakRssMb: Math.round(process.memoryUsage().rss / 1e6),
  runsMs: [...runs]
    .sort((a, b) => a - b)
    .filter((_, i) => i % 50 === 0)
    .map((run) => Math.round(run * 1000) / 1000)
}))
const title = `reading an answer of ${outputs} outputs × ${concepts} concepts, ${Math.round(answer.length / 1000)} kB`
console.log(
  process.argv.includes("--json") ? JSON.stringify({ benchmark: "decode", title, rows }) : asTable(title, rows)
)
