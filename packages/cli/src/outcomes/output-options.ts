/** The options of output, shared by all commands that print results. */
import { type Command, Option } from "commander"
import { type Format, formats } from "./write-outcomes.ts"
import type { Io } from "../terminal/io.ts"

/** Options of output. */
export interface OutputOptions {
  readonly format: Format
  readonly quiet?: boolean
  readonly verbose?: boolean
}

/** Adds the options of output. */
export const addOutputOptions = (command: Command): Command =>
  command
    .addOption(
      new Option("--format <format>", "human: tables; json: one object a line; auto: human on a terminal, else json")
        .choices(formats)
        .default("auto")
    )
    .option("-q, --quiet", "print neither progress nor messages")
    .option("--verbose", "print the causes of errors")

/** The format of a run: that of the option, or by what standard output is. */
export const formatOf = ({ stdout }: Io, { format }: OutputOptions): Exclude<Format, "auto"> =>
  format === "auto" ? (stdout.isTTY === true ? "human" : "json") : format

/** Prints a message on standard error, unless `--quiet` is set. */
export const makeNotice =
  ({ stderr }: Io, { quiet = false }: OutputOptions, path: string) =>
  (message: string): void => {
    if (!quiet) stderr.write(`${path}: ${message}\n`)
  }
