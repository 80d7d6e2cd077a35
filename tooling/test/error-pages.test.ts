/** Each error that a door exports has a page in `docs/errors`, and each page an error. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "../run-command.ts"

/** The errors of a surface: tagged classes, whose base names the tag, and subclasses of Error with a tag. */
const exportedErrors = (surface: string): ReadonlyArray<string> =>
  [...surface.matchAll(/^\/\/ (\w+)\ndeclare class \1(?:<.*>)? extends (\w+_base|Error)\b([^}]*)/gm)].flatMap(
    ([, name = "", base = "", body = ""]) => {
      if (base === "Error") return body.includes("_tag") ? [name] : []
      const declaration = surface.split(`declare const ${base}: `)[1]?.split("\n// ")[0] ?? ""
      return declaration.includes(`"${name}"`) ? [name] : []
    }
  )

const surfaces = readdirSync(join(root, "api")).filter((name) => name.endsWith(".txt"))
const errors = new Set(surfaces.flatMap((name) => exportedErrors(readFileSync(join(root, "api", name), "utf8"))))
const pages = readdirSync(join(root, "docs", "errors")).filter((name) => name !== "index.md")

it("every exported error has a page, and every page is of an exported error", () => {
  expect(errors.size).toBeGreaterThan(40)
  expect(pages.toSorted()).toEqual([...errors].map((name) => `${name}.md`).toSorted())
})

it("the table of errors has every page, with the package that the page names", () => {
  const table = readFileSync(join(root, "docs", "errors", "index.md"), "utf8")
  const sections = table.split(/^## `(.+)`$/m).slice(1)
  const packageOf = new Map<string, string>()
  for (let i = 0; i < sections.length; i += 2)
    for (const [, page = ""] of (sections[i + 1] ?? "").matchAll(/^\| \[\w+\]\((\w+\.md)\)/gm))
      packageOf.set(page, sections[i] ?? "")
  expect([...packageOf.keys()].toSorted()).toEqual(pages.toSorted())
  for (const page of pages)
    expect([page, readFileSync(join(root, "docs", "errors", page), "utf8")]).toEqual([
      page,
      expect.stringContaining(`- Package: \`${packageOf.get(page)}\``)
    ])
})
