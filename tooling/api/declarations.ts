/** Reads declaration files as the compiler writes them: one statement after another, each starting in the first column. */
import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** One name that a file brings in or gives on: `name` there, in `path` (a file or a package). */
export interface Link {
  readonly name: string
  readonly path: string
}

/** A declaration file, taken apart. */
export interface Declarations {
  /** Text of each declared name, comments dropped. */
  readonly declared: ReadonlyMap<string, string>
  /** Names exported, and the local name that each stands for. */
  readonly exported: ReadonlyMap<string, string>
  /** Names imported or passed on from elsewhere. `*` is the whole module. */
  readonly imported: ReadonlyMap<string, Link>
  readonly passedOn: ReadonlyMap<string, Link>
  readonly starsFrom: ReadonlyArray<string>
}

const withoutComments = (text: string): string =>
  text
    .replaceAll(
      /("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/.*$/gm,
      (_all, literal?: string) => literal ?? ""
    )
    .replaceAll(/\n\s*\n/g, "\n")

const statementsOf = (text: string): ReadonlyArray<string> => {
  const statements: Array<Array<string>> = []
  for (const line of withoutComments(text).split("\n")) {
    if (/^[a-z@]/i.test(line)) statements.push([line])
    else if (line.trim() !== "") statements.at(-1)?.push(line)
  }
  return statements.map((lines) => lines.join("\n"))
}

/** `a, type B, c as d` as pairs of the name there and the name here. */
const specifiers = (list: string): ReadonlyArray<readonly [there: string, here: string]> =>
  list
    .split(",")
    .map((one) => one.trim().replace(/^type /, ""))
    .filter((one) => one !== "")
    .map((one) => {
      const [there = "", here = there] = one.split(" as ")
      return [there, here] as const
    })

/** A relative specifier as the declaration file it names; a package stays as it is. */
const resolveFrom = (file: string, specifier: string): string =>
  specifier.startsWith(".") ? join(dirname(file), specifier.replace(/\.js$/, ".d.ts")) : specifier

const parse = (file: string, text: string): Declarations => {
  const declared = new Map<string, string>()
  const exported = new Map<string, string>()
  const imported = new Map<string, Link>()
  const passedOn = new Map<string, Link>()
  const starsFrom: Array<string> = []
  for (const statement of statementsOf(text)) {
    const from = resolveFrom(file, / from "([^"]+)";$/.exec(statement)?.[1] ?? "")
    const list = /^(?:import|export)(?: type)? \{([\s\S]*)\}/.exec(statement)?.[1]
    const star = /^(import|export)(?: type)? \*(?: as (\w+))? from/.exec(statement)
    const name =
      /^(?:export )?(?:declare )?(?:abstract )?(?:const|let|class|interface|type|function|namespace) (\w+)/.exec(
        statement
      )?.[1]
    if (star?.[1] === "import") imported.set(star[2] ?? "", { name: "*", path: from })
    else if (star?.[2] !== undefined) passedOn.set(star[2], { name: "*", path: from })
    else if (star) starsFrom.push(from)
    else if (list !== undefined && statement.startsWith("import"))
      for (const [there, here] of specifiers(list)) imported.set(here, { name: there, path: from })
    else if (list !== undefined)
      for (const [there, here] of specifiers(list))
        if (statement.includes(" from ")) passedOn.set(here, { name: there, path: from })
        else exported.set(here, there)
    else if (name !== undefined) {
      const before = declared.get(name) // overloads, and an interface beside its constructor
      declared.set(name, (before === undefined ? "" : `${before}\n`) + statement.replace(/^export /, ""))
      if (statement.startsWith("export ")) exported.set(name, name)
    }
  }
  return { declared, exported, imported, passedOn, starsFrom }
}

const known = new Map<string, Declarations>()

/** The declarations of one file, read once. A file that is not there is a fault of the build. */
export const declarationsOf = (file: string): Declarations => {
  const before = known.get(file)
  if (before) return before
  if (!existsSync(file)) throw new Error(`${file} is not there: build first`)
  const made = parse(file, readFileSync(file, "utf8"))
  known.set(file, made)
  return made
}
