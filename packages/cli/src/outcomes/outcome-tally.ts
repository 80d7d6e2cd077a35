/** Counts outcomes, and decides the exit code that they have together. */
import { exitCode, type ExitCode, exitCodeOfSignal, exitCodeOfTag } from "../command-line/exit-code.ts"
import type { OutcomeError, OutcomeLine } from "./outcome-line.ts"

/** Counters of a run. */
export interface Tally {
  done: number
  failed: number
  lastError: OutcomeError | undefined
  readonly failedCodes: Set<ExitCode>
}

/** Counters of a run that has no outcome yet. */
export const newTally = (): Tally => ({ done: 0, failed: 0, lastError: undefined, failedCodes: new Set() })

/** Counts an outcome. */
export const countOutcome = (tally: Tally, line: OutcomeLine): void => {
  tally.done++
  if (line.ok) return
  tally.failed++
  tally.lastError = line.error
  tally.failedCodes.add(exitCodeOfTag(line.error.tag))
}

/** The exit code of a run. `stoppedBy`: the signal that ended it early. */
export const exitCodeOfTally = ({ done, failed, failedCodes }: Tally, stoppedBy: unknown): ExitCode => {
  if (stoppedBy !== undefined) return exitCodeOfSignal(stoppedBy)
  if (failed === 0) return exitCode.success
  const [first, ...others] = failedCodes
  // if everything has failed for the same reason, the code is that of the reason
  return failed === done && first !== undefined && others.length === 0 ? first : exitCode.partial
}
