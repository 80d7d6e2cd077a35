// Builds the package in the current folder: `tsc` into an empty `dist`, then one repair of the declarations, and the
// pages of the documentation that the package carries.
// `tsc -p`, not `tsc -b`: turbo already built what this package refers to, and `-b` would emit those again unrepaired.
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { withJsSpecifiers } from "./declarations.ts"
import { copyPackageDocs } from "./package-docs.ts"

rmSync("dist", { recursive: true, force: true }) // a file that was renamed must not stay behind in the package
const { status } = spawnSync("tsc", ["-p", "tsconfig.build.json"], {
  stdio: "inherit",
  shell: process.platform === "win32"
})
if (status !== 0) process.exit(status ?? 1)

for (const file of readdirSync("dist", { recursive: true, encoding: "utf8" })) {
  if (!file.endsWith(".d.ts")) continue
  const path = join("dist", file)
  writeFileSync(path, withJsSpecifiers(readFileSync(path, "utf8")))
}
copyPackageDocs(join(import.meta.dirname, ".."))
