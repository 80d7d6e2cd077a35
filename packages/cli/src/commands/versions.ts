/** `sightline versions` */
import type { Configure } from "../command-line/command-entry.ts"
import { exitCode } from "../command-line/exit-code.ts"
import { addOutputOptions, formatOf, makeNotice, type OutputOptions } from "../outcomes/output-options.ts"
import { parseInteger } from "../command-line/parse-values.ts"
import { addServiceOptions, type ServiceOptions } from "../connection/service-options.ts"
import { makeWriter } from "../terminal/line-writer.ts"

interface VersionsOptions extends ServiceOptions, OutputOptions {
  readonly keep?: number
}

const examples = `
Examples:
  sightline versions pets
  sightline versions pets --keep 2      delete all trained versions but the newest two
`

export const configure: Configure = (command, run) => {
  command
    .argument("<model>", "a trained model")
    .option("--keep <n>", "delete the trained versions except the newest n", parseInteger(1, 1_000_000))
  addOutputOptions(addServiceOptions(command))
    .addHelpText("after", examples)
    .action(
      run(async (io, id: string, options: VersionsOptions) => {
        const [{ sightline }, { training }, { openConnection }, { writeRecords }] = await Promise.all([
          import("@sightline/core"),
          import("@sightline/plugin-training"),
          import("../connection/open-connection.ts"),
          import("../outcomes/write-records.ts")
        ])
        const { keep } = options
        const signal = io.stop.drain
        const connection = await openConnection(io, options, { readOnly: keep === undefined, creates: false })
        await using app = sightline(connection).use(training())
        const trained = app.trained(id)
        const deleted = keep === undefined ? [] : await trained.prune({ newest: keep }).run({ signal })
        if (deleted.length > 0)
          makeNotice(io, options, "sightline versions")(`deleted ${deleted.map((version) => version.id).join(", ")}`)
        const format = formatOf(io, options)
        const made = format === "human" ? "untrained (made with the model)" : "untrained"
        await writeRecords(
          makeWriter(io.stdout),
          format,
          [
            { title: "VERSION", cell: (version) => version.id },
            { title: "STATE", cell: ({ state }) => (state === "untrained" ? made : state) },
            { title: "CREATED", cell: (version) => version.createdAt },
            { title: "CONCEPTS", right: true, cell: (version) => version.concepts },
            { title: "INPUTS", right: true, cell: (version) => version.inputs }
          ],
          trained.versions().each({ signal })
        )
        return exitCode.success
      })
    )
}
