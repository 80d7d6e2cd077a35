/** Every sample of the documents in the legacy client, Node and Python over gRPC, cURL and `fetch`, run as it stands. */
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { broken, checkEffect, checkFinished } from "./expectations.ts"
import { fillIn } from "./fill-in.ts"
import type { Concept } from "./general-model.ts"
import { removeDescriptors } from "./python-client.ts"
import { canRun, runSample } from "./run-sample.ts"
import { openSampleEngine, type SampleEngine } from "./sample-engine.ts"
import { type Documents, type Job, languages, readDocuments, responseKey, type Sample } from "./samples.ts"

const documents = readDocuments()
afterAll(removeDescriptors)

const legacy = "predict-legacy.md"
const shown = (found: Documents, job: Job) => found.responses.get(responseKey({ document: legacy, job }))

/** The concepts of a documented response; of a video, those of its first frame. */
const conceptsOf = (response: unknown): ReadonlyArray<Concept> => {
  const { outputs } = response as {
    readonly outputs: ReadonlyArray<{
      readonly data: {
        readonly concepts?: ReadonlyArray<Concept>
        readonly frames?: ReadonlyArray<{ readonly data: { readonly concepts: ReadonlyArray<Concept> } }>
      }
    }>
  }
  const data = outputs[0]?.data
  return (data?.concepts ?? data?.frames?.[0]?.data.concepts ?? []).map(({ id, name }) => ({ id, name }))
}

/** The commands of a sample: a line of `//` is a remark of the document between two of them. */
const commandsOf = (sample: Sample): ReadonlyArray<Sample> =>
  sample.language === "curl"
    ? sample.code
        .split(/^\/\/ .*$/m)
        .filter((code) => code.trim() !== "")
        .map((code) => ({ ...sample, code: code.trim() }))
    : [sample]

/** The version in training, once it is trained. */
const trained = async (engine: SampleEngine): Promise<string> => {
  for (let tries = 0; tries < 300; tries++) {
    const { model_versions: versions } = (await engine.get("/v2/models/pets/versions")) as {
      readonly model_versions: ReadonlyArray<{ readonly id: string; readonly status: { readonly code: number } }>
    }
    const { id, status } = versions.find((version) => version.status.code !== 21_102) ?? { id: "", status: undefined }
    if (status?.code === 21_100) return id
    assert.include([undefined, 21_101, 21_103], status?.code, JSON.stringify(versions))
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error("the model is not trained")
}

const problemOf = (sample: Sample) =>
  broken.find(({ job, language }) => job === sample.job && language === sample.language)
const isBroken = (sample: Sample): boolean => problemOf(sample) !== undefined

const nameOf = ({ document, job, line }: Sample): string => `${document}:${line} (${job})`

describe.skipIf(documents === undefined)("the samples of the documents", () => {
  const { responses, samples }: Documents = documents ?? { samples: [], responses: new Map() }
  it("are all found", () => {
    const counts = Object.fromEntries(
      languages.map((language) => [language, samples.filter((sample) => sample.language === language).length])
    )
    assert.deepStrictEqual(counts, { legacy: 8, "grpc-node": 6, "grpc-python": 6, curl: 10, rest: 4 })
  })
  it("are told of on the page for newcomers as they run here", () => {
    const page = readFileSync(resolve(import.meta.dirname, "../../docs/migrating.md"), "utf8")
    const rows = page.matchAll(/^\| (custom models|images guide|predict legacy) .*$/gm)
    const found = Array.from(rows, ([row]) =>
      row
        .split("|")
        .slice(1, 8)
        .map((cell) => cell.trim())
    )
    const kinds = [...new Set(samples.map(({ document, job }) => responseKey({ document, job })))]
    const expected = kinds.map((kind) => {
      const of = samples.filter((sample) => responseKey(sample) === kind)
      const cells = languages.map((language) => {
        const sample = of.find((one) => one.language === language)
        if (sample === undefined) return "—"
        return isBroken(sample) ? "failed" : "ran"
      })
      return [of[0]?.document.replace(".md", "").replace("-", " "), of[0]?.job, ...cells]
    })
    assert.sameDeepMembers(
      found.map((row) => row.map((cell) => cell.replace(/ [¹²³]$/, ""))),
      expected
    )
    const failing = samples.filter(isBroken).length
    assert.include(page, `${samples.length - failing} of ${samples.length}`)
  })

  describe.each(languages)("%s", (language) => {
    const mine = samples.filter((sample) => sample.language === language)
    let engine: SampleEngine | undefined
    let version = ""
    beforeAll(async () => {
      if (documents === undefined || !canRun(language)) return
      engine = await openSampleEngine({
        blue: conceptsOf(shown(documents, "image by URL")),
        green: conceptsOf(shown(documents, "image by bytes")),
        clip: conceptsOf(shown(documents, "video by URL")),
        black: conceptsOf(shown(documents, "video by bytes"))
      })
    }, 60_000)
    afterAll(() => engine?.[Symbol.asyncDispose]())

    it.for(mine.map((sample) => [nameOf(sample), sample] as const))("%s", async ([, sample], { skip }) => {
      if (engine === undefined) return skip("its programs are not installed")
      const { endpoint, values } = engine
      const documented = responses.get(responseKey(sample))
      // The sample of the legacy client adds one example, of the ten or more that the document recommends.
      if (language === "legacy" && sample.job === "train") await engine.addCounterexample()
      for (const command of commandsOf(sample)) {
        const code = fillIn(command, { ...values, trainedVersion: version })
        const known = problemOf(sample)
        engine.takeExchanges()
        const finished = await runSample(language, code, endpoint)
        if (known === undefined) {
          checkFinished(sample, finished, engine.takeExchanges(), documented)
          continue
        }
        assert.match(finished.stdout + finished.stderr, known.symptom, known.reason)
        engine.takeExchanges()
        const repaired = await runSample(language, known.repair(code), endpoint)
        checkFinished(sample, repaired, engine.takeExchanges(), documented)
      }
      await checkEffect(sample, engine)
      if (sample.job === "train") version = await trained(engine)
    })
  })
})
