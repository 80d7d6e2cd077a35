// `pnpm doctest`: type-checks and runs every `ts` block of the pages and every example of the sources.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { runChecks, type Check } from "../ci/check.ts"
import { root, runCommand } from "../run-command.ts"
import { openSandbox } from "./sandbox.ts"
import { findExamples, findPrograms } from "./sources.ts"

// Inside the workspace, so that imports resolve as in any package of it.
const folder = mkdtempSync(join(root, "tooling", ".doctest-"))
process.on("exit", () => rmSync(folder, { recursive: true, force: true }))

const programs = findPrograms().map((program, i) => ({ ...program, module: `program-${i}.ts` }))
const examples = findExamples(folder).map((example, i) => ({ ...example, module: `example-${i}.ts` }))
const all = [...programs, ...examples]
for (const { module, code } of all) writeFileSync(join(folder, module), code)
copyFileSync(join(import.meta.dirname, "gives.ts"), join(folder, "gives.ts"))
const config = join(folder, "tsconfig.json")
const compilerOptions = {
  noEmit: true,
  noUnusedLocals: false,
  types: ["node"],
  typeRoots: [join(root, "tooling/node_modules/@types")]
}
writeFileSync(config, JSON.stringify({ extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["*.ts"] }))

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
const runs = (name: string, module: string, cwd: string, env: Readonly<Record<string, string>>): Check => ({
  name,
  run: async () => {
    const { code, output } = await runCommand(process.execPath, [join(folder, module)], {
      cwd,
      env,
      timeoutMs: 120_000
    })
    return code === 0 ? {} : { problem: told(output.slice(-4000)) }
  }
})

const sandbox = await openSandbox()
const checks: ReadonlyArray<Check> = [
  typed,
  ...examples.map(({ file, count, module }) =>
    runs(`${count} examples of ${file}`, module, sandbox.folder, sandbox.env)
  ),
  ...programs
    .filter((program) => program.runs)
    .map(({ file, line, module }) => runs(`program of ${file}:${line}`, module, sandbox.folder, sandbox.env))
]
const { passed, failed } = await runChecks(checks)
await sandbox.close()
console.log(`docs: ${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
