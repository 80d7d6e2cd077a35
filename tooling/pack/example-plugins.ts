/** The example plugins outside the workspace: compiled with their declarations against the packed packages, and run. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../run-command.ts"
import { step } from "./consumer.ts"

/** The modules that a declaration file names. */
export const modulesOf = (declarations: string): ReadonlyArray<string> => [
  ...new Set(
    [...declarations.matchAll(/(?:\bfrom |\bimport\(|\bimport )["']([^"']+)["']/g)].flatMap(([, name = ""]) => name)
  )
]

/** Of the modules that declarations name, those of ours that are no door, and files of other packages. */
export const deepImports = (declarations: string, doors: ReadonlyArray<string>): ReadonlyArray<string> =>
  modulesOf(declarations).filter(
    (name) => (name.startsWith("@sightline/") && !doors.includes(name)) || name.includes("node_modules")
  )

/** How long a plugin of the examples may be, in lines. */
const maxLines = 30

/** Resolves with one line; rejects where a plugin is too long, does not compile, names what is no door's, or fails. */
export const tryExamplePlugins = async (folder: string, doors: ReadonlyArray<string>): Promise<string> => {
  for (const name of ["plugins", "types"]) cpSync(join(root, "examples", name), join(folder, name), { recursive: true })
  const plugins = readdirSync(join(folder, "plugins"))
  for (const file of plugins) {
    const lines = readFileSync(join(folder, "plugins", file), "utf8")
      .trimEnd()
      .split("\n").length
    if (lines > maxLines) throw new Error(`examples/plugins/${file} has ${lines} lines; at most ${maxLines}`)
  }
  writeFileSync(
    join(folder, "tsconfig.plugins.json"),
    JSON.stringify({
      extends: "./tsconfig.json",
      compilerOptions: {
        declaration: true,
        rewriteRelativeImportExtensions: true,
        skipLibCheck: true,
        rootDir: ".",
        outDir: "built"
      },
      files: [],
      include: ["plugins", "types"]
    })
  )
  await step(folder, join(folder, "node_modules", ".bin", "tsc"), "-p", "tsconfig.plugins.json")
  const declared = readdirSync(join(folder, "built"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".d.ts")
  )
  for (const file of declared) {
    // a plugin names nothing of core but what is exported for plugins
    const isPlugin = file.startsWith("plugins") || file.endsWith("every-part.d.ts")
    const allowed = isPlugin ? doors.filter((door) => !/^@sightline\/core(?!\/plugin$)/.test(door)) : doors
    const deep = deepImports(readFileSync(join(folder, "built", file), "utf8"), allowed)
    if (deep.length > 0) throw new Error(`the declarations of ${file} name ${deep.join(", ")}; export it by a door`)
  }
  const ran = await step(folder, "node", join("built", "types", "run-all.js"))
  return `${plugins.length} plugins, ${declared.length} declaration files; ${ran.trim()}`
}
