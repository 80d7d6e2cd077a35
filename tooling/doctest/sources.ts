/** Where programs and examples are looked for. */
import { existsSync, globSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { root } from "../run-command.ts"
import { examplesOf, type Examples } from "./examples.ts"
import { programsOf, type Program } from "./markdown.ts"

const pages = ["*.md", "docs/**/*.md", "site/content/*.md", "packages/*/*.md", "examples/**/*.md", "bench/*.md"]
const sources = ["packages/*/src/**/*.ts", "tooling/*.ts"]

const found = (patterns: ReadonlyArray<string>): ReadonlyArray<string> =>
  globSync(patterns, { cwd: root, exclude: (name) => name.includes("node_modules") }).toSorted()

/** The programs of every page, changelogs aside. */
export const findPrograms = (): ReadonlyArray<Program> =>
  found(pages)
    .filter((file) => !file.endsWith("CHANGELOG.md"))
    .flatMap((file) => programsOf(file, readFileSync(join(root, file), "utf8")))

/** The examples of every source; they import it from `folder`. */
export const findExamples = (folder: string): ReadonlyArray<Examples> =>
  found(sources).flatMap((file) => {
    if (!existsSync(join(root, file))) return []
    const examples = examplesOf(file, readFileSync(join(root, file), "utf8"), relative(folder, join(root, file)))
    return examples ? [examples] : []
  })
