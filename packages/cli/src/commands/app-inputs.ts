/**
 * Folder `commands`: each module declares one command, and `run-*` loads the packages that its action needs. This file:
 * `sightline inputs`
 */
import { CommandError } from "../command-line/command-error.ts"
import type { Configure } from "../command-line/command-entry.ts"
import { exitCode, exitCodeOfSignal, exitCodeOfTag, failsWholeRun } from "../command-line/exit-code.ts"
import { addOutputOptions, formatOf, makeNotice, type OutputOptions } from "../outcomes/output-options.ts"
import { parseNames } from "../command-line/parse-values.ts"
import { addInputOptions, type InputOptions } from "../inputs/input-options.ts"
import { addServiceOptions, type ServiceOptions } from "../connection/service-options.ts"
import { makeWriter } from "../terminal/line-writer.ts"

type Options = ServiceOptions & OutputOptions

interface AddCommandOptions extends Options, InputOptions {
  readonly concepts?: ReadonlyArray<string>
  readonly notConcepts?: ReadonlyArray<string>
}

const examples = `
Examples:
  sightline inputs list
  sightline inputs add photos/cat --concepts cat
  sightline inputs delete ID ID
  sightline inputs list --format json | jq -r .id | sightline inputs delete -
`

export const configure: Configure = (command, run) => {
  command.addHelpText("after", examples)
  const sub = (name: string, summary: string) =>
    command
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)

  addOutputOptions(addServiceOptions(sub("list", "list the inputs of an app"))).action(
    run(async (io, options: Options) => {
      const [{ openResources }, { writeRecords }] = await Promise.all([
        import("../connection/open-resources.ts"),
        import("../outcomes/write-records.ts")
      ])
      await using app = await openResources(io, options, true)
      await writeRecords(
        makeWriter(io.stdout),
        formatOf(io, options),
        [
          { title: "ID", cell: (input) => input.id },
          { title: "KIND", cell: (input) => input.kind },
          { title: "STATE", cell: (input) => input.state },
          {
            title: "CONCEPTS",
            cell: (input) => input.labels.map(({ name, present }) => (present ? name : `not ${name}`)).join(", ")
          }
        ],
        app.resources.inputs.scan({ pageSize: 500 }).each({ signal: io.stop.drain })
      )
      return exitCode.success
    })
  )

  const add = addInputOptions(sub("add", "add inputs to an app"))
    .option("-c, --concepts <names>", "concepts that the inputs show, separated by commas", parseNames)
    .option("--not-concepts <names>", "concepts that the inputs do not show, separated by commas", parseNames)
  addOutputOptions(addServiceOptions(add)).action(
    run(async (io, names: ReadonlyArray<string>, options: AddCommandOptions) => {
      const [{ openResources }, { expandInputs }, { inputArguments }, { openMedia }, { toOutcomeError }] =
        await Promise.all([
          import("../connection/open-resources.ts"),
          import("../inputs/expand-inputs.ts"),
          import("../inputs/input-options.ts"),
          import("../inputs/open-media.ts"),
          import("../outcomes/outcome-line.ts")
        ])
      const given = inputArguments(io, names, options)
      const labels: Array<string> = []
      const media = async function* () {
        for await (const item of expandInputs(given)) {
          if (io.stop.drain.aborted) return
          labels.push(item.label)
          yield {
            input: openMedia(item),
            ...(options.concepts === undefined ? {} : { concepts: options.concepts }),
            ...(options.notConcepts === undefined ? {} : { notConcepts: options.notConcepts })
          }
        }
      }
      await using app = await openResources(io, options, false)
      const write = makeWriter(io.stdout)
      const isHuman = formatOf(io, options) === "human"
      let added = 0
      let failed = 0
      let failedTag = ""
      for await (const outcome of app.resources.inputs.add(media()).each()) {
        const input = labels[outcome.index] ?? ""
        if (!outcome.ok && failsWholeRun(outcome.error._tag)) throw outcome.error
        if (outcome.ok) added++
        else {
          failed++
          failedTag = outcome.error._tag
        }
        const error = outcome.ok ? undefined : toOutcomeError(outcome.error)
        if (isHuman)
          await write(outcome.ok ? `${input}  ${outcome.value.id}\n` : `${input}  failed: ${error?.message ?? ""}\n`)
        else
          await write(
            `${JSON.stringify(outcome.ok ? { input, ok: true, id: outcome.value.id } : { input, ok: false, error })}\n`
          )
      }
      makeNotice(io, options, "sightline inputs")(`${added} added${failed === 0 ? "" : `, ${failed} failed`}`)
      if (io.stop.drain.aborted) return exitCodeOfSignal(io.stop.drain.reason)
      if (failed === 0) return exitCode.success
      return added === 0 ? exitCodeOfTag(failedTag) : exitCode.partial
    })
  )

  addOutputOptions(addServiceOptions(sub("delete", "delete inputs of an app")))
    .argument("<id...>", 'ids of inputs; "-" reads them from standard input, one a line')
    .action(
      run(async (io, ids: ReadonlyArray<string>, options: Options) => {
        const { openResources } = await import("../connection/open-resources.ts")
        const all: Array<string> = []
        for (const id of ids) {
          if (id !== "-") all.push(id)
          else {
            const { createInterface } = await import("node:readline")
            for await (const line of createInterface({ input: io.stdin })) if (line.trim() !== "") all.push(line.trim())
          }
        }
        if (all.length === 0) throw new CommandError("no id is given")
        await using app = await openResources(io, options, false)
        const size = app.connection.limits.inputsPerAdd
        for (let at = 0; at < all.length; at += size)
          await app.resources.inputs.deleteMany(all.slice(at, at + size)).run({ signal: io.stop.drain })
        makeNotice(io, options, "sightline inputs")(`${all.length} deleted`)
        return exitCode.success
      })
    )
}
