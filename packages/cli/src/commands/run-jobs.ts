/** The actions of `sightline jobs`. */
import { randomUUID } from "node:crypto"
import type { Budget, Outcome, Output } from "@sightline/core"
import {
  type Job,
  type JobSource,
  type JobStatus,
  listJobs,
  MaybePaid,
  openJob,
  PoisonInput,
  type Reference,
  submit,
  work
} from "@sightline/jobs"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode, type ExitCode, exitCodeOfSignal } from "../command-line/exit-code.ts"
import { expandInputs, type InputArguments, surveyInputs } from "../inputs/expand-inputs.ts"
import type { InputItem } from "../inputs/input-item.ts"
import { inputArguments } from "../inputs/input-options.ts"
import { type OutcomeLine, toOutcomeLine } from "../outcomes/outcome-line.ts"
import { formatOf, makeNotice, type OutputOptions } from "../outcomes/output-options.ts"
import { countOutcome, exitCodeOfTally, newTally } from "../outcomes/outcome-tally.ts"
import { makeOutcomeWriter } from "../outcomes/write-outcomes.ts"
import { type RecordColumn, writeRecords } from "../outcomes/write-records.ts"
import { parseModel } from "../models/model-reference.ts"
import { openConnection } from "../connection/open-connection.ts"
import { makeJobChain, openApp } from "./prediction-chain.ts"
import { hasColor, type Io } from "../terminal/io.ts"
import { makeWriter } from "../terminal/line-writer.ts"
import { openStore } from "./job-store.ts"
import type {
  JobLimits,
  JobsOptions,
  OutcomesCommandOptions,
  RetryCommandOptions,
  SubmitCommandOptions,
  WorkCommandOptions
} from "./jobs.ts"

const noticeOf = (io: Io, options: OutputOptions, name: string) => makeNotice(io, options, `sightline jobs ${name}`)

/** The budget that the options set; undefined where they set none. */
const budgetOf = ({ maxCalls, maxTime, maxUsd }: JobLimits): Budget | undefined => {
  const budget: Budget = {
    ...(maxCalls === undefined ? {} : { calls: maxCalls }),
    ...(maxUsd === undefined ? {} : { usd: maxUsd }),
    ...(maxTime === undefined ? {} : { ms: maxTime })
  }
  return Object.keys(budget).length === 0 ? undefined : budget
}

const toReference = ({ kind, label, source }: InputItem): Reference => {
  if (source.from === "text") return { text: source.text, key: label }
  const given = kind === "image" ? { key: label } : { kind, key: label }
  return source.from === "url" ? { url: source.url, ...given } : { file: source.path, ...given }
}

const pageInputs = 1024

/** The inputs of the command line as the source of a job. A list on standard input is another source each time. */
const sourceOf = (given: InputArguments, isNamed: boolean): JobSource => ({
  description: {
    type: "command-line",
    folder: given.cwd,
    names: given.names,
    texts: given.texts,
    ...(given.kind === undefined ? {} : { kind: given.kind }),
    ...(given.names.includes("-") && !isNamed ? { list: randomUUID() } : {})
  },
  pages: async function* () {
    let inputs: Array<Reference> = []
    for await (const item of expandInputs(given)) {
      if (inputs.push(toReference(item)) < pageInputs) continue
      yield { inputs }
      inputs = []
    }
    if (inputs.length > 0) yield { inputs }
  }
})

const count = (value: number) => String(value)

const statusColumns: ReadonlyArray<RecordColumn<JobStatus>> = [
  { title: "JOB", cell: ({ id }) => id },
  { title: "STATE", cell: ({ state }) => state },
  { title: "INPUTS", right: true, cell: ({ inputs, listed }) => `${inputs}${listed ? "" : "+"}` },
  { title: "SETTLED", right: true, cell: ({ counts }) => count(counts.settled) },
  { title: "SUCCEEDED", right: true, cell: ({ outcomes }) => count(outcomes.succeeded) },
  { title: "FAILED", right: true, cell: ({ outcomes }) => count(outcomes.failed) },
  { title: "MAYBE PAID", right: true, cell: ({ outcomes }) => count(outcomes.maybePaid) },
  { title: "POISON", right: true, cell: ({ outcomes }) => count(outcomes.poison) },
  { title: "CALLS", right: true, cell: ({ calls }) => count(calls.made) },
  {
    title: "PLANNED",
    right: true,
    cell: ({ calls: { planned } }) => (planned === undefined ? undefined : count(planned))
  },
  { title: "USD", right: true, cell: ({ usd }) => usd?.spent.toFixed(2) },
  {
    title: "LEFT",
    right: true,
    cell: ({ secondsLeft }) => (secondsLeft === undefined ? undefined : `${Math.ceil(secondsLeft)} s`)
  }
]

