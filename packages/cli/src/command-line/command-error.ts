/** Errors of the command line itself: one line, with what to do about it. */
import { exitCode, type ExitCode, exitCodeOfTag, tagOf } from "./exit-code.ts"

/** A command cannot go on. The message is one line that says what is wrong and what to do. */
export class CommandError extends Error {
  readonly code: ExitCode
  constructor(message: string, code: ExitCode = exitCode.usage) {
    super(message)
    this.name = "CommandError"
    this.code = code
  }
}

/** Text on one line. */
export const oneLine = (text: string): string => text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, " ").trim()

/** What a failure prints and returns. */
export interface Failure {
  readonly line: string
  readonly code: ExitCode
  /** With `--verbose`: the tag, the causes and the stack. */
  readonly details: string
}

const causesOf = (error: unknown, depth = 0): ReadonlyArray<string> => {
  if (!(error instanceof Error) || error.cause === undefined || depth > 5) return []
  const { cause } = error
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : JSON.stringify(cause)
  return [`caused by ${oneLine(text ?? "nothing")}`, ...causesOf(cause, depth + 1)]
}

/** The exit code of any error. */
export const exitCodeOf = (error: unknown): ExitCode => {
  if (error instanceof CommandError) return error.code
  const tag = tagOf(error)
  if (tag === undefined) return exitCode.internal
  // The engine's folder cannot be opened: core reports that as a service that refuses every call.
  const isRefused = typeof error === "object" && error !== null && "refused" in error && error.refused === true
  return tag === "Unreachable" && isRefused ? exitCode.access : exitCodeOfTag(tag)
}

/** Describes any error. */
export const toFailure = (error: unknown): Failure => {
  const code = exitCodeOf(error)
  const message = oneLine(error instanceof Error ? error.message : String(error))
  const isOurs = error instanceof CommandError || tagOf(error) !== undefined
  const line = isOurs ? message : `unexpected error: ${message}; run it with --verbose and report it`
  const stack = error instanceof Error ? (error.stack ?? "") : ""
  return {
    line,
    code,
    details: [tagOf(error) ?? "", ...causesOf(error), stack].filter((part) => part !== "").join("\n")
  }
}
