/** The packages as they would be published: packed by pnpm, which alone swaps `exports` for `publishConfig.exports`. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { root, runCommand } from "../run-command.ts"

export interface Tarball {
  readonly name: string
  readonly path: string
  /** Import paths of its doors: `@sightline/core`, `@sightline/core/plugin`, … */
  readonly doors: ReadonlyArray<string>
  /** Names of what its manifest depends on, packages of ours among them. */
  readonly dependencies: ReadonlyArray<string>
}

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
}

// JSON of our own, checked by pnpm and publint.
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest

/** The folders of what is published, relative to the root. */
export const publishedFolders = (): ReadonlyArray<string> =>
  readdirSync(join(root, "packages")).map((name) => join("packages", name))

/** Import paths of the doors of one package, without `package.json`. */
export const doorsOf = (folder: string): ReadonlyArray<string> => {
  const { name, exports } = manifestOf(folder)
  return Object.keys(exports)
    .filter((key) => !key.endsWith(".json"))
    .map((key) => name + key.slice(1))
}

/** Packs every package (they must be built) into an emptied folder. */
export const packAll = async (into: string): Promise<ReadonlyArray<Tarball>> => {
  rmSync(into, { recursive: true, force: true })
  mkdirSync(into, { recursive: true })
  const tarballs: Array<Tarball> = []
  for (const folder of publishedFolders()) {
    const before = new Set(readdirSync(into))
    const { code, output } = await runCommand("pnpm", ["pack", "--pack-destination", into], { cwd: join(root, folder) })
    const file = readdirSync(into).find((name) => name.endsWith(".tgz") && !before.has(name))
    if (code !== 0 || !file) throw new Error(`pnpm pack of ${folder} ended with ${code}: ${output.slice(-2000)}`)
    const { dependencies = {}, name } = manifestOf(folder)
    tarballs.push({
      name,
      path: join(into, file),
      doors: doorsOf(folder),
      dependencies: Object.keys(dependencies)
    })
  }
  return tarballs
}
