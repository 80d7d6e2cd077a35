/** `sightline doctor` */
import type { Configure } from "../command-line/command-entry.ts"
import { exitCode } from "../command-line/exit-code.ts"
import { addOutputOptions, formatOf, type OutputOptions } from "../outcomes/output-options.ts"
import { addServiceOptions, type ServiceOptions } from "../connection/service-options.ts"
import { hasColor } from "../terminal/io.ts"
import { makeWriter } from "../terminal/line-writer.ts"

const examples = `
Examples:
  sightline doctor
  sightline doctor --cloud
`

const colors = { ok: 32, note: 33, problem: 31 } as const

export const configure: Configure = (command, run) => {
  addOutputOptions(addServiceOptions(command))
    .addHelpText("after", examples)
    .action(
      run(async (io, options: ServiceOptions & OutputOptions) => {
        const { examine } = await import("./run-doctor.ts")
        const write = makeWriter(io.stdout)
        const isHuman = formatOf(io, options) === "human"
        const isColored = hasColor(io, io.stdout)
        let hasProblem = false
        for await (const finding of examine(io, options)) {
          hasProblem ||= finding.state === "problem"
          const state = finding.state.padEnd(8)
          const mark = isColored ? `\u001b[${colors[finding.state]}m${state}\u001b[0m` : state
          const remedy = finding.remedy === undefined ? "" : `; ${finding.remedy}`
          await write(isHuman ? `${mark}${finding.check}: ${finding.found}${remedy}\n` : `${JSON.stringify(finding)}\n`)
        }
        return hasProblem ? exitCode.access : exitCode.success
      })
    )
}
