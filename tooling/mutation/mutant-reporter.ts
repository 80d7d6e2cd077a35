/** Prints the mutants that no test found, file by file, and the score of each file. */
import { relative } from "node:path"
import { mkdirSync, writeFileSync } from "node:fs"
import type { Reporter, TestModule } from "vitest/node"
import type { Mutant } from "./instrument.ts"
import type { MutantResults } from "./mutant-runner.ts"

type State = "killed" | "timed out" | "survived" | "not reached" | "static" | "excluded"

const print = (rows: ReadonlyArray<Row>) => {
  for (const row of rows) if (row.state === "survived" || row.state === "not reached") console.log(describe(row))
  const files = [...new Set(rows.map((row) => row.file))]
  for (const file of files)
    console.log(
      scoreLine(
        relative("", file),
        rows.filter((row) => row.file === file)
      )
    )
}

/**
 * The score counts the mutants that tests reach or ought to reach: those of code that runs at import alone are left out.
 * `mutantsOf` has the mutants that a suite is to find: they are printed when it ends, all others at the end of the run.
 */
export const mutantReporter = (
  mutants: ReadonlyArray<Mutant>,
  mutantsOf: Readonly<Record<string, ReadonlyArray<string>>>,
  reportFile: string
): Reporter => {
  return {
    onTestModuleEnd(module) {
      const own = new Set(mutantsOf[module.relativeModuleId])
      const chosen = mutants.filter(({ id }) => own.has(id))
      print(rowsOf(chosen, [module]))
    },
    onTestRunEnd(modules, errors, reason) {
      if (reason === "interrupted") console.error("interrupted: the score below is not that of a whole run")
      for (const error of errors) console.error(error)
      for (const module of modules) for (const error of failuresOf(module)) console.error(error)
      const rows = rowsOf(mutants, modules)
      mkdirSync(".reports", { recursive: true })
      writeFileSync(reportFile, JSON.stringify(rows, undefined, 1))
      if ("*" in mutantsOf) print(rows)
      console.log(scoreLine("all", rows))
    }
  }
}

type Row = Mutant & { readonly state: State }

const rowsOf = (mutants: ReadonlyArray<Mutant>, modules: ReadonlyArray<TestModule>): ReadonlyArray<Row> => {
  const results = modules.flatMap(resultsOf)
  const killed = new Set(results.flatMap((result) => result.killed))
  const late = new Set(results.flatMap((result) => result.timedOut))
  const reached = new Set(results.flatMap((result) => result.reached))
  const atImport = new Set(modules.flatMap(importedMutants))
  const stateOf = ({ excluded, id }: Mutant): State => {
    if (excluded !== undefined) return "excluded"
    if (killed.has(id)) return "killed"
    if (late.has(id)) return "timed out"
    if (reached.has(id)) return "survived"
    return atImport.has(id) ? "static" : "not reached"
  }
  return mutants.map((mutant) => ({ ...mutant, state: stateOf(mutant) }))
}

const short = (text: string) => {
  const line = text.replaceAll(/\s+/g, " ")
  return line.length > 150 ? `${line.slice(0, 150)} …` : line
}

const describe = (row: Row): string => {
  return `${relative("", row.file)}:${row.line} ${row.state}\n  - ${short(row.original)}\n  + ${short(row.replacement)}`
}

const scoreLine = (name: string, rows: ReadonlyArray<Row>): string => {
  const count = (state: State) => rows.filter((row) => row.state === state).length
  const found = count("killed") + count("timed out")
  const missed = count("survived") + count("not reached")
  const score = found + missed === 0 ? 100 : (100 * found) / (found + missed)
  const left = `${count("static")} at import and ${count("excluded")} excluded are left out`
  return `${score.toFixed(1).padStart(5)} % ${name}: ${found} found (${count("timed out")} by time), ${missed} missed; ${left}`
}

/** A test that fails without a mutant makes the score worthless. */
const failuresOf = (module: TestModule): ReadonlyArray<string> => [
  ...module.errors().map((error) => error.message),
  ...[...module.children.allTests("failed")].map(
    (test) => `${test.fullName}: ${test.result().errors?.[0]?.stack ?? "failed"}`
  )
]

const resultsOf = (module: TestModule): ReadonlyArray<MutantResults> =>
  [...module.children.allTests()].flatMap((test) => {
    const { mutants } = test.meta() as { readonly mutants?: MutantResults }
    return mutants === undefined ? [] : [mutants]
  })

const importedMutants = (module: TestModule): ReadonlyArray<string> =>
  (module.meta() as { readonly importedMutants?: ReadonlyArray<string> }).importedMutants ?? []
