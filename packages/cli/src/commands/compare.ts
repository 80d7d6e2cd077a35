/** `sightline compare` */
import { CommandError } from "../command-line/command-error.ts"
import type { Configure } from "../command-line/command-entry.ts"
import { exitCode } from "../command-line/exit-code.ts"
import { addOutputOptions, formatOf, type OutputOptions } from "../outcomes/output-options.ts"
import { addServiceOptions, type ServiceOptions } from "../connection/service-options.ts"
import { makeWriter } from "../terminal/line-writer.ts"

interface CompareOptions extends ServiceOptions, OutputOptions {
  readonly examples?: string
}

const examples = `
Examples:
  sightline compare pets@v1 pets@v2 --examples test-photos
  sightline compare pets animals --examples test-photos
`

export const configure: Configure = (command, run) => {
  command
    .argument("<a>", "a trained model, or model@version")
    .argument("<b>", "the same")
    .option("-e, --examples <path>", "a folder with one sub-folder per concept, or a manifest (.csv, .jsonl)")
  addOutputOptions(addServiceOptions(command))
    .addHelpText("after", examples)
    .action(
      run(async (io, a: string, b: string, options: CompareOptions) => {
        if (options.examples === undefined)
          throw new CommandError("there is nothing to compare on; give --examples FOLDER")
        const [{ evaluateReferences }, { reportEvaluations }] = await Promise.all([
          import("../models/evaluate-reference.ts"),
          import("../outcomes/write-training.ts")
        ])
        const all = await evaluateReferences(io, [a, b], options.examples, options)
        await makeWriter(io.stdout)(reportEvaluations(all, formatOf(io, options)))
        return exitCode.success
      })
    )
}
