/** What a language model reads: each page as Markdown at its own address, and `llms.txt` that lists them. */
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { titleOf } from "./page-title.ts"

const markdownFiles = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && statSync(join(folder, name)).isFile())
    .toSorted()

interface Page {
  readonly path: string
  readonly title: string
  /** The first paragraph, in one line. */
  readonly about: string
}

/** Title and first paragraph of a page; none for a page without a heading, such as the start page. */
const pageOf = (folder: string, path: string): ReadonlyArray<Page> => {
  const text = readFileSync(join(folder, path), "utf8")
  const title = titleOf(text)
  if (title === undefined) return []
  const about = /^# .+\n\n([^#`|\n-][^]*?)\n\n/m.exec(text)?.[1]?.replaceAll("\n", " ") ?? ""
  return [{ path, title, about }]
}

const line = ({ about, path, title }: Page): string => `- [${title}](/${path})${about === "" ? "" : `: ${about}`}`

const section = (name: string, pages: ReadonlyArray<Page>): string => `## ${name}\n\n${pages.map(line).join("\n")}\n`

/** The list of pages that `llms.txt` is. */
export const llmsText = (pages: ReadonlyArray<Page>): string => {
  const inFolder = (folder: string) => pages.filter(({ path }) => path.startsWith(`${folder}/`))
  return [
    "# Sightline",
    "",
    "> A TypeScript toolkit for perception: images, video, text and audio go in, typed answers come out. It speaks the",
    "> Clarifai v2 protocol, to the cloud or to an embedded engine on the user's own machine.",
    "",
    section(
      "Guides",
      pages.filter(({ path }) => !path.includes("/"))
    ),
    section("Recipes", inFolder("recipes")),
    section(
      "Reference",
      // each of these lists its exports, which have pages of their own
      inFolder("reference").filter(({ path }) => /^reference\/[^/]+\/index\.md$/.test(path))
    ),
    section("Errors", inFolder("errors")),
    section("Optional", inFolder("decisions"))
  ].join("\n")
}

/** Writes `llms.txt` and a copy of each page into the folder of files that are served as they are. */
export const writeAgentFiles = (folder: string): void => {
  const files = markdownFiles(folder)
  for (const file of files) {
    const copy = join(folder, "public", file)
    mkdirSync(dirname(copy), { recursive: true })
    cpSync(join(folder, file), copy)
  }
  const pages = files.flatMap((file) => pageOf(folder, file))
  writeFileSync(join(folder, "public", "llms.txt"), llmsText(pages))
}
