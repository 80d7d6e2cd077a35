/** `pnpm generate`: writes the generated modules; with `--check`, fails where one is not what it should be. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../run-command.ts"
import { generatedModules } from "./modules.ts"

const check = process.argv.includes("--check")
for (const [path, make] of Object.entries(generatedModules)) {
  const file = join(root, path)
  const text = make()
  if (!check) writeFileSync(file, text)
  else if (readFileSync(file, "utf8") !== text) {
    console.error(`${path} is out of date: run pnpm generate`)
    process.exitCode = 1
  }
}