const writeStatus = (io: Io, options: OutputOptions, records: Iterable<JobStatus>) =>
  writeRecords(makeWriter(io.stdout), formatOf(io, options), statusColumns, records)

/** Does something with a job, and writes its status. */
const withJob = async (
  io: Io,
  id: string,
  options: JobsOptions,
  change: (job: Job) => Promise<unknown> = () => Promise.resolve()
): Promise<ExitCode> => {
  await using executor = await openStore(io, options)
  const job = await openJob(id, { executor })
  await change(job)
  await writeStatus(io, options, [await job.status()])
  return exitCode.success
}

/** Runs `sightline jobs submit`: prints how the job stands. */
export const submitJob = async (
  io: Io,
  names: ReadonlyArray<string>,
  options: SubmitCommandOptions
): Promise<ExitCode> => {
  if (options.model === undefined) throw new CommandError("no model is named; give --model")
  const { id, onMaybePaid, perSecond, pricePerInput } = options
  const given = inputArguments(io, names, options)
  const survey = await surveyInputs(given)
  if (survey?.total === 0) throw new CommandError(`there is no input in ${names.join(", ")}`, exitCode.input)
  const budget = budgetOf(options)
  const prices =
    pricePerInput === undefined
      ? undefined
      : {
          asOf: new Date().toISOString().slice(0, 10),
          source: "--price-per-input",
          usdPerInput: { [parseModel(options.model).id]: pricePerInput }
        }
  const connection = await openConnection(io, options, { readOnly: true, creates: false })
  await using executor = await openStore(io, options)
  try {
    const chain = await makeJobChain(connection, options, survey === undefined || survey.kinds.has("video"))
    const job = await submit(chain, {
      source: sourceOf(given, id !== undefined),
      executor,
      ...(id === undefined ? {} : { id }),
      ...(budget === undefined ? {} : { budget }),
      ...(onMaybePaid === undefined ? {} : { onMaybePaid }),
      ...(perSecond === undefined ? {} : { perSecond }),
      ...(prices === undefined ? {} : { prices })
    })
    await writeStatus(io, options, [await job.status()])
    noticeOf(
      io,
      options,
      "submit"
    )(`run it with "sightline jobs work", and read it with "sightline jobs outcomes ${job.id}"`)
    return exitCode.success
  } finally {
    await connection[Symbol.asyncDispose]()
  }
}

/** The app of a worker: with the plugin for videos where it is installed, since jobs may need it. */
const openWorkerApp = async (io: Io, options: WorkCommandOptions) => {
  const connection = await openConnection(io, options, { readOnly: true, creates: false })
  const exif = connection.directory === undefined && options.exif
  const app = await openApp(connection, { exif, video: true }, undefined).catch(() =>
    openApp(connection, { exif, video: false }, undefined)
  )
  return app
}

/** Runs `sightline jobs work`. The first signal lets calls under way end. */
export const workOnJobs = async (io: Io, options: WorkCommandOptions): Promise<ExitCode> => {
  const notice = noticeOf(io, options, "work")
  const { concurrency, lease, untilIdle = false } = options
  await using executor = await openStore(io, options)
  await using app = await openWorkerApp(io, options)
  const worker = work({
    app,
    executor,
    concurrency,
    leaseMs: lease,
    ...(untilIdle ? { until: "idle" } : {}),
    onProblem: ({ error, job }) =>
      notice(`job ${job} cannot be run here: ${error instanceof Error ? error.message : String(error)}`)
  })
  const stop = () => void worker.stop()
  io.stop.drain.addEventListener("abort", stop, { once: true })
  if (io.stop.drain.aborted) stop()
  await worker.finished
  if (io.stop.drain.aborted) {
    notice("stopped; what was under way is settled, and another worker continues")
    return exitCodeOfSignal(io.stop.drain.reason)
  }
  return exitCode.success
}

