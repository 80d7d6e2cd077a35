/** The reference: a folder for each door and a page for each of its exports, made from types and docstrings. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Application, TSConfigReader } from "typedoc"
import type { PluginOptions } from "typedoc-plugin-markdown"
import { type Door, doors, root } from "./doors.ts"

const introduction = ({ name }: Door): string =>
  `# ${name}\n\n\`\`\`ts\nimport * as door from "${name}"\n\`\`\`\n\nEvery export, from the types and docstrings of this version.\n\n`

const contents = (all: ReadonlyArray<Door>): string =>
  [
    "# Reference",
    "",
    "A page for each module that a program can import, which lists its exports.",
    "",
    ...all.map(({ name, page }) => `- [${name}](${page}/index.md)`),
    ""
  ].join("\n")

const form: Partial<PluginOptions> = {
  outputFileStrategy: "members",
  hidePageHeader: true,
  // the signature below it has the kind and the type parameters
  pageTitleTemplates: { member: ({ rawName }) => rawName.replace(/<.*/, "") },
  useCodeBlocks: true,
  // what each export is for stands beside its name
  indexFormat: "table",
  // the members of a type without a name, such as those of an outcome
  expandObjects: true,
  sanitizeComments: true,
  parametersFormat: "table",
  entryFileName: "index"
}

/** Writes the reference into `folder`. Fails where the sources cannot be read. */
export const writeReference = async (folder: string): Promise<ReadonlyArray<Door>> => {
  const all = doors()
  const app = await Application.bootstrapWithPlugins(
    {
      entryPoints: all.map(({ source }) => source),
      tsconfig: join(root, "site", "tsconfig.reference.json"),
      plugin: ["typedoc-plugin-markdown"],
      // types are checked by the workspace's own compiler
      skipErrorChecking: true,
      excludePrivate: true,
      excludeInternal: true,
      excludeExternals: true,
      disableSources: true,
      name: "Reference",
      readme: "none",
      logLevel: "Error",
      validation: { invalidLink: false, notExported: false },
      out: folder,
      ...form
    },
    [new TSConfigReader()]
  )
  const project = await app.convert()
  if (project === undefined) throw new Error("the sources of the reference could not be read")
  const pageOf = new Map(all.map((door) => [door.source, door.page]))
  for (const module of project.children ?? []) {
    const page = pageOf.get(project.getSymbolIdFromReflection(module)?.fileName ?? "")
    if (page !== undefined) module.name = page
  }
  await app.generateOutputs(project)
  for (const door of all) {
    const path = join(folder, door.page, "index.md")
    writeFileSync(path, introduction(door) + readFileSync(path, "utf8").replace(/^# .*\n\n/, ""))
  }
  writeFileSync(join(folder, "index.md"), contents(all))
  return all
}
