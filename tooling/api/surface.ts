/** The surface of a door: every name that it exports with its declaration, and what those declarations stand on. */
import { relative } from "node:path"
import { declarationsOf, type Link } from "./declarations.ts"

const isFile = (path: string) => path.endsWith(".d.ts")

/** Where a name that a file exports is declared. A package's name stays a link to the package. */
const origin = (file: string, name: string): Link | undefined => {
  const { exported, imported, passedOn, starsFrom, declared } = declarationsOf(file)
  const local = exported.get(name)
  if (local !== undefined && declared.has(local)) return { name: local, path: file }
  const link = (local === undefined ? undefined : imported.get(local)) ?? passedOn.get(name)
  if (link) return isFile(link.path) && link.name !== "*" ? origin(link.path, link.name) : link
  return starsFrom
    .filter(isFile)
    .map((from) => origin(from, name))
    .find((found) => found !== undefined)
}

/** Every name that a file exports, stars followed. */
const exportsOf = (file: string): ReadonlyArray<string> => {
  const { exported, passedOn, starsFrom } = declarationsOf(file)
  const names = [...exported.keys(), ...passedOn.keys(), ...starsFrom.filter(isFile).flatMap(exportsOf)]
  return [...new Set(names)].toSorted()
}

/** The declarations of our own that the text of one refers to. */
const references = ({ name, path }: Link): ReadonlyArray<Link> => {
  const { declared, imported } = declarationsOf(path)
  const text = declared.get(name) ?? ""
  const words = new Set(text.match(/[A-Za-z_$][\w$]*/g))
  const local = [...declared.keys()]
    .filter((other) => other !== name && words.has(other))
    .map((other) => ({ name: other, path }))
  const others = [...imported]
    .filter(([here, link]) => words.has(here) && isFile(link.path))
    .flatMap(([, link]) => {
      const found = link.name === "*" ? undefined : origin(link.path, link.name)
      return found ? [found] : []
    })
  return [...local, ...others].filter((link) => isFile(link.path))
}

const idOf = ({ name, path }: Link) => `${path}#${name}`

/** Everything below the exports: each declaration once, in the order of names. */
const standOn = (roots: ReadonlyArray<Link>): ReadonlyArray<Link> => {
  const seen = new Map(roots.map((link) => [idOf(link), link]))
  const queue = [...roots]
  for (let link = queue.pop(); link; link = queue.pop()) {
    for (const next of references(link)) {
      if (seen.has(idOf(next))) continue
      seen.set(idOf(next), next)
      queue.push(next)
    }
  }
  const top = new Set(roots.map(idOf))
  return [...seen.values()].filter((link) => !top.has(idOf(link))).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

const textOf = ({ name, path }: Link): string => declarationsOf(path).declared.get(name) ?? name

/** The report of one door as text: stable, so that a difference is a change of surface. */
export const surfaceOf = (door: string, file: string, root: string): string => {
  const exported: Array<string> = []
  const roots: Array<Link> = []
  const add = (within: string, prefix: string) => {
    for (const name of exportsOf(within)) {
      const link = origin(within, name)
      if (link && link.name === "*" && isFile(link.path)) add(link.path, `${prefix}${name}.`)
      else if (link && isFile(link.path)) {
        roots.push(link)
        exported.push(`// ${prefix}${name}\n${textOf(link)}`)
      } else exported.push(`// ${prefix}${name}: ${link ? `${link.name} of ${link.path}` : "not found"}`)
    }
  }
  add(file, "")
  const below = standOn(roots).map(
    (link) => `// ${link.name}, not exported here (${relative(root, link.path)})\n${textOf(link)}`
  )
  return (
    [
      `// The surface of ${door}. Made by \`pnpm api --write\`; a change here is a change for users.`,
      ...exported,
      ...below
    ].join("\n\n") + "\n"
  )
}
