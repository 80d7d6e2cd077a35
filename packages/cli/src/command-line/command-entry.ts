/** Commands as the program knows them. A module is loaded only when its command is used, so that `--help` stays fast. */
import type { Command } from "commander"
import type { Io } from "../terminal/io.ts"
import type { ExitCode } from "./exit-code.ts"

/** Runs the action of a command. */
export type Run = <Arguments extends ReadonlyArray<unknown>>(
  action: (io: Io, ...args: Arguments) => Promise<ExitCode>
) => (...args: Arguments) => Promise<void>

/** Adds a command's arguments, options, examples and action. */
export type Configure = (command: Command, run: Run) => void

/** A command as `--help` lists it. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  /** True for a command that ends on its own after the first Ctrl-C, with what it has done; any other is abandoned. */
  readonly drains?: boolean
  readonly load: () => Promise<{ readonly configure: Configure }>
}
