/** What a reader finds inside an installed package: its README, the page for coding agents and pages of its version. */
import { existsSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { describe, expect, it } from "vitest"
import { packageDocs, withFullLinks } from "../package-docs.ts"
import { publishedFolders } from "../pack/tarballs.ts"
import { root } from "../run-command.ts"

const read = (path: string) => readFileSync(join(root, path), "utf8")

/** Only our own packages import it; it has no pages for others. */
const isInternal = (folder: string) => basename(folder) === "platform"

describe.each(publishedFolders().filter((folder) => !isInternal(folder)))("%s", (folder) => {
  const pages = packageDocs[basename(folder)] ?? []
  const manifest = JSON.parse(read(`${folder}/package.json`)) as Readonly<Record<string, unknown>>
  const agents = read(`${folder}/AGENTS.md`)

  it("carries pages of the documentation, and its page for coding agents names each of them and no other", () => {
    expect(pages.length).toBeGreaterThan(0)
    for (const page of pages) expect(existsSync(join(root, "docs", page)), page).toBe(true)
    const named = [...agents.matchAll(/`dist\/docs\/([^`]+\.md)`/g)].map(([, page]) => page)
    expect(new Set(named)).toEqual(new Set(pages))
    expect(manifest["files"]).toEqual(expect.arrayContaining(["dist", "AGENTS.md", "README.md"]))
  })

  it("says where it comes from", () => {
    expect(manifest["repository"]).toMatchObject({ directory: folder })
    for (const field of ["homepage", "bugs", "keywords", "description", "sideEffects"])
      expect(manifest[field], field).toBeDefined()
  })

  it("has no link in its README that leads nowhere once it is installed", () => {
    const links = [...read(`${folder}/README.md`).matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link)
    expect(links.filter((link) => !link.startsWith("https://") && !link.startsWith("#"))).toEqual([])
    const inside = links.flatMap((link) => /\/(?:blob|tree)\/main\/([^#]+)/.exec(link)?.[1] ?? [])
    for (const path of inside) expect(existsSync(join(root, path)), path).toBe(true)
  })
})

it("links of a copied page lead to the pages beside it, and else to the repository", () => {
  const text = "[a](guide.md#one) [b](errors/TimedOut.md) [c](#here) [d](https://example.com/x) [e](../README.md)"
  expect(withFullLinks("start.md", text, ["start.md", "guide.md"])).toBe(
    "[a](guide.md#one) [b](https://github.com/sightline-js/sightline/blob/main/docs/errors/TimedOut.md) [c](#here) " +
      "[d](https://example.com/x) [e](https://github.com/sightline-js/sightline/blob/main/README.md)"
  )
  expect(withFullLinks("errors/index.md", "[a](../guide.md) [b](TimedOut.md)", ["guide.md"])).toBe(
    "[a](../guide.md) [b](https://github.com/sightline-js/sightline/blob/main/docs/errors/TimedOut.md)"
  )
})
