/**
 * Loaded before a benchmark: packages of the workspace are taken from `dist/`, as they are published, instead of from their
 * sources. Stripping types while something is measured would cost time at the start and 20 MB of memory.
 */
import { readFileSync } from "node:fs"
import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"

type Target = string | { readonly [condition: string]: Target }

interface Manifest {
  readonly name: string
  readonly publishConfig?: {
    readonly exports?: Readonly<Record<string, Target>>
    readonly imports?: Readonly<Record<string, Target>>
  }
}

const packages = new URL("../../packages/", import.meta.url).href
const manifests = new Map<string, Manifest>()

/** The manifest of a package of the workspace, read once. */
const manifestOf = (folder: string): Manifest => {
  const kept = manifests.get(folder)
  if (kept) return kept
  // A manifest of this workspace, checked by pnpm and publint.
  const manifest = JSON.parse(readFileSync(fileURLToPath(new URL("package.json", folder)), "utf8")) as Manifest
  manifests.set(folder, manifest)
  return manifest
}

/** The first target whose condition holds, in the order of the manifest, as Node reads it. */
const targetOf = (target: Target | undefined, conditions: ReadonlyArray<string>): string | undefined => {
  if (target === undefined || typeof target === "string") return target
  for (const [condition, inner] of Object.entries(target)) {
    const found = condition === "default" || conditions.includes(condition) ? targetOf(inner, conditions) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** The folder of the workspace's package that a file's address lies in. */
const folderOf = (address: string): string | undefined => {
  if (!address.startsWith(packages)) return undefined
  return new URL(`${address.slice(packages.length).split("/")[0] ?? ""}/`, packages).href
}

registerHooks({
  resolve: (specifier, context, next) => {
    const inside = folderOf(context.parentURL ?? "")
    if (inside !== undefined && specifier.startsWith("#")) {
      const target = targetOf(manifestOf(inside).publishConfig?.imports?.[specifier], context.conditions)
      if (target !== undefined) return next(new URL(target, inside).href, context)
    }
    const found = next(specifier, context)
    const folder = folderOf(found.url)
    if (folder === undefined || !specifier.startsWith("@sightline/")) return found
    const { name, publishConfig } = manifestOf(folder)
    const target = targetOf(publishConfig?.exports?.[`.${specifier.slice(name.length)}`], context.conditions)
    return target === undefined ? found : { ...found, format: "module", url: new URL(target, folder).href }
  }
})
