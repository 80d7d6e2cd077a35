/** Every export of every door has a docstring, which is what the reference and editors show. */
import { globSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "../run-command.ts"

const exported = /^export (?:declare |abstract |async )*(?:const|class|interface|type|function\*?|namespace) (\w+)/

const sources = globSync("packages/*/src/**/*.ts", { cwd: root }).map((file) => readFileSync(join(root, file), "utf8"))

/** The names that are declared below the end of a comment. */
const described = new Set(
  sources.flatMap((text) => {
    const lines = text.split("\n")
    return lines.flatMap((line, i) => {
      const name = exported.exec(line)?.[1]
      return name !== undefined && lines[i - 1]?.trimEnd().endsWith("*/") ? [name] : []
    })
  })
)

/** What a door calls by another name. */
const aliases = new Map(
  sources.flatMap((text) => [...text.matchAll(/\b(\w+) as (\w+)\b/g)].map(([, name = "", alias = ""]) => [alias, name]))
)

it("every export has a docstring", () => {
  const names = readdirSync(join(root, "api"))
    .filter((name) => name.endsWith(".api.txt"))
    .flatMap((name) => [...readFileSync(join(root, "api", name), "utf8").matchAll(/^\/\/ (\w+)$/gm)])
    .map(([, name = ""]) => name)
  expect(names.length).toBeGreaterThan(1000)
  expect(names.filter((name) => !described.has(name) && !described.has(aliases.get(name) ?? ""))).toEqual([])
})
