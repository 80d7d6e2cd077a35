/** Downloads a runtime's program from the npm registry, once: it stays in a cache folder of the workspace. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs"
import { join, resolve } from "node:path"
import { runCommand } from "../../tooling/run-command.ts"
import type { Binary } from "./runtime-list.ts"

const workspace = resolve(import.meta.dirname, "../..")
const cache = join(workspace, "node_modules", ".cache", "runtimes")

/** A program's path, or why it cannot be had. */
export type Found = { readonly path: string } | { readonly problem: string }

/** Scripts of the package are not run: the program is in it. */
const installArgs = [
  "--ignore-scripts",
  "--no-save",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
  "--fetch-retries=2"
]

/** The program of a package: from the cache, or installed into it. */
export const installedBinary = async ({ package: name, path }: Binary): Promise<Found> => {
  const folder = join(cache, name.replaceAll(/[^\w.@-]/g, "+"))
  const packageName = name.slice(0, name.lastIndexOf("@"))
  const program = join(folder, "node_modules", packageName, path)
  if (existsSync(program)) return { path: program }
  mkdirSync(cache, { recursive: true })
  const partial = mkdtempSync(join(cache, ".partial-"))
  try {
    const { code, output } = await runCommand("npm", ["install", "--prefix", partial, ...installArgs, name], {
      cwd: partial,
      timeoutMs: 180_000
    })
    const made = join(partial, "node_modules", packageName, path)
    if (code !== 0 || !existsSync(made))
      return { problem: `npm could not install ${name}: ${output.trim().split("\n")[0] ?? `it ended with ${code}`}` }
    rmSync(folder, { recursive: true, force: true })
    renameSync(partial, folder)
    return { path: program }
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}
