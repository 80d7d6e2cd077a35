/** Core's runtime cases, one check for each runtime: `test/runtimes/main.ts` runs them against the built package. */
import { runtimes } from "../../test/runtimes/runtime-list.ts"
import { runCommand } from "../run-command.ts"
import type { Check } from "./check.ts"

export const runtimeChecks: ReadonlyArray<Check> = runtimes.map(({ name }) => ({
  name: `runtimes: core's cases in ${name}`,
  run: async () => {
    const { code, output } = await runCommand("node", ["test/runtimes/main.ts", "--runtime", name])
    const note = output.trimEnd().split("\n").at(-1) ?? ""
    return code === 0 ? { note } : { note, problem: output.slice(-6000) }
  }
}))
