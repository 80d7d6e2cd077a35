/** Examples in docstrings: the lines of `@example` that say what they give with `// =>`. */
import { comparedLine, comparisonImport } from "./compared.ts"

export interface Examples {
  /** The source, relative to the root. */
  readonly file: string
  /** How many values are compared. */
  readonly count: number
  /** A module of one block per example, each line where it stands in the source. */
  readonly code: string
}

const exportedNames = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/^export (?:const|class|function\*?|async function) (\w+)/gm)].map(([, name]) => name ?? "")

/** The text of a line of a docstring without its decoration; `undefined` where the docstring or the example ends. */
const inside = (line: string): string | undefined => {
  const text = line.replace(/^\s*\*? ?/, "")
  return /^\/|\*\/\s*$|^@/.test(text) ? undefined : text
}

/** `undefined` for a source without examples that say what they give. */
export const examplesOf = (file: string, text: string, importPath: string): Examples | undefined => {
  const lines = text.split("\n")
  const code: Array<string> = lines.map(() => "")
  const imports: Array<string> = []
  let count = 0
  const put = (i: number, example: string) => {
    const compared = comparedLine(`${file}:${i + 1}`, example)
    if (example.startsWith("import ")) imports.push(example)
    else if (compared === undefined) code[i] += example.startsWith("```") ? "" : example
    else {
      count += 1
      code[i] += compared
    }
  }
  for (const [start, line] of lines.entries()) {
    const [, first] = /^\s*(?:\/\*)?\*\s*@example\s*(.*?)(?:\s*\*\/)?\s*$/.exec(line) ?? []
    if (first === undefined) continue
    code[start] += "{ "
    put(start, first)
    let i = start
    if (!/\*\/\s*$/.test(line)) {
      for (;;) {
        const next = inside(lines[i + 1] ?? "*/")
        if (next === undefined) break
        i += 1
        put(i, next)
      }
    }
    code[i] += " }"
  }
  if (count === 0) return undefined
  const body = code.join("\n")
  const used = exportedNames(text).filter(
    (name) => new RegExp(`\\b${name}\\b`).test(body) && !imports.some((one) => new RegExp(`\\b${name}\\b`).test(one))
  )
  const own = used.length > 0 ? `import { ${used.join(", ")} } from ${JSON.stringify(importPath)}; ` : ""
  return {
    file,
    count,
    code: `${comparisonImport}${own}${imports.join("; ")}${body}\nexport {}\n`
  }
}
