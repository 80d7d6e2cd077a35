/** The program: parses the arguments, runs one command, and turns every failure into one line and an exit code. */
import { Command, CommanderError } from "commander"
import type { Io } from "../terminal/io.ts"
import { BrokenPipe } from "../terminal/line-writer.ts"
import { CommandError, oneLine, toFailure } from "./command-error.ts"
import type { CommandEntry, Run } from "./command-entry.ts"
import { exitCode, type ExitCode, exitCodeOfSignal } from "./exit-code.ts"
import { packageVersion } from "./package-version.ts"

const examples = `
Examples:
  sightline train pets photos                 train a model; the sub-folders name the concepts
  sightline predict photo.jpg --model pets    predict an image
  sightline predict photos -m pets > out.ndjson
  sightline predict photos -m pets --resume out.ndjson >> out.ndjson
  sightline predict https://example.com/a.jpg --cloud -m general

The engine keeps its data in the folder .sightline, which is searched in this folder and upwards.
With --cloud or --url, calls go to a service; "sightline login" stores its key.
Exit codes and formats: https://github.com/sightline/sightline/blob/main/docs/cli.md
`

/** Options that commander must not reject before the command is known. */
const makeRoot = (): Command =>
  new Command("sightline")
    .description("Perception from the shell: predict, train, evaluate and serve.")
    .usage("<command> [options]")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help; for a command: sightline <command> --help")
    .helpCommand("help [command]", "print help for a command")
    .enablePositionalOptions()
    .showSuggestionAfterError(true)
    .addHelpText("after", examples)

/** True for an option that looks like a key, which must not be on a command line that other users can see. */
const isKeyOption = (option: string): boolean =>
  /^--?(?:pat|api-?key|key|token|secret|session-?token)(?:=|$)/i.test(option)

/** A message of commander as one line: without "error: ", quotes around names, and the line break before a suggestion. */
const usageLine = (message: string): string => {
  const line = oneLine(message)
    .replace(/^error: /, "")
    .replace(/ \(Did you mean (?:one of )?(.*?)\?\)$/, "; did you mean $1?")
    .replace(/option '([^']*)' argument '(?:[^']*)' is invalid\. /, "option $1: ")
    .replace(/'([^']*)'/g, "$1")
  return line.replace(/unknown option (\S+)/, (whole, option: string) =>
    isKeyOption(option)
      ? `a key is not accepted on the command line, where other users can read it; set CLARIFAI_PAT or run "sightline login"`
      : whole.replace(/=.*$/, "")
  )
}

/** Rejects at the first signal that stops the run. */
const stopped = ({ stop }: Io): Promise<never> =>
  new Promise((_, reject) => {
    const onStop = () => reject(new CommandError("stopped", exitCodeOfSignal(stop.drain.reason)))
    if (stop.drain.aborted) onStop()
    else stop.drain.addEventListener("abort", onStop, { once: true })
  })

/** Options of one run of the program. */
export interface ProgramOptions {
  /** The commands of the program. */
  readonly commands: ReadonlyArray<CommandEntry>
}

/** The program with the given commands configured; others only have a summary. */
export const makeProgram = async (
  commands: ReadonlyArray<CommandEntry>,
  isNeeded: (name: string) => boolean,
  run: Run
): Promise<Command> => {
  const root = makeRoot()
  for (const { load, name, summary } of commands) {
    const command = root
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
    command.enablePositionalOptions()
    if (isNeeded(name)) (await load()).configure(command, run)
  }
  return root
}

const applyToAll = (command: Command, apply: (command: Command) => void): void => {
  apply(command)
  for (const sub of command.commands) applyToAll(sub, apply)
}

const writeTo =
  (output: { readonly write: (text: string) => unknown }) =>
  (text: string): void => {
    output.write(text)
  }

/** Runs the command that the arguments name. Never throws. */
export const runProgram = async (
  args: ReadonlyArray<string>,
  io: Io,
  { commands }: ProgramOptions
): Promise<ExitCode> => {
  let code: ExitCode = exitCode.success
  const named = args.find((arg) => !arg.startsWith("-"))
  const helped = named === "help" ? args[args.indexOf(named) + 1] : named
  const entry = commands.find(({ name }) => name === named)
  const path = entry === undefined ? "sightline" : `sightline ${entry.name}`
  const run: Run =
    (action) =>
    async (...given) => {
      const done = action(io, ...given)
      code = await (entry?.drains === true ? done : Promise.race([done, stopped(io)]))
    }
  // Commander writes its errors here too; they are written as one line below.
  const writeHelp = (text: string): void => {
    if (!text.startsWith("error:")) io.stderr.write(text)
  }
  try {
    const program = await makeProgram(commands, (name) => name === helped, run)
    applyToAll(program, (command) => {
      command.exitOverride().configureOutput({ writeOut: writeTo(io.stdout), writeErr: writeHelp })
    })
    await program.parseAsync(args, { from: "user" })
    return code
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCode.success
    if (error instanceof CommanderError && error.code === "commander.help") return exitCode.usage
    if (error instanceof BrokenPipe) return exitCode.brokenPipe
    if (io.stop.drain.aborted && error === io.stop.drain.reason) return exitCodeOfSignal(error)
    const failure =
      error instanceof CommanderError
        ? toFailure(new CommandError(`${usageLine(error.message)}; see ${path} --help`))
        : toFailure(error)
    io.stderr.write(`${path}: ${failure.line}\n`)
    if (args.includes("--verbose") && failure.details !== "") io.stderr.write(`${failure.details}\n`)
    return failure.code
  }
}
