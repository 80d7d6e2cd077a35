/** The options that name inputs, shared by the commands that take inputs. */
import { type Command, Option } from "commander"
import { CommandError } from "../command-line/command-error.ts"
import { collect } from "../command-line/parse-values.ts"
import type { Io } from "../terminal/io.ts"
import type { InputArguments } from "./expand-inputs.ts"
import { type MediaKind, kinds } from "@sightline/platform/media-kind"

/** Options that name inputs. */
export interface InputOptions {
  readonly text?: ReadonlyArray<string>
  readonly kind?: MediaKind
  readonly null?: boolean
}

/** Adds the arguments and options that name inputs. */
export const addInputOptions = (command: Command): Command =>
  command
    .argument("[input...]", 'files, folders, globs or addresses; "-" reads a list of them from standard input')
    .option("--text <text>", "text as an input; may be repeated", collect)
    .addOption(new Option("--kind <kind>", "the kind of all inputs; default: by extension").choices(kinds))
    .option("-0, --null", "names on standard input are separated by NUL")

/** The inputs that a command is given. Fails if there are none. */
export const inputArguments = (
  { cwd, stdin }: Io,
  names: ReadonlyArray<string>,
  { kind, null: nul = false, text: texts = [] }: InputOptions
): InputArguments => {
  if (names.length === 0 && texts.length === 0)
    throw new CommandError('no input is given; name files, folders or addresses, use --text, or "-" to read a list')
  return { names, texts, kind, nul, cwd, stdin }
}
