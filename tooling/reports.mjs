// Reads the report that each package's vitest leaves in `.reports/` (turbo restores it on a cache hit) and sums them.
// Plain JavaScript: the bootstrap reads it before Node 24 is there.
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"

/**
 * The folders of the workspace's packages, relative to its root.
 * @param {string} root
 * @returns {Array<string>}
 */
export const packageFolders = (root) => {
  const below = ["packages", "test"].flatMap((parent) =>
    existsSync(join(root, parent))
      ? readdirSync(join(root, parent))
          .toSorted()
          .map((name) => join(parent, name))
      : []
  )
  return ["bench", "examples", "test", "tooling", ...below].filter((folder) =>
    existsSync(join(root, folder, "package.json"))
  )
}

/**
 * Removes the reports of earlier runs, so that a package that crashes is not counted by its last good day.
 * @param {string} root
 */
export const clearReports = (root) => {
  for (const folder of packageFolders(root)) rmSync(join(root, folder, ".reports"), { recursive: true, force: true })
}

/**
 * Each report named `name` as counts. A file that did not load counts as one failure; so does a run that failed otherwise.
 * @param {string} root
 * @param {string} name
 * @returns {Array<{ folder: string, passed: number, failed: number, skipped: number, failures: Array<string> }>}
 */
export const readReports = (root, name = "vitest.json") =>
  packageFolders(root).flatMap((folder) => {
    const path = join(root, folder, ".reports", name)
    if (!existsSync(path)) return []
    const report = JSON.parse(readFileSync(path, "utf8"))
    const results = report.testResults ?? []
    const unloaded = results.filter((file) => file.status === "failed" && !file.assertionResults?.some(isFailure))
    const failed = report.numFailedTests + unloaded.length
    return [
      {
        folder,
        passed: report.numPassedTests,
        failed: report.success || failed > 0 ? failed : 1,
        skipped: report.numPendingTests + report.numTodoTests,
        failures: [
          ...unloaded.map((file) => `${file.name}: ${file.message || "did not load"}`),
          ...results.flatMap((file) => (file.assertionResults ?? []).filter(isFailure).map(nameAndReason))
        ]
      }
    ]
  })

/** @param {{ status: string }} test */
const isFailure = (test) => test.status === "failed"

/** @param {{ fullName: string, failureMessages?: Array<string> }} test */
const nameAndReason = ({ fullName, failureMessages }) => {
  const reason = failureMessages?.[0]?.split("\n").slice(0, 4).join(" | ").slice(0, 600)
  return reason ? `${fullName}: ${reason}` : fullName
}

/**
 * The sum of several counts.
 * @param {ReadonlyArray<{ passed: number, failed: number, skipped: number }>} counts
 */
export const total = (counts) =>
  counts.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped
    }),
    { passed: 0, failed: 0, skipped: 0 }
  )
