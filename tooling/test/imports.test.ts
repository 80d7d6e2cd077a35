import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { expect, it } from "vitest"
import { root } from "../run-command.ts"

const core = join(root, "packages/core/src")

/** Folders and files of core, lowest first: imports point to the left, or stay within. */
const layers = [
  ["readable-error.ts"],
  ["about.ts"],
  ["errors.ts"],
  ["wire"],
  ["connection.ts"],
  ["models"],
  ["media"],
  ["results"],
  ["transport", "observe"], // a call and what is told of it
  ["pipeline"],
  ["resources"],
  ["methods"]
]

interface Import {
  readonly file: string
  readonly to: string
}

const importsOf = (folder: string): ReadonlyArray<Import> =>
  globSync("**/*.ts", { cwd: folder }).flatMap((file) =>
    [
      ...readFileSync(join(folder, file), "utf8").matchAll(
        /^(?:import|export|\}) .*from "([^"]+)"$|^import "([^"]+)"$/gm
      )
    ].map(([, from, bare]) => ({ file, to: from ?? bare ?? "" }))
  )

const layerOf = (path: string): number => layers.findIndex((layer) => layer.includes(path.split("/")[0] ?? ""))

it("in core, imports point one way", () => {
  const all = importsOf(core)
  expect(all.length).toBeGreaterThan(100)
  const wrong = all.filter(({ file, to }) => {
    const from = layerOf(file)
    // The connection's type stands between: it names limits of the transport, which names it.
    if (!to.startsWith(".") || from === -1 || file === "connection.ts") return false
    const target = layerOf(join(dirname(file), to))
    return target === -1 || target > from
  })
  expect(wrong.map(({ file, to }) => `${file} imports ${to}`)).toEqual([])
})

it("core imports nothing of Node's outside its `#http` for Node, and of Effect only modules that are stable", () => {
  const unstable = /^effect\/(?![A-Z])|^effect\/(Arbitrary|LayerMap|FileSystem|CircuitBreaker)$/
  const forNode = new Set(["node-http", "node-response", "decompress"].map((name) => `connection/${name}.ts`))
  const wrong = importsOf(core).filter(
    ({ file, to }) => (to.startsWith("node:") && !forNode.has(file)) || unstable.test(to) || to === "effect"
  )
  expect(wrong).toEqual([])
})

it("a plugin enters core by the door for plugins", () => {
  for (const name of ["plugin-exif", "plugin-training", "plugin-video"]) {
    const wrong = importsOf(join(root, "packages", name, "src")).filter(
      ({ to }) => to.startsWith("@sightline/core") && to !== "@sightline/core/plugin"
    )
    expect(wrong).toEqual([])
  }
})
