/** The parts of the site that are ours: which modules its reference has, and what language models are given. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, expect, it } from "vitest"
import { writeAgentFiles } from "../../site/build/agent-files.ts"
import { doors } from "../../site/build/doors.ts"
import { pictureSize } from "../../site/build/picture-size.ts"
import { root } from "../run-command.ts"

const folder = mkdtempSync(join(tmpdir(), "site-"))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it("the reference has a page of its own name for every module that a program can import", () => {
  const names = doors().map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(["@sightline/core", "@sightline/core/effect", "@sightline/plugin-exif"]))
  expect(names.some((name) => name.startsWith("@sightline/platform"))).toBe(false)
  expect(new Set(doors().map(({ page }) => page)).size).toBe(names.length)
  for (const { source } of doors()) expect(existsSync(source)).toBe(true)
})

it("llms.txt lists each page with its first paragraph, and each page is there as Markdown", () => {
  mkdirSync(join(folder, "errors"), { recursive: true })
  writeFileSync(join(folder, "index.md"), "---\nlayout: home\n---\n")
  writeFileSync(join(folder, "guide.md"), "# Guide\n\nWhat an application\ndoes.\n\n## More\n")
  writeFileSync(join(folder, "errors", "TimedOut.md"), "# TimedOut\n\nA deadline passed.\n\n- a field\n")
  writeAgentFiles(folder)
  const text = readFileSync(join(folder, "public", "llms.txt"), "utf8")
  expect(text).toContain("## Guides\n\n- [Guide](/guide.md): What an application does.\n")
  expect(text).toContain("## Errors\n\n- [TimedOut](/errors/TimedOut.md): A deadline passed.\n")
  expect(text).not.toContain("index.md")
  expect(readFileSync(join(folder, "public", "errors", "TimedOut.md"), "utf8")).toContain("A deadline passed.")
})

it("pages keep room for each of their pictures", () => {
  const folder = join(root, "docs", "images")
  expect(pictureSize(join(folder, "training-states.svg"))).toEqual({ width: 900, height: 300 })
  for (const name of readdirSync(folder)) {
    const { height = 0, width = 0 } = pictureSize(join(folder, name)) ?? {}
    expect([name, width > 300 && height > 100]).toEqual([name, true])
  }
})
