/** `sightline models` */
import type { Configure } from "../command-line/command-entry.ts"
import { exitCode } from "../command-line/exit-code.ts"
import { addOutputOptions, formatOf, makeNotice, type OutputOptions } from "../outcomes/output-options.ts"
import { addServiceOptions, type ServiceOptions } from "../connection/service-options.ts"
import type { openResources } from "../connection/open-resources.ts"
import { makeWriter } from "../terminal/line-writer.ts"

type Options = ServiceOptions & OutputOptions

interface HandlesOptions extends Options {
  readonly out?: string
  readonly type?: string
  readonly name?: string
}

const examples = `
Examples:
  sightline models list --available
  sightline models add ocr
  sightline models add hub:ORG/REPO@REVISION --as mine
  sightline models remove ocr
  sightline models list
  sightline models info pets
  sightline models check pets
  sightline models check ./my-model
  sightline models handles --cloud --out src/models.ts
`

interface AddOptions extends Options {
  readonly as?: string
  readonly integrity?: string
  readonly manifest?: string
  readonly yes?: boolean
}

/** Opens the app that the options choose. */
const openApp: typeof openResources = async (io, options, readOnly) => {
  const service = await import("../connection/open-resources.ts")
  return await service.openResources(io, options, readOnly)
}

export const configure: Configure = (command, run) => {
  command.addHelpText("after", examples)
  const sub = (name: string, summary: string) =>
    addOutputOptions(
      addServiceOptions(
        command
          .command(name)
          .summary(summary)
          .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      )
    )

  sub("add", "add a pretrained model to the engine")
    .argument(
      "<source>",
      "a name of the catalogue, PACKAGE@VERSION, hub:ORG/REPO@REVISION, an address, or a file or folder that begins with . or /"
    )
    .option("--as <id>", "the id of the model; default: the last part of the source")
    .option("--integrity <hash>", "the hash that a tarball or file must have: sha512-...")
    .option("--manifest <file>", "the manifest of a model that brings none")
    .option("-y, --yes", "add the model without asking")
    .action(
      run(async (io, source: string, options: AddOptions) => {
        const { addModel } = await import("../models/add-model.ts")
        const message = await addModel(io, source, options)
        makeNotice(io, options, "sightline models")(message)
        return exitCode.success
      })
    )

  sub("remove", "remove a pretrained model that was added")
    .argument("<model>", "the model")
    .action(
      run(async (io, id: string, options: Options) => {
        const { openAddedModels } = await import("../models/added-models.ts")
        await (await openAddedModels(io, options, false)).remove(id)
        makeNotice(io, options, "sightline models")(`${id} is removed`)
        return exitCode.success
      })
    )

  const list = sub("list", "list the models of the engine or the app")
  list.option("--available", "list the models that can be added")
  list.action(
    run(async (io, options: Options & { readonly available?: boolean }) => {
      const { writeRecords } = await import("../outcomes/write-records.ts")
      if (options.available === true) {
        const [{ formatBytes, openAddedModels }, { sourceOf }] = await Promise.all([
          import("../models/added-models.ts"),
          import("../models/add-model.ts")
        ])
        const { catalogue } = await openAddedModels(io, options, true)
        await writeRecords(
          makeWriter(io.stdout),
          formatOf(io, options),
          [
            { title: "NAME", cell: (entry) => entry.name },
            { title: "SIZE", right: true, cell: (entry) => formatBytes(entry.sizeBytes) },
            { title: "LICENCE", cell: (entry) => entry.license },
            { title: "SOURCE", cell: sourceOf },
            { title: "TRIED", cell: (entry) => (entry.tried ? "yes" : "no") },
            { title: "GOOD FOR", cell: (entry) => entry.goodFor }
          ],
          catalogue
        )
        return exitCode.success
      }
      await using app = await openApp(io, options, true)
      const count = await writeRecords(
        makeWriter(io.stdout),
        formatOf(io, options),
        [
          { title: "ID", cell: (model) => model.id },
          { title: "TYPE", cell: (model) => model.modelType },
          { title: "STATE", cell: (model) => model.version?.state },
          { title: "NAME", cell: (model) => model.name }
        ],
        app.resources.models.list().each({ signal: io.stop.drain })
      )
      if (count === 0)
        makeNotice(io, options, "sightline models")('the list is empty; train a model with "sightline train"')
      return exitCode.success
    })
  )

  sub("info", "show a model: its type, concepts and versions")
    .argument("<model>", "the model")
    .action(
      run(async (io, named: string, options: Options) => {
        const { describeModel, describeOrigin } = await import("../models/describe-model.ts")
        await using app = await openApp(io, options, true)
        const described = {
          ...(await describeModel(app.resources, named, io.stop.drain)),
          ...(await describeOrigin(io, named, options))
        }
        const write = makeWriter(io.stdout)
        if (formatOf(io, options) !== "human") await write(`${JSON.stringify(described)}\n`)
        else {
          const { printable, table } = await import("../terminal/table.ts")
          const rows = Object.entries(described).map(([name, value]) => [
            name,
            printable(Array.isArray(value) ? value.join(", ") : String(value ?? ""))
          ])
          await write(table([{ title: "" }, { title: "" }], rows))
        }
        return exitCode.success
      })
    )

  sub("check", "check that a model exists, is ready and answers, or what a folder with a model holds")
    .argument("<model>", "the model, or a folder that begins with . or /")
    .action(
      run(async (io, named: string, options: Options) => {
        const { inspectFolder, isFolder } = await import("../models/inspect-model-folder.ts")
        if (isFolder(io, named)) {
          const { ok, text } = await inspectFolder(io, named, formatOf(io, options) === "human")
          await makeWriter(io.stdout)(text)
          return ok ? exitCode.success : exitCode.model
        }
        const { checkModel, checkFiles } = await import("../models/describe-model.ts")
        await checkFiles(io, named, options)
        await using app = await openApp(io, options, true)
        const checked = await checkModel(app, named, io.stop.drain)
        const write = makeWriter(io.stdout)
        await write(
          formatOf(io, options) === "human" ? `${checked.model}: ${checked.summary}\n` : `${JSON.stringify(checked)}\n`
        )
        return checked.ok ? exitCode.success : exitCode.model
      })
    )

  sub("handles", "write typed handles of models, with their concepts, as TypeScript")
    .argument("[model...]", "models by id or page; default: all models of the app")
    .option("--out <file>", "the file to write; it changes only if the handles do. Default: standard output")
    .option("--type <id>", "only models of this type, such as visual-classifier")
    .option("--name <name>", "only models of this name")
    .action(
      run(async (io, named: ReadonlyArray<string>, options: HandlesOptions) => {
        const { writeHandles } = await import("../models/write-handles.ts")
        await using app = await openApp(io, options, true)
        const message = await writeHandles(app.resources, { ...options, io, models: named })
        if (message !== undefined) makeNotice(io, options, "sightline models")(message)
        return exitCode.success
      })
    )
}
