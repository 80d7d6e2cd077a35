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
}

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

/** Runs checks one after another, prints a line for each as it ends, and counts. */
export const runChecks = async (
  checks: ReadonlyArray<Check>,
  print: (line: string) => void = console.log
): Promise<{ readonly passed: number; readonly failed: number }> => {
  let [passed, failed] = [0, 0]
  for (const check of checks) {
    const started = performance.now()
    const { problem, note } = await check.run().catch((cause: unknown): Verdict => ({ problem: String(cause) }))
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    if (problem === undefined) passed += 1
    else failed += 1
    print(`${problem === undefined ? "ok    " : "FAILED"} ${check.name} (${seconds} s)${note ? `: ${note}` : ""}`)
    if (problem !== undefined) print(problem.replaceAll(/^/gm, "    "))
  }
  return { passed, failed }
}
