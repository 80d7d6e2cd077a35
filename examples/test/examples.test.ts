import { execFile } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { startService } from "./service.ts"

const folder = join(import.meta.dirname, "../tasks")
const files = readdirSync(folder).filter((file) => file.endsWith(".ts"))

/** What each example prints. */
const prints: Readonly<Record<string, string>> = {
  "visual-classifier.ts": "train 0.9989112\nrailway 0.9975532\n",
  "visual-detector.ts": "Car 0.2 0.1 0.45 0.55\nPerson 0.2 0.1 0.45 0.55\n",
  "video-detector.ts": "1000 Glass\n3000 Glass\n",
  "visual-segmenter.ts": "tree 2 × 1 1\n",
  "image-to-text.ts": "a brown dog on grass\n",
  "image-to-image.ts": "PNG 1024 1024 8\n",
  "visual-embedder.ts": "3 [ 0.0125, -0.03, 0.5 ]\n",
  "text-classifier.ts": "positive\nnegative\n",
  "text-generation.ts": "Mars. (3 tokens)\n",
  "text-classification-by-llm.ts": "negative 21\n",
  "text-to-image.ts": "PNG 1024 1024 8\n",
  "text-to-audio.ts": "WAV 44100 1.5 12\n",
  "text-embedder.ts": "2 [ 0.1, -0.2 ]\n",
  "audio-to-text.ts": "HELLO THERE\n",
  "method-with-arguments.ts": "Mars, in 64 tokens at most.\n",
  "image-and-text-to-text.ts": "It looks like dusk.\n",
  "partly-failed-batch.ts": "0 train\n1 InputRejected\n",
  "training.ts": "red\n",
  "report.ts": "2 outcomes, 0 failed\n",
  "workflow.ts": "train\n2\n",
  "examples-of-a-model.ts": "p1 pending\nready 1\np1 0.99\n"
}

let service: Awaited<ReturnType<typeof startService>> | undefined
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service?.close())

const run = (file: string) =>
  new Promise<string>((done, fail) => {
    const env = {
      ...process.env,
      CLARIFAI_PAT: "examples-key",
      CLARIFAI_USER_ID: "me",
      CLARIFAI_APP_ID: "examples",
      CLARIFAI_API_BASE: service?.baseUrl,
      OPENAI_KEY: "third-party-key"
    }
    execFile(process.execPath, [join(folder, file)], { env, timeout: 60_000 }, (error, stdout, stderr) => {
      if (error) fail(new Error(`${file}: ${stderr}`, { cause: error }))
      else done(stdout)
    })
  })

describe("the examples", () => {
  it("are all here", () => {
    assert.deepStrictEqual(files.toSorted(), Object.keys(prints).toSorted())
  })
  it.each(files)("%s is short", (file) => {
    const lines = readFileSync(join(folder, file), "utf8").split("\n")
    const code = lines.filter((line) => !/^(?:import |\/\/|$)/.test(line))
    assert.isAtMost(code.length, 12)
  })
  it.each(files)("%s prints what it says", async (file) => {
    assert.strictEqual(await run(file), prints[file])
  })
})
