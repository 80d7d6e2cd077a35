import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { generatedModules } from "../generate/modules.ts"
import { root } from "../run-command.ts"

it.each(Object.entries(generatedModules))("%s is what pnpm generate writes", (path, make) => {
  expect(readFileSync(join(root, path), "utf8")).toBe(make())
})
