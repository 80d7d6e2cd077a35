/**
 * Mutation testing of one folder of a package, in one process: Stryker's instrumenter puts every mutant into the code behind a
 * switch, and each test runs again with each mutant that it reaches.
 */
import { Instrumenter, type InstrumenterOptions } from "@stryker-mutator/instrumenter"
import { readFileSync } from "node:fs"
import type { Plugin } from "vitest/config"

/** One change of the code: where it is and what stands there instead. Lines count from 0, as in Stryker's reports. */
export interface Mutant {
  readonly id: string
  readonly file: string
  readonly line: number
  readonly mutator: string
  readonly original: string
  readonly replacement: string
  /** Why it is left out, where a comment in the code says so. */
  readonly excluded?: string
}

const silent = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => true,
  isErrorEnabled: () => true,
  isFatalEnabled: () => true,
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: console.warn,
  error: console.error,
  fatal: console.error
}

const options: InstrumenterOptions = { plugins: null, excludedMutations: [], ignorers: [], noHeader: false }

/** The part of `text` between two positions of Stryker. */
const textAt = (
  text: string,
  { start, end }: { readonly start: Position; readonly end: Position }
): { readonly text: string; readonly line: number } => {
  const lines = text.split("\n").slice(start.line, end.line + 1)
  const last = lines.length - 1
  lines[last] = lines[last]?.slice(0, end.column) ?? ""
  lines[0] = lines[0]?.slice(start.column) ?? ""
  return { text: lines.join("\n"), line: start.line + 1 }
}

interface Position {
  readonly line: number
  readonly column: number
}

/** Instruments `files`; the plugin serves them instead of what is on disk. */
export const instrument = async (
  files: ReadonlyArray<string>
): Promise<{ readonly mutants: ReadonlyArray<Mutant>; readonly plugin: Plugin }> => {
  const sources = new Map(files.map((file) => [file, readFileSync(file, "utf8")]))
  const result = await new Instrumenter(silent).instrument(
    [...sources].map(([name, content]) => ({ name, content, mutate: true })),
    options
  )
  const served = new Map(result.files.map(({ name, content }) => [name, content]))
  const mutants = result.mutants.map((mutant): Mutant => {
    const { text, line } = textAt(sources.get(mutant.fileName) ?? "", mutant.location)
    return {
      id: mutant.id,
      file: mutant.fileName,
      line,
      mutator: mutant.mutatorName,
      original: text,
      replacement: mutant.replacement,
      ...(mutant.statusReason === undefined ? {} : { excluded: mutant.statusReason })
    }
  })
  return {
    mutants,
    plugin: { name: "mutants", enforce: "pre", load: (id) => served.get(id.replace(/\?.*$/, "")) }
  }
}
