/** Import graphs of packages, read from their sources: which file imports which, and whether at run time. */
import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** One import. */
export interface Import {
  /** The importing file, relative to the package's `src`. */
  readonly file: string
  /** What it names: a file relative to `src`, or a bare specifier such as `effect/Effect`. */
  readonly target: string
  /** False for `import type` and imports of types alone, which do not exist at run time. */
  readonly runtime: boolean
}

const statement = /^(?:import|export)\s+(type\s+)?([^"';]*?)\s*from\s*"([^"]+)"|^import\s+"([^"]+)"/gm
const dynamic = /\bimport\(\s*"([^"]+)"\s*\)/g

/** True if every name of a clause such as `{ type A, type B }` is a type. */
const namesTypesOnly = (clause: string): boolean => {
  const names = /^\{([\s\S]*)\}$/.exec(clause.trim())?.[1]
  return names !== undefined && names.split(",").every((name) => name.trim() === "" || name.trim().startsWith("type "))
}

/** Every import of the files of a folder. Imports inside functions (`import(..)`) count as run-time imports. */
export const importsOf = (folder: string): ReadonlyArray<Import> =>
  globSync("**/*.ts", { cwd: folder }).flatMap((file) => {
    const text = readFileSync(join(folder, file), "utf8")
    const resolve = (specifier: string) => (specifier.startsWith(".") ? join(dirname(file), specifier) : specifier)
    return [
      ...[...text.matchAll(statement)].map(([, type, clause = "", from, bare]) => ({
        file,
        target: resolve(from ?? bare ?? ""),
        runtime: type === undefined && !namesTypesOnly(clause)
      })),
      ...[...text.matchAll(dynamic)].map(([, from = ""]) => ({ file, target: resolve(from), runtime: true }))
    ]
  })

/** Groups of files that import each other at run time, directly or through others: Tarjan's algorithm. */
export const cyclesOf = (imports: ReadonlyArray<Import>): ReadonlyArray<ReadonlyArray<string>> => {
  const targets = new Map<string, Array<string>>()
  for (const { file, runtime, target } of imports)
    if (runtime && target.endsWith(".ts")) targets.set(file, [...(targets.get(file) ?? []), target])
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: Array<string> = []
  const cycles: Array<ReadonlyArray<string>> = []
  const visit = (file: string): number => {
    const number = order.size
    order.set(file, number)
    low.set(file, number)
    stack.push(file)
    for (const target of targets.get(file) ?? []) {
      const reached = order.has(target) ? (stack.includes(target) ? order.get(target) : undefined) : visit(target)
      if (reached !== undefined) low.set(file, Math.min(low.get(file) ?? number, reached))
    }
    const lowest = low.get(file) ?? number
    if (lowest === number) {
      const group = stack.splice(stack.indexOf(file))
      if (group.length > 1) cycles.push(group.toSorted())
    }
    return lowest
  }
  for (const file of targets.keys()) if (!order.has(file)) visit(file)
  return cycles
}

/** The first folder of a path, or the file itself for one beside the folders. */
export const roomOf = (path: string): string => path.split("/").slice(0, -1)[0] ?? path
