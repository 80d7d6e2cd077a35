import { globSync, readFileSync, readdirSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { expect, it } from "vitest"
import { cyclesOf, type Import, importsOf, roomOf } from "../imports/graph.ts"
import { root } from "../run-command.ts"

const packages = readdirSync(join(root, "packages")).filter(
  (name) => globSync(join(root, "packages", name, "src/*.ts")).length > 0
)
const sourcesOf = (name: string) => join(root, "packages", name, "src")
const local = ({ target }: Import) => target.endsWith(".ts")
const printed = ({ file, target }: Import) => `${file} imports ${target}`

/** Folders and files of core, lowest first: a file imports its own floor and those before it. */
const floors = [
  "errors",
  "wire/messages",
  "wire/codec",
  "wire/service",
  "media",
  "models",
  "results",
  "connection",
  "streams",
  "call",
  "predict",
  "chain",
  "verbs",
  "run",
  "plugin",
  "promise.ts",
  "bytes-of.ts",
  "app.ts",
  "portable.ts",
  "resources",
  "methods",
  "testing",
  "command",
  "wire.ts",
  "protobuf.ts",
  "effect.ts",
  "resources.ts",
  "methods.ts",
  "testing.ts",
  "status.ts",
  "plugin.ts",
  "index.ts"
]
const floorOf = (path: string): number => floors.findIndex((floor) => path === floor || dirname(path) === floor)

it("every file of core stands on a floor, and imports its own floor and those below", () => {
  const imports = importsOf(sourcesOf("core")).filter(local)
  expect(imports.length).toBeGreaterThan(500)
  expect(imports.filter(({ file }) => floorOf(file) === -1).map(({ file }) => file)).toEqual([])
  expect(imports.filter(({ file, target }) => floorOf(target) > floorOf(file)).map(printed)).toEqual([])
})

it.each(packages)("in %s, no files import each other at run time", (name) => {
  const apart = (cycle: ReadonlyArray<string>) => !cycle.every((file) => dirname(file) === "wire/messages") // messages contain each other
  expect(cyclesOf(importsOf(sourcesOf(name))).filter(apart)).toEqual([])
})

it.each(packages)("in %s, no folders import each other at run time", (name) => {
  const between = importsOf(sourcesOf(name))
    .filter(local)
    .map((each) => ({ ...each, file: `${roomOf(each.file)}.ts`, target: `${roomOf(each.target)}.ts` }))
    .filter(({ file, target }) => file !== target)
  expect(cyclesOf(between)).toEqual([])
})

it.each(packages)("in %s, no two files share a name, and folders say what they are for", (name) => {
  const files = globSync("**/*.ts", { cwd: sourcesOf(name) })
  const names = Map.groupBy(files, (file) => basename(file))
  expect([...names.values()].filter((same) => same.length > 1)).toEqual([])
  const silent = [...Map.groupBy(files, (file) => dirname(file))].filter(([folder, within]) => {
    const first = within.toSorted()[0] ?? ""
    const text = readFileSync(join(sourcesOf(name), first), "utf8").replace(/^#!.*\n/, "")
    return folder !== "." && !/^\/\/ \S|^\/\*\*/.test(text)
  })
  expect(silent.map(([folder]) => folder)).toEqual([])
})

it("core imports nothing of Node's outside its Node-only files, and of Effect only modules that are stable", () => {
  const unstable = /^effect\/(?![A-Z])|^effect\/(Arbitrary|LayerMap|FileSystem|CircuitBreaker)$/
  const imports = importsOf(sourcesOf("core"))
  expect(imports.filter(({ target }) => unstable.test(target) || target === "effect").map(printed)).toEqual([])
  const node = imports.filter(({ file, target }) => target.startsWith("node:") && !basename(file).startsWith("node-"))
  expect(node.map(printed)).toEqual([])
})

it("what is chosen by a runtime's conditions is reached by its `#` name alone", () => {
  const chosen = importsOf(sourcesOf("core")).filter(
    ({ file, target }) =>
      local({ file, target, runtime: true }) &&
      basename(target).startsWith("node-") &&
      !basename(file).startsWith("node-")
  )
  expect(chosen.map(printed)).toEqual([])
})

it("a plugin enters core by the door for plugins, and for the wire's own messages by theirs", () => {
  const plugins = packages.filter((name) => name.startsWith("plugin-"))
  expect(plugins.length).toBeGreaterThan(2)
  for (const name of plugins) {
    const wrong = importsOf(sourcesOf(name)).filter(
      ({ target }) =>
        target.startsWith("@sightline/core") && !["@sightline/core/plugin", "@sightline/core/wire"].includes(target)
    )
    expect(wrong.map(printed)).toEqual([])
  }
})
