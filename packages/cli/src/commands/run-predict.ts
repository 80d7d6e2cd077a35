/** The action of `sightline predict`: streams outcomes of any number of inputs, and continues an earlier run. */
import { resolve } from "node:path"
import type { Media } from "@sightline/core"
import { CommandError } from "../command-line/command-error.ts"
import { exitCode, type ExitCode, failsWholeRun } from "../command-line/exit-code.ts"
import { formatOf, makeNotice } from "../outcomes/output-options.ts"
import { expandInputs, type InputArguments, surveyInputs } from "../inputs/expand-inputs.ts"
import type { InputItem } from "../inputs/input-item.ts"
import { inputArguments } from "../inputs/input-options.ts"
import { openMedia } from "../inputs/open-media.ts"
import { type PredictionReport, startReport } from "../outcomes/prediction-report.ts"
import type { EarlierOutcomes } from "../outcomes/read-outcomes.ts"
import { prepareAppending, readOutcomes } from "../outcomes/read-outcomes.ts"
import { makeSaveMedia } from "../outcomes/save-media.ts"
import { toOutcomeLine } from "../outcomes/outcome-line.ts"
import { countOutcome, exitCodeOfTally, newTally, type Tally } from "../outcomes/outcome-tally.ts"
import { makeOutcomeWriter } from "../outcomes/write-outcomes.ts"
import { openConnection } from "../connection/open-connection.ts"
import { makePredictionChain } from "./prediction-chain.ts"
import { hasColor, type Io, isInteractive } from "../terminal/io.ts"
import { makeWriter } from "../terminal/line-writer.ts"
import { makeProgressBar, noBar } from "../terminal/progress-bar.ts"
import type { PredictCommandOptions } from "./predict.ts"

/** Which inputs of a run are predicted, given the outcomes of an earlier one. */
type Selects = (label: string) => boolean

const everything: Selects = () => true

interface Continuation {
  readonly selects: Selects
  /** Names of inputs, where the command line gives none. */
  readonly names: ReadonlyArray<string>
  /** How many inputs of the earlier run are skipped at most. */
  readonly skipped: number
}

