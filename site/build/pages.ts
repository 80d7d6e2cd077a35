/** Assembles the site's pages: those of `docs/`, the reference, and the start page. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Door, root } from "./doors.ts"
import { writeAgentFiles } from "./agent-files.ts"
import { titleOf } from "./page-title.ts"
import { writeReference } from "./reference.ts"
import { writeRunBlocks } from "./run-blocks.ts"

/** Where the assembled pages are, from which VitePress builds. */
export const pagesFolder: string = join(root, "site", "pages")

const decisionsIndex = (folder: string): string => {
  const names = readdirSync(folder).filter((name) => /^\d+-.+\.md$/.test(name))
  const lines = names.toSorted().map((name) => `- [${titleOf(readFileSync(join(folder, name), "utf8"))}](${name})`)
  return `# Decisions\n\nWhy the design is as it is, and what was measured.\n\n${lines.join("\n")}\n`
}

/** Writes every page anew, and returns the doors of the reference. */
export const writePages = async (): Promise<ReadonlyArray<Door>> => {
  rmSync(pagesFolder, { recursive: true, force: true })
  mkdirSync(pagesFolder, { recursive: true })
  cpSync(join(root, "docs"), pagesFolder, { recursive: true })
  cpSync(join(root, "site", "content"), pagesFolder, { recursive: true })
  const changes = readFileSync(join(root, "CHANGELOG.md"), "utf8")
  writeFileSync(join(pagesFolder, "changelog.md"), changes.replaceAll("](docs/", "]("))
  writeFileSync(join(pagesFolder, "decisions", "index.md"), decisionsIndex(join(pagesFolder, "decisions")))
  const doors = await writeReference(join(pagesFolder, "reference"))
  writeAgentFiles(pagesFolder)
  await writeRunBlocks(pagesFolder, join(root, "site"))
  return doors
}
