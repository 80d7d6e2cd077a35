/** `sightline evaluate` */
import type { Configure } from "../command-line/command-entry.ts"
import { exitCode } from "../command-line/exit-code.ts"
import { addOutputOptions, formatOf, type OutputOptions } from "../outcomes/output-options.ts"
import { addServiceOptions, type ServiceOptions } from "../connection/service-options.ts"
import { makeWriter } from "../terminal/line-writer.ts"

const examples = `
Examples:
  sightline evaluate pets test-photos
  sightline evaluate pets@VERSION test-photos --format json

Use images that the model was not trained with: others raise the numbers.
`

export const configure: Configure = (command, run) => {
  command
    .argument("<model>", "a trained model, or model@version")
    .argument("<examples>", "a folder with one sub-folder per concept, or a manifest (.csv, .jsonl)")
  addOutputOptions(addServiceOptions(command))
    .addHelpText("after", examples)
    .action(
      run(async (io, model: string, path: string, options: ServiceOptions & OutputOptions) => {
        const [{ evaluateReferences }, { reportEvaluations }] = await Promise.all([
          import("../models/evaluate-reference.ts"),
          import("../outcomes/write-training.ts")
        ])
        const all = await evaluateReferences(io, [model], path, options)
        await makeWriter(io.stdout)(reportEvaluations(all, formatOf(io, options)))
        return exitCode.success
      })
    )
}