/** Reads the outcomes of an earlier run, and decides which inputs are left. */
const readContinuation = async (
  io: Io,
  names: ReadonlyArray<string>,
  { resume, retryFailed }: PredictCommandOptions
): Promise<Continuation> => {
  if (resume !== undefined && retryFailed !== undefined)
    throw new CommandError("--resume and --retry-failed exclude each other; give one of them")
  const shown = resume ?? retryFailed
  if (shown === undefined) return { selects: everything, names, skipped: 0 }
  const path = resolve(io.cwd, shown)
  const earlier: EarlierOutcomes = await readOutcomes(path, shown)
  if ("fd" in io.stdout && typeof io.stdout.fd === "number") prepareAppending(path, shown, io.stdout.fd)
  const { answered, failed } = earlier
  if (resume !== undefined)
    return {
      selects: (label) => !answered.has(label) && !failed.has(label),
      names,
      skipped: answered.size + failed.size
    }
  return { selects: (label) => failed.has(label), names: names.length === 0 ? [...failed] : names, skipped: 0 }
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`

/** Yields media until the run is stopped, and keeps the label of each. */
async function* takeMedia(
  given: InputArguments,
  selects: Selects,
  labels: Map<number, string>,
  stop: AbortSignal,
  report: PredictionReport | undefined
): AsyncGenerator<Media> {
  let index = 0
  for await (const item of expandInputs(given)) {
    if (stop.aborted) return
    if (!selects(item.label)) continue
    const media = openMedia(item satisfies InputItem)
    report?.input(index, media.with({ key: item.label }))
    labels.set(index++, item.label)
    yield media
  }
}

/** Runs `sightline predict`. */
export const predict = async (
  io: Io,
  names: ReadonlyArray<string>,
  options: PredictCommandOptions
): Promise<ExitCode> => {
  const notice = makeNotice(io, options, "sightline predict")
  const format = formatOf(io, options)
  if (options.model === undefined) throw new CommandError("no model is named; give --model")
  const continuation = await readContinuation(io, names, options)
  if (options.retryFailed !== undefined && continuation.names.length === 0 && options.text === undefined) {
    notice("no input has failed")
    return exitCode.success
  }
  const given = inputArguments(io, continuation.names, options)
  const survey = await surveyInputs(given)
  if (survey?.total === 0)
    throw new CommandError(
      `there is no input in ${continuation.names.join(", ")}; name files, or folders with images, videos, audio or texts`,
      exitCode.input
    )
  const isSeries = survey === undefined || survey.total > 1
  const connection = await openConnection(io, options, { readOnly: true, creates: false })
  const labels = new Map<number, string>()
  const tally = newTally()
  const isLive = isSeries && !(options.quiet ?? false) && isInteractive(io, io.stderr)
  const bar = isLive ? makeProgressBar(io.stderr) : noBar
  const halt = new AbortController()
  let failure: { readonly error: unknown } | undefined
  const total = survey === undefined ? undefined : Math.max(0, survey.total - continuation.skipped)
  try {
    const page =
      options.report === undefined
        ? undefined
        : await startReport(resolve(io.cwd, options.report), `Predictions of ${options.model}`)
    const media = takeMedia(given, continuation.selects, labels, AbortSignal.any([io.stop.drain, halt.signal]), page)
    const hasVideo = survey === undefined || survey.kinds.has("video")
    const chain = await makePredictionChain(connection, media, options, hasVideo, page?.event)
    const saveFor = makeSaveMedia(io.cwd, options.save)
    const writer = makeOutcomeWriter(format, makeWriter(io.stdout), {
      total: isSeries ? undefined : 1,
      width: () => io.stdout.columns ?? 100,
      hasColor: hasColor(io, io.stdout)
    })
    await writer.head()
    bar.update({ ...tally, total })
    for await (const outcome of chain.stream({ concurrency: options.concurrency })) {
      const label = labels.get(outcome.index) ?? ""
      labels.delete(outcome.index)
      const line = toOutcomeLine(label, outcome, saveFor(label, outcome.index))
      if (!line.ok && !outcome.ok && failsWholeRun(line.error.tag)) {
        // The error concerns every input. Nothing new is sent, answers that are on their way are written, and inputs
        // without an answer have no outcome, so that a run that continues sends them.
        failure ??= { error: outcome.error }
        halt.abort()
        continue
      }
      countOutcome(tally, line)
      bar.clear()
      await writer.outcome(line)
      await page?.outcome(outcome)
      bar.update({ ...tally, total })
    }
    bar.clear()
    if (page !== undefined) notice(`report: ${await page.end()}`)
  } finally {
    bar.clear()
    await connection[Symbol.asyncDispose]()
  }
  if (failure !== undefined) {
    if (tally.done > 0) notice(continueWith(tally, options))
    throw failure.error
  }
  const stoppedBy: unknown = io.stop.drain.aborted ? io.stop.drain.reason : undefined
  report(tally, { notice, options, isSeries, stoppedBy, skipped: continuation.skipped })
  return exitCodeOfTally(tally, stoppedBy)
}

interface ReportOptions {
  readonly notice: (message: string) => void
  readonly options: PredictCommandOptions
  readonly isSeries: boolean
  readonly stoppedBy: unknown
  readonly skipped: number
}

/** How a run that has stopped is continued. */
const continueWith = ({ done }: Pick<Tally, "done">, { resume, retryFailed }: PredictCommandOptions): string => {
  const file = resume ?? retryFailed ?? "out.ndjson"
  return `stopped after ${plural(done, "input")}; to continue, repeat the command with --resume ${file} >> ${file}, where ${file} has the outcomes so far`
}

/** The summary on standard error. */
const report = (
  { done, failed, lastError }: Tally,
  { isSeries, notice, options, skipped, stoppedBy }: ReportOptions
): void => {
  if (!isSeries && lastError !== undefined) notice(lastError.message)
  const file = options.resume ?? options.retryFailed ?? "out.ndjson"
  const skippedText = skipped === 0 ? "" : `, ${skipped} skipped`
  if (stoppedBy !== undefined) notice(continueWith({ done }, options))
  else if (isSeries && failed > 0)
    notice(
      `${plural(done - failed, "input")} answered, ${failed} failed${skippedText}; repeat the failed ones with --retry-failed ${file} >> ${file}`
    )
  else if (isSeries) notice(`${plural(done, "input")} answered${skippedText}`)
}
