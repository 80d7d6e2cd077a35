/** Each error that a door exports has a page in `docs/errors` that a console names, and each page an error. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as bullmq from "@sightline/jobs/bullmq"
import * as core from "@sightline/core"
import * as effect from "@sightline/core/effect"
import { httpStatusOf } from "@sightline/core/status"
import * as engine from "@sightline/engine"
import * as jobs from "@sightline/jobs"
import * as exif from "@sightline/plugin-exif"
import * as training from "@sightline/plugin-training"
import * as video from "@sightline/plugin-video"
import * as report from "@sightline/report"
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

/** Errors that a console shows as any plain `Error`: one made from what a ledger recorded, and one without fields. */
const plain = new Set(["MaskUnreadable", "SettledError"])

it("a console shows each error with the address of its page", () => {
  const exported = Object.assign({}, core, effect, engine, jobs, bullmq, exif, training, video, report)
  const classes = Object.entries(exported).filter(([name, value]) => errors.has(name) && typeof value === "function")
  const named = classes.flatMap(([name, value]) => {
    const show: unknown = Reflect.get(
      Object(Reflect.get(Object(value), "prototype")),
      Symbol.for("nodejs.util.inspect.custom")
    )
    if (typeof show !== "function") return []
    const error = { name, message: "", stack: "", toJSON: () => ({}) }
    return String(show.call(error, 1, {}, () => "")).includes(`/docs/errors/${name}.md`) ? [name] : []
  })
  expect(named.toSorted()).toEqual([...errors].filter((name) => !plain.has(name)).toSorted())
})

it("each page says whether repeating is safe, and the status for the callers of a service", () => {
  for (const page of pages) {
    const text = readFileSync(join(root, "docs", "errors", page), "utf8")
    const status = httpStatusOf({ _tag: page.replace(".md", "") })
    expect([page, text]).toEqual([page, expect.stringMatching(/^- Repeating can help \(`retryable`\): \S/m)])
    expect([page, text]).toEqual([page, expect.stringMatching(/^- Repeating is safe: \S/m)])
    expect([page, text]).toEqual([page, expect.stringContaining(`(\`httpStatusOf\`): ${status}\n`)])
    expect([page, text]).toEqual([page, expect.stringMatching(/^## What to do\n\n- \S/m)])
  }
})
