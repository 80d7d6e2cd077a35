/** The terminal: what a command may touch of its process, and how it writes to it. This file: the process as a value. */
import type { Readable, Writable } from "node:stream"

/** A writable stream that may be a terminal. */
export interface Output extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** A readable stream that may be a terminal. */
export interface Input extends Readable {
  readonly isTTY?: boolean
  readonly setRawMode?: (raw: boolean) => unknown
}

/** How a run is stopped. The first Ctrl-C drains: nothing new is sent, and calls in flight are awaited. */
export interface Stop {
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP. Its reason is the signal's name. */
  readonly drain: AbortSignal
}

/** Everything that a command may touch of its process. Tests give their own. */
export interface Io {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
  readonly stop: Stop
}

/** True if colours may be written: to a terminal, unless `NO_COLOR` is set (https://no-color.org). */
export const hasColor = ({ env }: Pick<Io, "env">, output: Output): boolean =>
  output.isTTY === true && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb"

/** True if a line may be overwritten: on a terminal that is not the log of a CI job. */
export const isInteractive = ({ env }: Pick<Io, "env">, output: Output): boolean =>
  output.isTTY === true && (env["CI"] ?? "") === "" && env["TERM"] !== "dumb"
