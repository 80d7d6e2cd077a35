import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { clearReports, packageFolders, readReports, total } from "../reports.mjs"

let root = ""
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "reports-"))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const put = (folder: string, report: object) => {
  mkdirSync(join(root, folder, ".reports"), { recursive: true })
  writeFileSync(join(root, folder, "package.json"), "{}")
  writeFileSync(join(root, folder, ".reports", "vitest.json"), JSON.stringify(report))
}
const counts = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0 }

it("counts add up over packages", () => {
  put("packages/a", { ...counts, success: true, testResults: [] })
  put("test", { ...counts, success: true, testResults: [] })
  expect(packageFolders(root)).toEqual(["test", "packages/a"])
  expect(total(readReports(root))).toEqual({ passed: 6, failed: 0, skipped: 2 })
})

it("a file that did not load is a failure, and so is a run that failed for no test's sake", () => {
  const unloaded = { name: "x.test.ts", status: "failed", message: "no such module", assertionResults: [] }
  put("packages/a", { ...counts, success: false, testResults: [unloaded] })
  put("packages/b", { ...counts, success: false, testResults: [] })
  const reports = readReports(root)
  expect(total(reports)).toEqual({ passed: 6, failed: 2, skipped: 2 })
  expect(reports[0]?.failures).toEqual(["x.test.ts: no such module"])
})

it("a failed test is named with the beginning of its reason", () => {
  const failed = { fullName: "sums adds", status: "failed", failureMessages: ["expected 3\nto be 4\nat a\nat b\nat c"] }
  const testResults = [{ name: "sums.test.ts", status: "failed", assertionResults: [failed] }]
  put("packages/a", { ...counts, numFailedTests: 1, success: false, testResults })
  expect(readReports(root)[0]?.failures).toEqual(["sums adds: expected 3 | to be 4 | at a | at b"])
})

it("cleared reports are not counted", () => {
  put("packages/a", { ...counts, success: true, testResults: [] })
  clearReports(root)
  expect(readReports(root)).toEqual([])
})
