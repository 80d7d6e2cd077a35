/** What a sample must leave, by its job; and the samples that cannot run as they stand. */
import { assert } from "vitest"
import type { Finished } from "./run-sample.ts"
import type { Exchange, SampleEngine } from "./sample-engine.ts"
import { formDifferences } from "./same-form.ts"
import type { Job, Language, Sample } from "./samples.ts"

/** A sample that fails as it stands, with any service, and what is changed to run it all the same. */
export interface Broken {
  readonly job: Job
  readonly language: Language
  readonly reason: string
  /** What it prints or how it ends as it stands. */
  readonly symptom: RegExp
  readonly repair: (code: string) => string
}

/** All of them. */
export const broken: ReadonlyArray<Broken> = [
  {
    job: "image by URL",
    language: "curl",
    reason: "the lines of the command are not joined by backslashes",
    symptom: /-H: (command )?not found/,
    repair: (code) => code.replaceAll(/(?<=^curl -X POST|Key .*'|json")\n/gm, " \\\n").replace(/\}'\n/, "}' \\\n")
  },
  {
    job: "predict with the model",
    language: "rest",
    reason: "it prints `results`, which is not defined; the response came",
    symptom: /results is not defined/,
    repair: (code) => code.replace("console.log(results)", "console.log(result)")
  },
  {
    job: "create a model",
    language: "grpc-python",
    reason: "it sets closed_environment in a message that has lost this field since; Python refuses unknown fields",
    symptom: /OutputConfig has no "closed_environment" field/,
    repair: (code) => code.replace(/,\s*closed_environment=False/, "")
  }
]

interface Output {
  readonly data: { readonly concepts?: ReadonlyArray<Named>; readonly frames?: ReadonlyArray<Frame> }
}
interface Named {
  readonly name: string
}
interface Frame {
  readonly frame_info: { readonly time: number }
  readonly data: { readonly concepts: ReadonlyArray<Named> }
}
/** The parts of responses that are compared by value. */
interface Response {
  readonly status: { readonly code: number }
  readonly outputs?: ReadonlyArray<Output>
}

const outputOf = (response: unknown): Output | undefined => (response as Response).outputs?.[0]
const namesIn = (response: unknown): ReadonlyArray<string> =>
  (outputOf(response)?.data.concepts ?? []).map(({ name }) => name)
const framesIn = (response: unknown) =>
  (outputOf(response)?.data.frames ?? []).map(({ data, frame_info: { time } }) => ({
    time,
    names: data.concepts.map(({ name }) => name)
  }))

/** The lines that samples print for concepts: a name and a number. */
const printedNames = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.map((line) => /^ ?(.+) (?:0\.\d+|1(?:\.0+)?|0)$/.exec(line)?.[1] ?? `not a concept: ${line}`)

/** Frames as the samples of the legacy client print them. */
const printedFrames = (text: string) =>
  text
    .split("Concepts in frame at time: ")
    .slice(1)
    .map((part) => {
      const [head = "", ...lines] = part.trimEnd().split("\n")
      return { time: Number(/^(\d+)ms$/.exec(head)?.[1]), names: printedNames(lines) }
    })

/** The responses that a sample got: what it printed, or what the engine sent to a client that prints nothing. */
const responsesOf = (language: Language, { stdout }: Finished, exchanges: ReadonlyArray<Exchange>) => {
  if (language === "curl" || language === "rest") return [JSON.parse(stdout) as unknown]
  return language === "legacy" ? exchanges.map(({ body }) => body).filter((body) => body !== undefined) : []
}

/** Fails where a sample did not end well, or did not print what its document shows. */
export const checkFinished = (
  { job, language }: Sample,
  finished: Finished,
  exchanges: ReadonlyArray<Exchange>,
  documented: unknown
): void => {
  const { code, stderr, stdout } = finished
  assert.strictEqual(code, 0, stderr + stdout)
  for (const { body, http, request } of exchanges) {
    assert.strictEqual(http, 200, `${request}: ${JSON.stringify(body)}`)
    assert.strictEqual((body as Response).status.code, 10_000, `${request}: ${JSON.stringify(body)}`)
  }
  const responses = responsesOf(language, finished, exchanges)
  const usesHttp = language === "curl" || language === "rest" || language === "legacy"
  if (usesHttp) assert.isNotEmpty(exchanges, "it sent nothing")
  const shown = job.startsWith("video") ? { ...Object(documented), outputs: firstFrames(documented) } : documented
  for (const response of responses.slice(-1)) assert.deepStrictEqual(formDifferences(shown, response), [])
  if (job === "predict with the model" || job.startsWith("image"))
    checkConcepts(language, stdout, responses, namesIn(documented))
  else if (job.startsWith("video")) checkFrames(job, language, stdout, responses, framesIn(documented))
  else if (!usesHttp) assert.strictEqual(stdout, "", "it prints nothing when all is well")
}

/** Names in the order of the document. */
const checkConcepts = (
  language: Language,
  stdout: string,
  responses: ReadonlyArray<unknown>,
  names: ReadonlyArray<string>
): void => {
  if (responses.length > 0) return assert.deepStrictEqual(namesIn(responses.at(-1)), names)
  const [head, ...lines] = stdout.trimEnd().split("\n")
  assert.strictEqual(head, "Predicted concepts:", language)
  assert.deepStrictEqual(printedNames(lines), names)
}

/** One frame each second, each with the names of the first documented one: our clip does not change. */
const checkFrames = (
  job: Job,
  language: Language,
  stdout: string,
  responses: ReadonlyArray<unknown>,
  documented: ReturnType<typeof framesIn>
): void => {
  const times = Array.from({ length: 9 }, (_, second) => second * 1000)
  if (job === "video by URL")
    assert.deepStrictEqual(
      documented.map(({ time }) => time),
      times
    )
  const wanted = times.map((time) => ({ time, names: documented[0]?.names ?? [] }))
  assert.deepStrictEqual(framesIn(responses.at(-1)), wanted)
  if (language === "legacy") assert.deepStrictEqual(printedFrames(stdout), wanted)
}

/** The documented outputs with their first frame alone: lists are compared by their first items. */
const firstFrames = (documented: unknown) => (documented as Response).outputs

/** What the engine must have after a job that changes it. */
export const checkEffect = async ({ job, language }: Sample, engine: SampleEngine): Promise<void> => {
  if (job === "add inputs") {
    const { inputs } = (await engine.get("/v2/inputs")) as {
      readonly inputs: ReadonlyArray<{ readonly data: { readonly concepts: ReadonlyArray<{ readonly id: string }> } }>
    }
    // The sample of the legacy client adds one input, the others two.
    assert.strictEqual(inputs.length, language === "legacy" ? 1 : 2)
    assert.include(
      inputs.flatMap(({ data }) => data.concepts.map(({ id }) => id)),
      "charlie"
    )
  } else if (job === "create a model") {
    const { model } = (await engine.get("/v2/models/pets/output_info")) as {
      readonly model: { readonly output_info: { readonly data: { readonly concepts: ReadonlyArray<{ id: string }> } } }
    }
    assert.deepStrictEqual(
      model.output_info.data.concepts.map(({ id }) => id),
      ["charlie"]
    )
  }
}
