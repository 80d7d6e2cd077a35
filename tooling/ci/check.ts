/** What a check of the workspace is, and how one is run and told. */
import { runCommand, type CommandOptions } from "../run-command.ts"

/** The answer of one check: failed when there is a problem. */
export interface Verdict {
  readonly problem?: string
  /** One line worth seeing even when all is well. */
  readonly note?: string
}

export interface Check {
  readonly name: string
  readonly run: () => Promise<Verdict>
  /** Nothing else runs beside it: what follows needs what it makes, or it measures time. */
  readonly alone?: boolean
}

/** One check, or several of which each needs what the one before left. */
export type Series = Check | ReadonlyArray<Check>

const isSeries = (series: Series): series is ReadonlyArray<Check> => Array.isArray(series)

/** The checks of a series. */
export const checksOf = (series: Series): ReadonlyArray<Check> => (isSeries(series) ? series : [series])

/** A check that passes when the program ends with 0. */
export const commandCheck = (
  name: string,
  command: string,
  args: ReadonlyArray<string>,
  options?: CommandOptions
): Check => ({
  name,
  run: async () => {
    const { code, output } = await runCommand(command, args, options)
    return code === 0 ? {} : { problem: `${[command, ...args].join(" ")} ended with ${code}\n${output.slice(-6000)}` }
  }
})

export interface Counts {
  readonly passed: number
  readonly failed: number
}

export interface RunOptions {
  /** How many series run beside each other. Default 1. */
  readonly atOnce?: number
  readonly print?: (line: string) => void
}

/** Starts series in their order, `atOnce` beside each other; prints a line for each check as it ends, and counts. */
export const runChecks = async (
  all: ReadonlyArray<Series>,
  { atOnce = 1, print = console.log }: RunOptions = {}
): Promise<Counts> => {
  let [passed, failed] = [0, 0]
  const run = async (check: Check): Promise<void> => {
    const started = performance.now()
    const { problem, note } = await check.run().catch((cause: unknown): Verdict => ({ problem: String(cause) }))
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    if (problem === undefined) passed += 1
    else failed += 1
    print(`${problem === undefined ? "ok    " : "FAILED"} ${check.name} (${seconds} s)${note ? `: ${note}` : ""}`)
    if (problem !== undefined) print(problem.replaceAll(/^/gm, "    "))
  }
  const running = new Set<Promise<void>>()
  for (const checks of all.map(checksOf)) {
    const alone = checks.some((check) => check.alone)
    while (running.size >= (alone ? 1 : atOnce)) await Promise.race(running)
    const series = (async () => {
      for (const check of checks) await run(check)
    })()
    running.add(series)
    void series.then(() => running.delete(series))
    if (alone) await series
  }
  await Promise.all(running)
  return { passed, failed }
}
