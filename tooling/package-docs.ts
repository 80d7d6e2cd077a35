/** The pages of `docs/` that each package carries, so that what is read beside a version is that version's. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, dirname, join, posix } from "node:path"

/** Where links of a page lead when the page is read in a package. */
const repository = "https://github.com/sightline-js/sightline"

/** Pages by the folder of a package, in the order in which its `AGENTS.md` lists them. */
export const packageDocs: Readonly<Record<string, ReadonlyArray<string>>> = {
  cli: ["cli.md"],
  core: [
    "start.md",
    "guide.md",
    "predictions.md",
    "reliability.md",
    "plugins.md",
    "sizes.md",
    "troubleshooting.md",
    "migrating.md",
    "errors/index.md"
  ],
  engine: ["engine.md", "embedders.md"],
  grpc: ["grpc.md", "predictions.md", "migrating.md"],
  jobs: ["scale.md"],
  "plugin-exif": ["exif.md"],
  "plugin-training": ["training.md"],
  "plugin-video": ["video.md"],
  report: ["report.md"]
}

/** The same page with links that work anywhere: to pages beside it as they are, to others of the repository in full. */
export const withFullLinks = (page: string, text: string, beside: ReadonlyArray<string>): string =>
  text.replaceAll(/(\]\()(?!https?:|#|mailto:)([^)\s#]+)(#[^)\s]*)?\)/g, (_, open: string, path: string, hash = "") => {
    const target = posix.normalize(posix.join("docs", posix.dirname(page), path))
    const inside = posix.relative("docs", target)
    const kept = beside.includes(inside)
    return `${open}${kept ? path : `${repository}/blob/main/${target}`}${hash})`
  })

/** Copies a package's pages into its `dist/docs`. Run in the package's folder. */
export const copyPackageDocs = (root: string): void => {
  const pages = packageDocs[basename(process.cwd())] ?? []
  for (const page of pages) {
    const copy = join("dist", "docs", page)
    mkdirSync(dirname(copy), { recursive: true })
    writeFileSync(copy, withFullLinks(page, readFileSync(join(root, "docs", page), "utf8"), pages))
  }
}
