import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { publishedFolders } from "../pack/tarballs.ts"
import { root } from "../run-command.ts"

interface Manifest {
  readonly version: string
  readonly license: string
  readonly exports: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
  readonly publishConfig: {
    readonly bin?: Readonly<Record<string, string>>
    readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly keywords?: ReadonlyArray<string>
  readonly engines: Readonly<Record<string, string>>
}
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest
/** True for a package whose sources make a plugin, core apart. */
const makesPlugins = (folder: string): boolean => {
  const sources = readdirSync(join(root, folder, "src"), { recursive: true, encoding: "utf8" })
  const makes = (file: string) => readFileSync(join(root, folder, "src", file), "utf8").includes("definePlugin({")
  return folder !== join("packages", "core") && sources.filter((file) => file.endsWith(".ts")).some(makes)
}

it("several packages make plugins", () => {
  expect(publishedFolders().filter(makesPlugins).length).toBeGreaterThan(3)
})

describe.each(publishedFolders())("%s", (folder) => {
  const manifest = manifestOf(folder)

  it("publishes the doors that the workspace uses, built from the files it uses", () => {
    const published = Object.entries(manifest.exports).map(([door, source]) => {
      const built = source.replace(/^\.\/src\/(.*)\.ts$/, "./dist/$1")
      return [door, built === source ? source : { types: `${built}.d.ts`, default: `${built}.js` }]
    })
    expect(manifest.publishConfig.exports).toEqual(Object.fromEntries(published))
    for (const source of Object.values(manifest.exports)) expect(existsSync(join(root, folder, source))).toBe(true)
  })

  it("publishes the commands that the workspace uses, which name their runtime", () => {
    const commands = Object.entries(manifest.bin ?? {})
    const built = commands.map(([name, source]) => [name, source.replace(/^\.\/src\/(.*)\.ts$/, "./dist/$1.js")])
    expect(manifest.publishConfig.bin ?? {}).toEqual(Object.fromEntries(built))
    for (const [, source] of commands)
      expect(readFileSync(join(root, folder, source), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/)
  })

  it("shares version, licence, Node and Effect with the others", () => {
    const first = manifestOf("packages/core")
    for (const key of ["version", "license", "engines"] as const) expect(manifest[key]).toEqual(first[key])
    // A library shares the Effect of the program that uses it; a command, which no program imports, brings its own.
    const isCommand = Object.keys(manifest.exports).every((door) => door === "./package.json")
    if (isCommand) expect(manifest.dependencies?.["effect"]).toBe("catalog:")
    else expect(manifest.peerDependencies["effect"]).toBe(first.peerDependencies["effect"])
  })

  it("makes plugins with the core of the program that uses it", () => {
    if (!makesPlugins(folder)) return
    expect(manifest.peerDependencies["@sightline/core"]).toBe("workspace:^")
    expect(manifest.dependencies ?? {}).not.toHaveProperty("@sightline/core")
    if (folder.includes("plugin-")) expect(manifest.keywords).toContain("sightline-plugin")
  })
})
