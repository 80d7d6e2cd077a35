/** Programs in prose: the `ts` and `tsx` blocks of a page. */
import { comparedLine, comparisonImport } from "./compared.ts"

export interface Program {
  /** The page, relative to the root. */
  readonly file: string
  /** The line of its first block's first line, counted from 1. */
  readonly line: number
  /**
   * Its blocks at the lines where they stand in the page, so that every complaint names the right line. What a line says
   * with `// =>` that it gives is compared.
   */
  readonly code: string
  /** How many values are compared. */
  readonly count: number
  /** False for a program that is only type-checked: one of its blocks is marked `no-run`, or is `tsx`. */
  readonly runs: boolean
  /** The file name's end that its syntax needs. */
  readonly extension: Extension
}

type Extension = "ts" | "tsx"

interface Block {
  readonly extension: Extension
  readonly line: number
  readonly lines: ReadonlyArray<string>
  readonly runs: boolean
}

const isExtension = (language: string | undefined): language is Extension => language === "ts" || language === "tsx"

const blocksOf = (text: string): ReadonlyArray<Block> => {
  const blocks: Array<Block> = []
  let fence:
    | { readonly indent: string; readonly extension?: Extension; readonly runs: boolean; readonly line: number }
    | undefined
  let lines: Array<string> = []
  for (const [i, line] of text.split("\n").entries()) {
    const [, indent = "", info] = /^(\s*)```(.*)$/.exec(line) ?? []
    if (info === undefined) {
      if (fence) lines.push(line.startsWith(fence.indent) ? line.slice(fence.indent.length) : line)
    } else if (fence) {
      const { extension, line, runs } = fence
      if (extension !== undefined) blocks.push({ extension, line, lines, runs })
      fence = undefined
    } else {
      const [language, ...words] = info.trim().split(/\s+/)
      const runs = language === "ts" && !words.includes("no-run")
      fence = { indent, runs, line: i + 2, ...(isExtension(language) ? { extension: language } : {}) }
      lines = []
    }
  }
  return blocks
}

const startsAnew = ({ lines }: Block) => lines.some((line) => line.startsWith("import "))

/**
 * The programs of one page. A block with an `import` starts a new program; a block without one goes on with the
 * program before it, as a reader does. Throws where a line says what it gives and is never run.
 */
export const programsOf = (file: string, text: string): ReadonlyArray<Program> => {
  const groups: Array<Array<Block>> = []
  for (const block of blocksOf(text)) {
    if (groups.length === 0 || startsAnew(block)) groups.push([block])
    else groups.at(-1)?.push(block)
  }
  return groups.map((blocks) => {
    const code: Array<string> = [comparisonImport] // the first line of a page is no code, since it has a fence above
    const runs = blocks.every((block) => block.runs)
    let count = 0
    for (const block of blocks) {
      while (code.length < block.line - 1) code.push("")
      for (const line of block.lines) {
        const place = `${file}:${code.length + 1}`
        const compared = comparedLine(place, line)
        if (compared !== undefined && !runs)
          throw new Error(`${place}: says what it gives in a program that is not run`)
        if (compared !== undefined) count += 1
        code.push(compared ?? line)
      }
    }
    const extension = blocks.some((block) => block.extension === "tsx") ? "tsx" : "ts"
    return { file, line: blocks[0]?.line ?? 1, code: `${code.join("\n")}\nexport {}\n`, count, runs, extension }
  })
}
