/** An empty project outside the workspace that installs tarballs with npm, type-checks and imports every door. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createRequire } from "node:module"
import { runCommand } from "../run-command.ts"
import type { Tarball } from "./tarballs.ts"

/** The environment without the npm settings of the caller, none of which may leak into a project. */
export const cleanEnvironment: Readonly<Record<string, undefined>> = Object.fromEntries(
  Object.keys(process.env)
    .filter((key) =>
      /^(npm_(lifecycle|package|command|execpath|config_(local_prefix|loglevel))|INIT_CWD|NODE_PATH)/.test(key)
    )
    .map((key) => [key, undefined])
)

/** Runs one command in a project; rejects with its output if it fails. */
export const step = async (cwd: string, command: string, ...args: ReadonlyArray<string>): Promise<string> => {
  const { code, output, stdout } = await runCommand(command, args, { cwd, env: cleanEnvironment })
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}\n${output.slice(-4000)}`)
  return stdout
}

/** The version of a package that the workspace uses. */
export const versionOf = (name: string): string => {
  const manifest: unknown = createRequire(import.meta.url)(`${name}/package.json`)
  if (typeof manifest === "object" && manifest && "version" in manifest) return String(manifest.version)
  throw new Error(`${name} has no version`)
}

const program = (doors: ReadonlyArray<string>, use: string) => `
${doors.map((door, i) => `import * as door${i} from ${JSON.stringify(door)}`).join("\n")}
const doors: Readonly<Record<string, object>> = { ${doors.map((door, i) => `${JSON.stringify(door)}: door${i}`).join(", ")} }
const names = Object.entries(doors).map(([door, all]) => [door, Object.keys(all).length] as const)
const empty = names.filter(([, count]) => count === 0).map(([door]) => door)
if (empty.length > 0) throw new Error("nothing is exported by " + empty.join(", "))
${use}
console.log(names.map(([door, count]) => door + " " + count).join(", "))
`

/** What an empty project needs beside the tarballs. */
export interface Project {
  readonly tarballs: ReadonlyArray<Tarball>
  /** Packages of ours that those depend on: installed, and not imported by the program. */
  readonly beneath?: ReadonlyArray<Tarball>
  /** Further lines of the program, which may use `door0`, `door1`, … */
  readonly use?: string
  /** Whether the project has `@types/node`. A browser's project has not. */
  readonly nodeTypes: boolean
}

/** Resolves with one line that lists what each door exports; rejects with the output of the step that failed. */
export const tryInEmptyProject = async (
  folder: string,
  { beneath = [], tarballs, use = "", nodeTypes }: Project
): Promise<string> => {
  mkdirSync(folder, { recursive: true })
  const write = (file: string, content: object | string) =>
    writeFileSync(join(folder, file), typeof content === "string" ? content : JSON.stringify(content))
  write("package.json", { name: "empty-project", version: "0.0.0", private: true, type: "module" })
  write("tsconfig.json", {
    compilerOptions: {
      target: "es2023",
      lib: ["es2024", "esnext.disposable", "dom", "dom.iterable", "dom.asynciterable"],
      module: "nodenext",
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      types: nodeTypes ? ["node"] : []
    },
    files: ["main.ts"]
  })
  write(
    "main.ts",
    program(
      tarballs.flatMap((tarball) => tarball.doors),
      use
    )
  )
  const others = ["effect", "typescript", ...(nodeTypes ? ["@types/node"] : [])].map(
    (name) => `${name}@${versionOf(name)}`
  )
  // Install scripts stay off: nothing here may need one.
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]
  await step(folder, "npm", "install", ...flags, ...[...tarballs, ...beneath].map(({ path }) => path), ...others)
  await step(folder, join(folder, "node_modules", ".bin", "tsc"), "-p", "tsconfig.json")
  return (await step(folder, "node", "main.js")).trim()
}
