/** `sightline completion` */
import { Argument } from "commander"
import type { CommandEntry, Configure } from "../command-line/command-entry.ts"
import { exitCode } from "../command-line/exit-code.ts"
import { makeWriter } from "../terminal/line-writer.ts"

const shells = ["bash", "zsh", "fish"] as const
type Shell = (typeof shells)[number]

const examples = `
Examples:
  source <(sightline completion bash)                                    in ~/.bashrc
  source <(sightline completion zsh)                                     in ~/.zshrc
  sightline completion fish > ~/.config/fish/completions/sightline.fish
`

/** Configures the command, which completes the given commands. */
export const configureCompletion =
  (commands: ReadonlyArray<CommandEntry>): Configure =>
  (command, run) => {
    command
      .addArgument(new Argument("<shell>", "the shell").choices(shells))
      .addHelpText("after", examples)
      .action(
        run(async (io, shell: Shell) => {
          const { completionScript } = await import("../command-line/completion-script.ts")
          await makeWriter(io.stdout)(await completionScript(shell, commands))
          return exitCode.success
        })
      )
  }
