// `pnpm prose`: lists the phrases to write again in sources, pages and changesets, and fails while there are any.
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../run-command.ts"
import { findPhrases } from "./find.ts"

const places = [
  "packages/*/src/**/*.ts",
  "packages/*/README.md",
  "examples/**/*.{ts,md}",
  "bench/src/**/*.ts",
  "docs/**/*.md",
  ".changeset/*.md",
  "*.md"
]

const findings = places
  .flatMap((place) => globSync(place, { cwd: root, exclude: (path) => path.includes("node_modules") }))
  .sort()
  .flatMap((file) => findPhrases(file, readFileSync(join(root, file), "utf8")))

for (const { file, instead, line, phrase } of findings) console.log(`${file}:${line}: "${phrase}": write ${instead}`)
console.log(`${findings.length} phrases to write again`)
process.exitCode = findings.length === 0 ? 0 : 1