/** Runs `sightline jobs list`. */
export const listAllJobs = async (io: Io, options: JobsOptions): Promise<ExitCode> => {
  await using executor = await openStore(io, options)
  const listed = await writeStatus(io, options, await listJobs({ executor }))
  if (listed === 0) noticeOf(io, options, "list")(`there are no jobs; submit one with "sightline jobs submit"`)
  return exitCode.success
}

/** Runs `sightline jobs status`. */
export const showStatus = (io: Io, id: string, options: JobsOptions): Promise<ExitCode> => withJob(io, id, options)

/** What a job's own errors say, with the command that sends the input again in place of the call that does. */
const withRemedy = (line: OutcomeLine, outcome: Outcome<unknown, unknown>): OutcomeLine => {
  if (line.ok || outcome.ok) return line
  const { error } = outcome
  if (!(error instanceof MaybePaid || error instanceof PoisonInput)) return line
  const again = `"sightline jobs retry ${error.job} --only ${line.error.tag}"`
  const message = `${error.problem}; ${again} ${error instanceof MaybePaid ? "sends" : "tries"} it again`
  return { ...line, error: { ...line.error, message } }
}

/** Runs `sightline jobs outcomes`. */
export const printOutcomes = async (io: Io, id: string, options: OutcomesCommandOptions): Promise<ExitCode> => {
  const { after, follow = false, only } = options
  await using executor = await openStore(io, options)
  const job = await openJob(id, { executor })
  const tally = newTally()
  const write = makeWriter(io.stdout)
  const format = formatOf(io, options)
  const writer = makeOutcomeWriter(format, write, {
    total: undefined,
    width: () => io.stdout.columns ?? 100,
    hasColor: hasColor(io, io.stdout)
  })
  await writer.head()
  const reading = job.outcomes({ after, follow, signal: io.stop.drain })
  try {
    for await (const outcome of reading) {
      const { index, key = `input ${index}`, seq } = outcome
      const settled = outcome.ok ? { ...outcome, value: outcome.value as Output } : outcome // what the chain of a command gives
      const line = withRemedy(
        toOutcomeLine(key, settled, () => undefined),
        outcome
      )
      if (only !== undefined && (line.ok || !only.includes(line.error.tag))) continue
      countOutcome(tally, line)
      if (format === "json") await write(`${JSON.stringify({ seq, ...line })}\n`)
      else await writer.outcome(line)
    }
  } catch (error) {
    if (!io.stop.drain.aborted) throw error
  }
  return exitCodeOfTally(tally, io.stop.drain.aborted ? io.stop.drain.reason : undefined)
}

/** Runs `sightline jobs cancel`. */
export const cancelJob = (io: Io, id: string, options: JobsOptions): Promise<ExitCode> =>
  withJob(io, id, options, (job) => job.cancel())

/** Runs `sightline jobs resume`. */
export const resumeJob = async (io: Io, id: string, options: JobsOptions & JobLimits): Promise<ExitCode> => {
  const { onMaybePaid } = options
  const budget = budgetOf(options)
  return withJob(io, id, options, (job) =>
    job.resume({
      ...(budget === undefined ? {} : { budget }),
      ...(onMaybePaid === undefined ? {} : { onMaybePaid })
    })
  )
}

const retryKinds = ["failed", "PoisonInput", "MaybePaid"] as const
type RetryKind = (typeof retryKinds)[number]

const isRetryKind = (name: string): name is RetryKind => retryKinds.some((kind) => kind === name)

/** Runs `sightline jobs retry`. What may be paid is sent again only where it is named. */
export const retryInputs = async (io: Io, id: string, options: RetryCommandOptions): Promise<ExitCode> => {
  const { only = ["failed", "PoisonInput"] } = options
  const unknown = only.find((name) => !isRetryKind(name))
  if (unknown !== undefined)
    throw new CommandError(`--only ${unknown} is not known; give ${retryKinds.join(", ")}, separated by commas`)
  return withJob(io, id, options, (job) => job.resume({ retry: only.filter(isRetryKind) }))
}
