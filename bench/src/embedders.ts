// `pnpm bench embedders <folder> [--json]`: accuracy of the built-in embedder. The folder holds one
// folder for each task, with a labels.json (`concepts`, and `images`: `file`, `concept`, `split` train or val).
import { Effect } from "effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { crossValidate } from "../../packages/engine/src/learning/cross-validate.ts"
import { predictHead, trainHead } from "../../packages/engine/src/learning/head.ts"
import { expectedCalibrationError } from "../../packages/engine/src/learning/classifier-metrics.ts"
import { readVector } from "../../packages/engine/src/learning/rows.ts"
import { bufferVectors } from "../../packages/engine/src/learning/vector-buffer.ts"
import type { LabelledImage } from "../../packages/engine/src/learning/vector-buffer.ts"
import { makeEmbedder } from "../../packages/engine/src/vision/built-in-encoder.ts"

interface Labels {
  readonly concepts: ReadonlyArray<string>
  readonly images: ReadonlyArray<{ readonly file: string; readonly concept: string; readonly split: string }>
}

const folder = process.argv.slice(2).find((argument) => !argument.startsWith("--"))
if (folder === undefined) {
  console.error("usage: pnpm bench embedders <folder of tasks> [--json]")
  process.exit(1)
}

const mean = (values: ReadonlyArray<number>) => values.reduce((sum, value) => sum + value, 0) / values.length

const judge = Effect.fnUntraced(function* (task: string, setting: "fast" | "accurate") {
  const root = resolve(folder, task)
  const labels: Labels = JSON.parse(readFileSync(join(root, "labels.json"), "utf8"))
  const { blocks, embed, id } = yield* makeEmbedder({ setting, workers: 1 })
  const pictures: Array<LabelledImage> = []
  let ms = 0
  for (const { concept, file } of labels.images) {
    const bytes = new Uint8Array(readFileSync(join(root, file)))
    const start = performance.now()
    yield* embed(bytes)
    ms += performance.now() - start
    const { mirrored, vector } = yield* embed(bytes, { mirror: true })
    pictures.push({ vector, labels: { [concept]: 1 }, ...(mirrored && { mirrored }) })
  }
  const { examples, vectors } = yield* bufferVectors(pictures)
  const trainingSet = {
    embedder: id,
    ...(blocks && { blocks }),
    concepts: labels.concepts,
    examples,
    vectors,
    seed: 1,
    mutuallyExclusive: true,
    closedEnvironment: true
  }
  const folds = yield* Effect.forEach([1, 2, 3], (seed) => crossValidate({ ...trainingSet, seed }))
  const of = (split: string) => examples.filter((_, i) => labels.images[i]?.split === split)
  const start = performance.now()
  const head = yield* trainHead({ ...trainingSet, examples: of("train") })
  const trainMs = performance.now() - start
  const decisions = of("val").map((example) => {
    const vector = new Float32Array(vectors.size)
    readVector(vectors, example.place, vector)
    const scores = predictHead(head, vector)
    const top = scores.indexOf(Math.max(...scores))
    return { confidence: scores[top] ?? 0, right: example.labels[labels.concepts[top] ?? ""] === 1 }
  })
  return {
    task,
    setting,
    images: examples.length,
    crossValidated: mean(folds.map((fold) => fold.top1Accuracy)),
    crossValidatedEce: mean(folds.map((fold) => fold.expectedCalibrationError)),
    validation: mean(decisions.map(({ right }) => (right ? 1 : 0))),
    validationEce: expectedCalibrationError(decisions),
    msAnImage: ms / examples.length,
    trainMs
  }
})

const tasks = readdirSync(folder).filter((task) => existsSync(join(folder, task, "labels.json")))
const settings = ["accurate", "fast"] as const
const rows = await Effect.runPromise(
  Effect.forEach(
    tasks.flatMap((task) => settings.map((setting) => ({ task, setting }))),
    ({ setting, task }) => Effect.scoped(judge(task, setting))
  )
)
const line = (cells: ReadonlyArray<string | number>) =>
  cells.map((cell) => (typeof cell === "number" ? cell.toFixed(3) : cell).padEnd(11)).join("")
console.log(
  process.argv.includes("--json")
    ? JSON.stringify({ benchmark: "embedders", rows })
    : [
        line(["task", "setting", "images", "5-fold", "its ECE", "val", "its ECE", "ms/image", "train ms"]),
        ...rows.map((row) =>
          line([
            row.task,
            row.setting,
            String(row.images),
            row.crossValidated,
            row.crossValidatedEce,
            row.validation,
            row.validationEce,
            row.msAnImage.toFixed(1),
            row.trainMs.toFixed(0)
          ])
        )
      ].join("\n")
)
