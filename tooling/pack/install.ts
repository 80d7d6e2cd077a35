/** A project outside the workspace that a package manager fills from a registry, and what is run and compiled in it. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { runCommand } from "../run-command.ts"
import { cleanEnvironment, step, versionOf } from "./consumer.ts"
import type { Manager } from "./managers.ts"
import type { Registry } from "./registry.ts"
import type { Tarball } from "./tarballs.ts"

/** A filled project. */
export interface Installed {
  readonly folder: string
  readonly manager: Manager
  /** The doors that its programs import. */
  readonly doors: ReadonlyArray<string>
}

/** Packages that no program installs by name. */
const isInternal = (name: string): boolean => name.startsWith("@sightline/platform")

const program = (use: string) => `
const empty = Object.entries(doors).filter(([, door]) => Object.keys(door).length === 0).map(([name]) => name)
if (empty.length > 0) throw new Error("nothing is exported by " + empty.join(", "))
const { models, sightline } = doors["@sightline/core"]
const { fakeConnection, fakeModel } = doors["@sightline/core/testing"]
const connection = fakeConnection([fakeModel(models.general, { concepts: [{ name: "train", score: 0.9 }] })])
const predict = async () => {
  const { concepts } = await sightline(connection).input("https://example.com/1.jpg").predict(models.general).run()
  if (concepts[0]?.name !== "train") throw new Error("predicted " + JSON.stringify(concepts))
${use}
  console.log(Object.keys(doors).length + " doors")
}
predict()
`

const esModule = (doors: ReadonlyArray<string>): string =>
  `${doors.map((door, i) => `import * as door${i} from ${JSON.stringify(door)}`).join("\n")}
const doors = { ${doors.map((door, i) => `${JSON.stringify(door)}: door${i}`).join(", ")} }${program("")}`

/** Uses `require`, and compares with what `import` gives: two copies of a class would make errors foreign. */
const commonJs = (doors: ReadonlyArray<string>): string =>
  `const doors = { ${doors.map((door) => `${JSON.stringify(door)}: require(${JSON.stringify(door)})`).join(", ")} }${program(
    `  if ((await import("@sightline/core")).sightline !== sightline) throw new Error("import and require give two copies")`
  )}`

const typed = (doors: ReadonlyArray<string>): string =>
  `${doors.map((door, i) => `import * as door${i} from ${JSON.stringify(door)}`).join("\n")}
export const doors = [${doors.map((_, i) => `door${i}`).join(", ")}]
`

/** What a package manager writes of a missing or unfit peer. */
const peerProblem = /peer|ERESOLVE|YN0002|YN0060|YN0086/i

/** Installs every package that a program imports, with its peers that are not optional; rejects on a warning of a peer. */
export const installWith = async (
  folder: string,
  manager: Manager,
  registry: Registry,
  tarballs: ReadonlyArray<Tarball>
): Promise<Installed> => {
  mkdirSync(folder, { recursive: true })
  const wanted = tarballs.filter(({ name }) => !isInternal(name))
  const doors = wanted.flatMap((tarball) => tarball.doors)
  const dependencies = {
    ...Object.fromEntries(wanted.map(({ name }) => [name, "latest"])),
    "@types/node": versionOf("@types/node"),
    effect: versionOf("effect")
  }
  const files = {
    "package.json": JSON.stringify({ name: "installed", version: "0.0.0", private: true, dependencies }),
    "main.mjs": esModule(doors),
    "main.cjs": commonJs(doors),
    "typed.mts": typed(doors),
    ...manager.files(registry.url)
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const [command = "", ...args] = await manager.install()
  const { code, output } = await runCommand(command, args, { cwd: folder, env: cleanEnvironment })
  const peers = output.split("\n").filter((line) => peerProblem.test(line))
  if (code !== 0 || peers.length > 0)
    throw new Error(`${manager.name} ended with ${code}\n${peers.join("\n")}\n${output.slice(-3000)}`)
  return { folder, manager, doors }
}

/** Runs the program of the project as an ES module and as CommonJS, in one Node or another runtime. */
export const runIn = async ({ doors, folder, manager }: Installed, node: string): Promise<void> => {
  const [command, ...args] = (await manager.run?.(node)) ?? [node]
  for (const file of ["main.mjs", "main.cjs"]) {
    const { code, output, stdout } = await runCommand(command, [...args, file], { cwd: folder, env: cleanEnvironment })
    if (code !== 0 || stdout.trim() !== `${doors.length} doors`)
      throw new Error(`${manager.name}: ${node} ${file} ended with ${code}\n${output.slice(-3000)}`)
  }
}

/** How a project resolves modules. */
export type Resolution = "nodenext" | "bundler"

/** Compiles imports of every door without `skipLibCheck`, with the compiler given by the command that starts it. */
export const compileIn = async (
  { folder }: Installed,
  compiler: readonly [string, ...ReadonlyArray<string>],
  resolution: Resolution
): Promise<void> => {
  const file = `tsconfig.${resolution}.json`
  const compilerOptions = {
    target: "es2023",
    lib: ["es2024", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
    module: resolution === "bundler" ? "preserve" : "nodenext",
    moduleResolution: resolution,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    types: ["node"]
  }
  writeFileSync(join(folder, file), JSON.stringify({ compilerOptions, files: ["typed.mts"] }))
  const [command, ...args] = compiler
  await step(folder, command, ...args, "-p", file)
}
