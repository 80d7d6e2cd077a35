// The second half of `.ci/run`: counts the tests that ran, does every further check, prints the sum as its last line.
import { readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { packageFolders, readReports } from "../reports.mjs"
import { root } from "../run-command.ts"
import { checksOf, runChecks, type Check } from "./check.ts"
import { checks } from "./checks.ts"

const { values } = parseArgs({ options: { "tests-exit": { type: "string" }, only: { type: "string" } } })

interface TestCounts {
  readonly passed: number
  readonly failed: number
  /** What failed and why, named once more at the end, where a shortened log still shows it. */
  readonly failures: ReadonlyArray<string>
}

/** Every package that has tests must have left a report; a run that failed without one is a failure too. */
const testCounts = (): TestCounts => {
  const reports = readReports(root)
  const counts = packageFolders(root)
    .filter((folder) => readFileSync(join(root, folder, "package.json"), "utf8").includes(`"test": "vitest`))
    .map(
      (folder) =>
        reports.find((report) => report.folder === folder) ?? {
          folder,
          passed: 0,
          failed: 1,
          skipped: 0,
          failures: ["left no report"]
        }
    )
  for (const { folder, passed, failed, skipped } of counts)
    console.log(
      `${failed ? "FAILED" : "ok    "} tests of ${folder}: ${passed} passed, ${failed} failed, ${skipped} skipped`
    )
  const passed = counts.reduce((sum, one) => sum + one.passed, 0)
  const failed = counts.reduce((sum, one) => sum + one.failed, 0)
  const failures = counts.flatMap(({ folder, failures }) => failures.map((failure) => `${folder}: ${failure}`))
  return { passed, failed: values["tests-exit"] === "0" || failed > 0 ? failed : 1, failures }
}

const wanted = (check: Check) => values.only === undefined || check.name.includes(values.only)
const tests = values.only === undefined ? testCounts() : { passed: 0, failed: 0, failures: [] }
const chosen = checks.map((series) => checksOf(series).filter(wanted)).filter((series) => series.length > 0)
const rest = await runChecks(chosen, { atOnce: Math.max(2, availableParallelism()) })
const failed = tests.failed + rest.failed
for (const failure of tests.failures) console.log(`FAILED ${failure}`)
console.log(`${tests.passed + rest.passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
