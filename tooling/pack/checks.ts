/** Checks of the packed packages: publint and attw on each tarball, then empty projects that install them. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { lowestNode } from "../../test/runtimes/runtime-list.ts"
import { commandCheck, type Check, type Verdict } from "../ci/check.ts"
import { tryInEmptyProject } from "./consumer.ts"
import { tryCommand } from "./command.ts"
import { tryExamplePlugins } from "./example-plugins.ts"
import { compileIn, installWith, runIn } from "./install.ts"
import { pnpm, programOf } from "./managers.ts"
import { serveRegistry } from "./registry.ts"
import { doorsOf, packAll, publishedFolders, type Tarball } from "./tarballs.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-pack-"))
process.on("exit", () => rmSync(folder, { recursive: true, force: true }))

let packed: Promise<ReadonlyArray<Tarball>> | undefined
/** Packs once, whichever check comes first. */
const tarballs = () => (packed ??= packAll(join(folder, "tarballs")))

const everything = join(folder, "all")
let installed: Promise<string> | undefined
/** Installs all packages once; resolves with what their doors export. */
const installAll = () =>
  (installed ??= tarballs().then((all) => tryInEmptyProject(everything, { tarballs: all, nodeTypes: true })))

const withTarball = (packageFolder: string, tool: string, args: (path: string) => ReadonlyArray<string>): Check => ({
  name: `${tool} on ${basename(packageFolder)}`,
  run: async () => {
    const tarball = (await tarballs()).find(({ name }) => name.endsWith(`/${basename(packageFolder)}`))
    if (!tarball) return { problem: `${packageFolder} was not packed` }
    return commandCheck(tool, tool, args(tarball.path)).run()
  }
})

/** One cell of the matrix that `test/install.long.ts` completes: the manager that is strictest about undeclared packages. */
const tryPnpm = async (into: string): Promise<Verdict> => {
  const all = await tarballs()
  const registry = await serveRegistry(all)
  try {
    const project = await installWith(into, pnpm, registry, all)
    for (const node of [process.execPath, await programOf(lowestNode)]) await runIn(project, node)
    await compileIn(project, ["tsc"], "bundler")
    return { note: `${project.doors.length} doors by import and require, in Node 22.19 and ${process.versions.node}` }
  } finally {
    await registry.close()
  }
}

export const packChecks: ReadonlyArray<Check> = [
  ...publishedFolders().flatMap((packageFolder) => [
    withTarball(packageFolder, "publint", (path) => ["run", path, "--strict"]),
    // ESM only, so `require` from a CommonJS file of TypeScript's older kind is not offered. A command has no doors.
    ...(doorsOf(packageFolder).length === 0
      ? []
      : [withTarball(packageFolder, "attw", (path) => [path, "--profile", "esm-only"])])
  ]),
  {
    name: "core alone, packed, in an empty project",
    run: async () => {
      const all = await tarballs()
      const core = all.filter(({ name }) => name === "@sightline/core")
      const beneath = all.filter(({ name }) => core.some(({ dependencies }) => dependencies.includes(name)))
      return { note: await tryInEmptyProject(join(folder, "core"), { tarballs: core, beneath, nodeTypes: false }) }
    }
  },
  {
    name: "all packages, packed, in an empty project",
    run: async () => ({ note: await installAll() })
  },
  {
    name: "example plugins, with the packed packages",
    run: async () => {
      const doors = (await tarballs()).flatMap((tarball) => tarball.doors)
      await installAll()
      return { note: await tryExamplePlugins(everything, doors) }
    }
  },
  {
    name: "all packages, from a registry by pnpm, in an empty project",
    run: () => tryPnpm(join(folder, "pnpm"))
  },
  {
    name: "the sightline command, packed, in an empty project",
    run: async () => tryCommand(join(folder, "command"), await tarballs())
  }
]
