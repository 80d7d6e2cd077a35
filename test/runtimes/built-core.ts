/** The built package as its users have it, and the cases bundled for a runtime. */
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { build, type BuildOptions } from "esbuild"
import type { Runtime } from "./runtime-list.ts"

const core = resolve(import.meta.dirname, "../../packages/core")

interface Manifest {
  readonly publishConfig: Readonly<Record<string, unknown>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

/** Puts core's `dist` into a folder's `node_modules` with the manifest that is published, and links its dependencies. */
export const placeCore = (folder: string): void => {
  if (!existsSync(join(core, "dist", "index.js")))
    throw new Error("packages/core/dist is missing; run `pnpm build` and try again")
  const manifest = JSON.parse(readFileSync(join(core, "package.json"), "utf8")) as Manifest // our own
  const modules = join(folder, "node_modules")
  const placed = join(modules, "@sightline", "core")
  cpSync(join(core, "dist"), join(placed, "dist"), { recursive: true })
  writeFileSync(join(placed, "package.json"), JSON.stringify({ ...manifest, ...manifest.publishConfig }))
  const names = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)]
  for (const name of names) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(core, "node_modules", name), join(modules, name), "junction")
  }
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      type: "module",
      dependencies: Object.fromEntries(["@sightline/core", ...names].map((name) => [name, "*"]))
    })
  )
}

const programs = { process: "process-program.ts", worker: "worker-program.ts", page: "page-program.ts" } as const

const bundling: Readonly<Record<Runtime["kind"], BuildOptions>> = {
  // packages are resolved by the runtime itself, under its own conditions
  process: { packages: "external", platform: "node" },
  worker: { platform: "neutral", conditions: ["workerd", "worker", "import"], mainFields: ["module", "main"] },
  page: { platform: "browser", conditions: ["browser", "import"] }
}

/** Bundles the cases for a kind of runtime, over the core that stands in the folder; returns the file. */
export const bundleCases = async (kind: Runtime["kind"], folder: string): Promise<string> => {
  const outfile = join(folder, "program.mjs")
  await build({
    entryPoints: [join(import.meta.dirname, programs[kind])],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2023",
    logLevel: "silent",
    ...bundling[kind],
    plugins: [
      {
        name: "the core that was placed",
        setup: (building) => {
          if (kind === "process") return
          // imports of the cases are resolved as if they stood beside the placed package
          building.onResolve({ filter: /^(@sightline\/core|effect|ky)(\/|$)/ }, ({ importer, path, pluginData }) =>
            pluginData === "placed" || !importer.startsWith(import.meta.dirname)
              ? undefined
              : building.resolve(path, { resolveDir: folder, kind: "import-statement", pluginData: "placed" })
          )
        }
      }
    ]
  })
  return outfile
}
