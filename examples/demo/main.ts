/**
 * The demo: trains a custom model on labelled photographs and evaluates it on held-out photographs. Everything runs in
 * this process on the embedded engine; with `clarifai()` the same code runs in the cloud.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { clarifai, file, sightline, type CallEvent, type Outcome } from "@sightline/core"
import { engine } from "@sightline/engine"
import { exif } from "@sightline/plugin-exif"
import { type FileExample, folder, training, type TrainingEvent } from "@sightline/plugin-training"
import { recorder, report as htmlReport } from "@sightline/report"
import { drawPhotos } from "./draw.ts"
import { type Options, readOptions, trainedModel, usage } from "./options.ts"
import { type Cost, type Prediction, type Report, summary, table } from "./report.ts"

/** Progress goes to stderr: stdout holds the result alone. */
const log = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** Splits examples: every fifth of each concept is held out for testing. */
const split = async (examples: AsyncIterable<FileExample>) => {
  const seen = new Map<string, number>()
  const train: Array<FileExample> = []
  const test: Array<FileExample> = []
  for await (const example of examples) {
    const concept = example.concepts[0] ?? ""
    const count = (seen.get(concept) ?? 0) + 1
    seen.set(concept, count)
    if (count % 5 === 0) test.push(example)
    else train.push(example)
  }
  return { train, test }
}

const collect = async <T>(items: AsyncIterable<T>): Promise<ReadonlyArray<T>> => {
  const all: Array<T> = []
  for await (const item of items) all.push(item)
  return all
}

const loadExamples = async ({ photos, test }: Options, workspace: string) => {
  if (photos !== undefined && test !== undefined)
    return { train: await collect(folder(photos)), test: await collect(folder(test)) }
  if (photos !== undefined) return split(folder(photos))
  log("no --photos given: drawing a small set of keys, leaves, mugs and scissors …")
  const drawn = join(workspace, "drawn")
  await drawPhotos(drawn, 20, 7)
  return split(folder(drawn))
}

/** Prints each change of state, and the progress of training in steps of ten percent. */
const makeProgress = () => {
  let last = ""
  return (event: TrainingEvent): void => {
    const line =
      event.state === "adding"
        ? `adding photos: ${event.tally.added} on the engine`
        : event.state === "processing"
          ? event.waiting > 0
            ? `processing photos: ${event.waiting} remaining`
            : ""
          : event.state === "training"
            ? `training: ${Math.floor((event.percent ?? 0) / 10) * 10} %`
            : event.state === "trained"
              ? `trained: version ${event.version}`
              : ""
    if (line !== "" && line !== last) log(line)
    last = line
  }
}

/** Counts calls and bytes. */
const makeMeter = () => {
  const began = performance.now()
  let calls = 0
  let bytes = 0
  return {
    onEvent: (event: CallEvent): void => {
      if (event.type !== "call") return
      calls += 1
      bytes += event.call.bytes
    },
    read: (): Cost => ({ calls, bytes, ms: performance.now() - began })
  }
}

const isAddress = (text: string): boolean => /^(?:https?|data):/i.test(text)

/** Predicts one image with one model. */
const predictOne = async (
  { cloud, directory, json, model, predict = "" }: Options,
  workspace: string
): Promise<void> => {
  await using app = sightline(cloud ? clarifai() : engine({ directory: directory ?? workspace })).use(exif())
  const { concepts } = await app
    .input(isAddress(predict) ? predict : file(predict))
    .predict(model)
    .run()
  if (json) return console.log(JSON.stringify({ input: predict, model, concepts }))
  for (const { name, score } of concepts) console.log(`${score.toFixed(3)}  ${name}`)
}

/** Trains, tests and reports the result. */
const demo = async (
  options: Options,
  workspace: string
): Promise<{ readonly report: Report; readonly cost: Cost; readonly path: string }> => {
  const directory = options.directory ?? join(workspace, "engine")
  await using local = engine({ directory })
  await local.fetch("/v2/models") // fails early if the folder is unusable
  const examples = await loadExamples(options, workspace)
  const concepts = [...new Set(examples.train.flatMap((example) => example.concepts))].toSorted()
  const meter = makeMeter()
  const watch = recorder()
  const onEvent = (event: CallEvent): void => {
    meter.onEvent(event)
    watch.event(event)
  }
  await using app = sightline(local, { onEvent })
    .use(exif())
    .use(training({ journal: join(directory, "trainings") }))

  const model = await app
    .train(trainedModel)
    .concepts(...concepts)
    .mutuallyExclusive()
    .examples(examples.train)
    .run({ onEvent: makeProgress() })
  for (const { name, problem } of model.tally?.unusable ?? []) log(`skipped ${name}: ${problem}`)

  const predictions: Array<Prediction> = []
  const outcomes: Array<Outcome<unknown, unknown>> = []
  const inputs = examples.test.map((example) => example.input)
  for await (const outcome of app
    .inputs(inputs, { key: (_, i) => examples.test[i]?.name ?? "" })
    .predict(model)
    .stream()) {
    outcomes.push(outcome)
    const example = examples.test[outcome.index]
    const file = example?.name ?? String(outcome.index)
    if (!outcome.ok) log(`skipped ${file}: ${outcome.error.message}`)
    else {
      const [top] = outcome.value.concepts
      predictions.push({ file, predicted: top?.name ?? "", score: top?.score ?? 0, truth: example?.concepts[0] ?? "" })
    }
  }
  const right = predictions.filter(({ predicted, truth }) => predicted === truth).length
  const report = {
    photos: options.photos ?? "drawn",
    train: examples.train.length - (model.tally?.unusable.length ?? 0) - (model.tally?.duplicates ?? 0),
    test: predictions.length,
    unusable: (model.tally?.unusable.length ?? 0) + examples.test.length - predictions.length,
    accuracy: predictions.length === 0 ? 0 : right / predictions.length,
    predictions
  }
  const cost = meter.read()
  const truth = ({ index }: { readonly index: number }) => examples.test[index]?.concepts
  const { path } = await htmlReport({
    title: `Demo: ${concepts.join(", ")}`,
    outcomes,
    inputs,
    events: watch,
    names: true,
    evaluation: { truth, concepts, mutuallyExclusive: true, name: "this training" }
  }).write(options.report)
  return { report, cost, path }
}

const main = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2))
  if (options.help) return console.log(usage)
  const workspace = await mkdtemp(join(tmpdir(), "sightline-demo-"))
  try {
    if (options.predict !== undefined) return await predictOne(options, workspace)
    const { cost, path, report } = await demo(options, workspace)
    if (report.unusable > 0) process.exitCode = 1
    if (options.json) {
      console.log(JSON.stringify(report))
      return log(`report: ${path}`)
    }
    console.log(`${table(report.predictions)}\n\n${summary(report, cost)}`)
    if (options.photos === undefined)
      console.log(`\nThese photos were drawn. With your own: npm run demo -- --photos DIR`)
    console.log(`\nreport: ${path}`)
  } finally {
    await rm(workspace, { recursive: true, force: true })
  }
}

main().catch((error: unknown) => {
  const stack = process.argv.includes("--stack")
  const line = error instanceof Error ? error.message : String(error)
  process.stderr.write(
    `demo: ${stack && error instanceof Error ? (error.stack ?? line) : line.replace(/\s*\n\s*/g, " ")}\n`
  )
  process.exitCode = 1
})
