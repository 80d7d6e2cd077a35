/** `sightline concepts` */
import type { Configure } from "../command-line/command-entry.ts"
import { exitCode } from "../command-line/exit-code.ts"
import { addOutputOptions, formatOf, type OutputOptions } from "../outcomes/output-options.ts"
import { addServiceOptions, type ServiceOptions } from "../connection/service-options.ts"
import { makeWriter } from "../terminal/line-writer.ts"

export const configure: Configure = (command, run) => {
  command.addHelpText("after", "\nExamples:\n  sightline concepts list\n")
  const list = command
    .command("list")
    .summary("list the concepts of an app")
    .description("Lists the concepts of an app.")
  addOutputOptions(addServiceOptions(list)).action(
    run(async (io, options: ServiceOptions & OutputOptions) => {
      const [{ openResources }, { writeRecords }] = await Promise.all([
        import("../connection/open-resources.ts"),
        import("../outcomes/write-records.ts")
      ])
      await using app = await openResources(io, options, true)
      await writeRecords(
        makeWriter(io.stdout),
        formatOf(io, options),
        [
          { title: "ID", cell: (concept) => concept.id },
          { title: "NAME", cell: (concept) => concept.name }
        ],
        app.resources.concepts.list().each({ signal: io.stop.drain })
      )
      return exitCode.success
    })
  )
}
