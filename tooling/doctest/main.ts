// `pnpm doctest`: type-checks and runs every `ts` block of the pages and every example of the sources. Programs of pages run
// in the lowest Node that the packages accept, so that a reader with that Node can run them all. `--only training.md` takes
// the pages and sources whose path contains that text.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { installedBinary } from "../../test/runtimes/installed-binary.ts"
import { lowestNode } from "../../test/runtimes/runtime-list.ts"
import { runChecks, type Check, type Series } from "../ci/check.ts"
import { root, runCommand } from "../run-command.ts"
import { openSandbox, type Sandbox } from "./sandbox.ts"
import { findExamples, findPrograms } from "./sources.ts"

// Inside the workspace, so that imports resolve as in any package of it.
const folder = mkdtempSync(join(root, "tooling", ".doctest-"))
process.on("exit", () => rmSync(folder, { recursive: true, force: true }))

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } })
const isWanted = ({ file }: { readonly file: string }): boolean => file.includes(values.only)

const programs = findPrograms()
  .filter(isWanted)
  .map((program, i) => ({ ...program, module: `program-${i}.${program.extension}` }))
const examples = findExamples(folder)
  .filter(isWanted)
  .map((example, i) => ({ ...example, module: `example-${i}.ts` }))
const all = [...programs, ...examples]
for (const { module, code } of all) writeFileSync(join(folder, module), code)
copyFileSync(join(import.meta.dirname, "gives.ts"), join(folder, "gives.ts"))
const config = join(folder, "tsconfig.json")
const compilerOptions = {
  noEmit: true,
  noUnusedLocals: false,
  jsx: "react-jsx",
  types: ["node"],
  typeRoots: [join(root, "tooling/node_modules/@types")]
}
writeFileSync(
  config,
  JSON.stringify({ extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["*.ts", "*.tsx"] })
)

/** The same words about the page or the source instead of the module made from it; lines are the same. */
const told = (output: string): string =>
  all.reduce(
    (text, { module, file }) => text.replaceAll(new RegExp(`\\S*\\b${module.replace(".", "\\.")}`, "g"), file),
    output
  )

const typed: Check = {
  name: `types of ${programs.length} programs in pages and of examples in ${examples.length} sources`,
  run: async () => {
    const { code, output } = await runCommand("tsc", ["-p", config, "--pretty", "false"])
    return code === 0 ? {} : { problem: told(output) }
  }
}

const lowest = await installedBinary(lowestNode)
if ("problem" in lowest) console.log(`programs run in Node ${process.versions.node}: ${lowest.problem}`)
const pageNode = "path" in lowest ? lowest.path : process.execPath

interface Run {
  readonly name: string
  readonly module: string
}

/** Runs modules one after another in a sandbox of their own: what one leaves behind, only the next of them finds. */
const inSandbox = (modules: ReadonlyArray<Run>, node: string): ReadonlyArray<Check> => {
  let opened: Promise<Sandbox> | undefined
  return modules.map(({ name, module }, i) => ({
    name,
    run: async () => {
      const sandbox = await (opened ??= openSandbox())
      const { code, output } = await runCommand(node, [join(folder, module)], {
        cwd: sandbox.folder,
        env: sandbox.env,
        timeoutMs: 120_000
      })
      if (i === modules.length - 1) await sandbox.close()
      return code === 0 ? {} : { problem: told(output.slice(-4000)) }
    }
  }))
}

const pages = Map.groupBy(
  programs.filter((program) => program.runs),
  ({ file }) => file
)
const valuesOf = (count: number) => (count === 0 ? "" : `, ${count} values compared`)
/** How many programs run in one sandbox: a sandbox costs a second, and a long series would be waited for at the end. */
const examplesOfSandbox = 8
const checks: ReadonlyArray<Series> = [
  typed,
  ...Array.from({ length: Math.ceil(examples.length / examplesOfSandbox) }, (_, i) =>
    inSandbox(
      examples
        .slice(i * examplesOfSandbox, (i + 1) * examplesOfSandbox)
        .map(({ file, count, module }) => ({ name: `${count} examples of ${file}`, module })),
      process.execPath
    )
  ),
  ...[...pages.values()].map((page) =>
    inSandbox(
      page.map(({ count, file, line, module }) => ({ name: `program of ${file}:${line}${valuesOf(count)}`, module })),
      pageNode
    )
  )
]
const { passed, failed } = await runChecks(checks, { atOnce: Math.max(2, availableParallelism()) })
console.log(`docs: ${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
