// Mutation testing of one folder of src/, run by hand: `ROOM=predict pnpm mutate`. See docs/decisions/0023-tests.md.
import { readdirSync } from "node:fs"
import { join, resolve } from "node:path"
import { defineConfig } from "vitest/config"
import { instrument } from "../../tooling/mutation/instrument.ts"
import { mutantReporter } from "../../tooling/mutation/mutant-reporter.ts"

const room = process.env["ROOM"] ?? "predict"
const sources = join(import.meta.dirname, "src", room)
const modules = readdirSync(sources).filter((name) => name.endsWith(".ts"))
const only = (process.env["FILES"] ?? "").split(",").filter((name) => name !== "")
const chosen = modules.filter((name) => only.length === 0 || only.includes(name))
if (chosen.length === 0) throw new Error(`no file of src/${room} is named by FILES: ${only.join(", ")}`)
const { mutants, plugin } = await instrument(chosen.map((name) => join(sources, name)))

/** The suite of a module: a mutant is to be found by it, not by a suite of whole chains. */
const suiteOf = (name: string) => `test/${room}/${name.replace(/\.ts$/, ".test.ts")}`
const idsOf = (name: string) =>
  mutants.filter((one) => one.excluded === undefined && one.file.endsWith(`/${name}`)).map((one) => one.id)
const mutantsOf = Object.fromEntries(chosen.map((name) => [suiteOf(name), idsOf(name)]))

export default defineConfig({
  plugins: [plugin],
  test: {
    include: chosen.map(suiteOf),
    runner: resolve("../../tooling/mutation/mutant-runner.ts"),
    reporters: [mutantReporter(mutants, mutantsOf, `.reports/mutation-${room.replaceAll("/", "-")}.json`)],
    provide: { mutantsOf },
    silent: true,
    // its key is the code on disk, not what a plugin serves
    fsModuleCache: false,
    maxWorkers: 1,
    testTimeout: 3_600_000,
    isolate: true,
    fileParallelism: false
  }
})
