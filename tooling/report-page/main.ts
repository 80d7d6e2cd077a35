// `pnpm report:page`: bundles the page of `@sightline/report` into its source; `--check` only compares.
import { readFileSync, writeFileSync } from "node:fs"
import { pageModule, pageModulePath } from "./bundle.ts"

const made = await pageModule()
if (process.argv.includes("--check")) {
  if (readFileSync(pageModulePath, "utf8") !== made) {
    console.error("packages/report/page has changed: run `pnpm report:page`")
    process.exitCode = 1
  }
} else writeFileSync(pageModulePath, made)
