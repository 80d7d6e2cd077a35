/** `sightline jobs` */
import { type Command, InvalidArgumentError, Option } from "commander"
import type { Configure } from "../command-line/command-entry.ts"
import { parseDuration, parseInteger, parseNames } from "../command-line/parse-values.ts"
import { addOutputOptions, type OutputOptions } from "../outcomes/output-options.ts"
import { addServiceOptions, type ServiceOptions } from "../connection/service-options.ts"
import type { JobStoreOptions } from "./job-store.ts"
import { addPredictionOptions, type PredictionOptions } from "./predict-options.ts"

/** Options of every command about jobs. */
export interface JobsOptions extends OutputOptions, JobStoreOptions {}

/** Where a job stops, and what it does with inputs that may be paid. */
export interface JobLimits {
  readonly maxCalls?: number
  readonly maxUsd?: number
  readonly maxTime?: number
  readonly onMaybePaid?: "report" | "resend"
}

/** Options of `sightline jobs submit`. */
export interface SubmitCommandOptions extends JobsOptions, JobLimits, PredictionOptions {
  readonly id?: string
  readonly perSecond?: number
  readonly pricePerInput?: number
}

/** Options of `sightline jobs work`. */
export interface WorkCommandOptions extends JobsOptions, ServiceOptions {
  readonly concurrency: number
  readonly exif: boolean
  readonly lease: number
  readonly untilIdle?: boolean
}

/** Options of `sightline jobs outcomes`. */
export interface OutcomesCommandOptions extends JobsOptions {
  readonly after: number
  readonly follow?: boolean
  readonly only?: ReadonlyArray<string>
}

/** Options of `sightline jobs retry`. */
export interface RetryCommandOptions extends JobsOptions {
  readonly only?: ReadonlyArray<string>
}

const examples = `
Examples:
  sightline jobs submit photos -m pets
  sightline jobs submit photos --cloud -m general --max-usd 5 --price-per-input 0.0012
  sightline jobs work --until-idle
  sightline jobs list
  sightline jobs status JOB
  sightline jobs outcomes JOB > out.ndjson
  sightline jobs outcomes JOB --only PoisonInput
  sightline jobs retry JOB --only PoisonInput
  sightline jobs resume JOB --max-calls 500

Any number of "jobs work" may run at once on one machine, and with --queue and --ledger on many. A worker needs the service that the job is for.
CALLS are those made. More than PLANNED are made where calls are repeated, where one that is refused is divided to find the input at fault, and where inputs are sent again.
`

/** An amount of 0 or more. */
const parseAmount = (text: string): number => {
  const amount = Number(text)
  if (text.trim() !== "" && amount >= 0 && amount < Infinity) return amount
  throw new InvalidArgumentError("it must be a number of 0 or more, such as 2.5")
}

const addLimits = (command: Command): Command =>
  command
    .option("--max-calls <n>", "the most calls; the job stops before the next one", parseInteger(0, 1_000_000_000))
    .option("--max-usd <amount>", "the most US dollars; needs the price of the inputs", parseAmount)
    .option("--max-time <duration>", "the longest time from the first call on, such as 2h", parseDuration)
    .addOption(
      new Option("--on-maybe-paid <what>", "what happens with inputs whose worker ended before the answer").choices([
        "report",
        "resend"
      ])
    )

const load = () => import("./run-jobs.ts")

export const configure: Configure = (command, run) => {
  command.addHelpText("after", examples)
  const sub = (name: string, summary: string) =>
    command
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .option("--store <file>", "the file that has the jobs", "sightline-jobs.db")
      .option("--queue <address>", "BullMQ on redis:// or postgres:// brings the jobs to workers; also SIGHTLINE_QUEUE")
      .option("--ledger <address>", "with a queue: the Postgres that has the jobs; also SIGHTLINE_LEDGER")

  addLimits(addPredictionOptions(sub("submit", "submit a prediction of inputs as a job")))
    .option("--id <id>", "the id of the job; default: a hash of what it does")
    .option("--per-second <n>", "the most calls a second, over all workers", parseAmount)
    .option("--price-per-input <amount>", "the price of one input in US dollars", parseAmount)
    .action(
      run(async (io, names: ReadonlyArray<string>, options: SubmitCommandOptions) =>
        (await load()).submitJob(io, names, options)
      )
    )

  addOutputOptions(addServiceOptions(sub("work", "work on jobs until it is stopped")))
    .option("--concurrency <n>", "the most calls at once", parseInteger(1, 256), 4)
    .option(
      "--lease <duration>",
      "after so long without a sign of life a worker is taken for dead",
      parseDuration,
      10_000
    )
    .option("--until-idle", "end when no job has anything left to do")
    .option("--no-exif", "send images to services as they are; as the job was submitted")
    .action(run(async (io, options: WorkCommandOptions) => (await load()).workOnJobs(io, options)))

  addOutputOptions(sub("list", "list jobs, the oldest first")).action(
    run(async (io, options: JobsOptions) => (await load()).listAllJobs(io, options))
  )

  addOutputOptions(sub("status", "show how a job stands").argument("<job>", "the id of the job")).action(
    run(async (io, id: string, options: JobsOptions) => (await load()).showStatus(io, id, options))
  )

  addOutputOptions(sub("outcomes", "print the outcomes of a job, in the order in which they settled"))
    .argument("<job>", "the id of the job")
    .option("--after <seq>", "continue after this number", parseInteger(0, 1e15), 0)
    .option("--follow", "wait for further outcomes until the job stops")
    .option("--only <errors>", "only failures with these errors, such as PoisonInput, the dead letters", parseNames)
    .action(
      run(async (io, id: string, options: OutcomesCommandOptions) => (await load()).printOutcomes(io, id, options))
    )

  addOutputOptions(sub("cancel", "stop a job; calls under way end").argument("<job>", "the id of the job")).action(
    run(async (io, id: string, options: JobsOptions) => (await load()).cancelJob(io, id, options))
  )

  addOutputOptions(addLimits(sub("resume", "continue a job that was cancelled or ran out of budget")))
    .argument("<job>", "the id of the job")
    .action(run(async (io, id: string, options: JobsOptions & JobLimits) => (await load()).resumeJob(io, id, options)))

  addOutputOptions(sub("retry", "do failed inputs of a job again"))
    .argument("<job>", "the id of the job")
    .option("--only <kinds>", "failed, PoisonInput, MaybePaid; default: failed and PoisonInput", parseNames)
    .action(run(async (io, id: string, options: RetryCommandOptions) => (await load()).retryInputs(io, id, options)))
}
