/** What the site is assembled from: here, the doors of the published packages that programs import. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** The workspace's folder. */
export const root: string = join(import.meta.dirname, "..", "..")

/** An entry point of a published package, such as `@sightline/core/effect`. */
export interface Door {
  /** The name to import it by. */
  readonly name: string
  /** The module in the package's sources. */
  readonly source: string
  /** The folder of its pages in the reference. */
  readonly page: string
}

interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, string>>
}

/** Packages that only our own packages import. */
const internal = new Set(["platform"])

const doorsOf = (folder: string): ReadonlyArray<Door> => {
  // a manifest of ours, whose form a test of the workspace holds
  const manifest = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")) as Manifest
  return Object.entries(manifest.exports ?? {}).flatMap(([door, source]) => {
    if (!source.endsWith(".ts")) return []
    const inside = door.replace(/^\.\/?/, "")
    const name = inside === "" ? manifest.name : `${manifest.name}/${inside}`
    const page = inside === "" ? folder : `${folder}-${inside.replaceAll("/", "-")}`
    return [{ name, source: join(root, "packages", folder, source), page }]
  })
}

/** Every door that a program imports, in the order of packages. */
export const doors = (): ReadonlyArray<Door> =>
  readdirSync(join(root, "packages"))
    .toSorted()
    .filter((folder) => !internal.has(folder))
    .flatMap(doorsOf)
