// `node site/check-search.ts`: every export of every door is in the index that the search of the built site reads.
import { globSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./build/doors.ts"

/** The names of a committed surface that are exported, without what only types of others name. */
const exportsOf = (surface: string): ReadonlyArray<string> =>
  [...surface.matchAll(/^\/\/ (\w+)$/gm)].flatMap(([, name]) => (name === undefined ? [] : [name]))

/** The index, as far as it is read here: titles of sections by their addresses. */
interface Index {
  readonly documentIds: Readonly<Record<string, string>>
  readonly storedFields: Readonly<Record<string, { readonly title: string }>>
}

/** The index is a module whose default export is its JSON. */
const readIndex = async (): Promise<Index> => {
  const [file] = globSync("site/dist/assets/chunks/@localSearchIndexroot.*.js", { cwd: root })
  if (file === undefined) throw new Error("the site is not built: pnpm site")
  const module = (await import(join(root, file))) as { readonly default: string }
  return JSON.parse(module.default) as Index
}

const { documentIds, storedFields } = await readIndex()
const sections = Object.entries(documentIds).map(([id, address]) => ({ address, title: storedFields[id]?.title ?? "" }))

let missing = 0
let count = 0
for (const file of readdirSync(join(root, "api")).filter((name) => name.endsWith(".api.txt"))) {
  const page = `/reference/${file.replace(".api.txt", "").replace(".", "-")}/`
  const titles = new Set(
    sections.filter(({ address }) => address.startsWith(page)).map(({ title }) => title.replace(/\(\)$/, ""))
  )
  for (const name of exportsOf(readFileSync(join(root, "api", file), "utf8"))) {
    count += 1
    if (titles.has(name)) continue
    missing += 1
    console.error(`${page}: the search does not find ${name}`)
  }
}
console.log(`${count - missing} of ${count} exports are found by the search`)
process.exitCode = missing > 0 || count === 0 ? 1 : 0
