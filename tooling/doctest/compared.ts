/** Lines of examples and of pages that say with `// =>` what they give, as code that compares. */

/** A line that says what it gives. */
export interface GivenLine {
  readonly indent: string
  /** What stands before `// =>`. */
  readonly statement: string
  /** What stands behind it. */
  readonly value: string
  /** The name of a `const name = …`. */
  readonly name: string | undefined
}

/** The parts of a line that says with `// =>` what it gives; undefined for every other line. */
export const givenLine = (line: string): GivenLine | undefined => {
  const [, indent = "", statement, value] = /^(\s*)(.*?);?\s*\/\/ => (.*)$/.exec(line) ?? []
  if (statement === undefined || value === undefined) return undefined
  return { indent, statement, value, name: /^const (\w+)(?::[^=]*)? = /.exec(statement)?.[1] }
}

/** What generated modules import to compare with; `file:line` is what a failure names. */
export const comparison = "__gives"

/** The import of {@link comparison}, for a line of a generated module. */
export const comparisonImport = `import { ${comparison} } from "./gives.ts"; `

const compare = (place: string, expression: string, value: string): string =>
  `await ${comparison}(${JSON.stringify(place)}, async () => [(${expression}), (${value})])`

/**
 * The same line as code that fails where it does not give what it says; undefined for a line that says nothing.
 *
 * `const name = … // => value` compares what was named, and `console.log(a, b) // => 1, 2` what was printed, one by one.
 * Throws where the expression does not stand on one line.
 */
export const comparedLine = (place: string, line: string): string | undefined => {
  const given = givenLine(line)
  if (given === undefined) return undefined
  const { indent, name, statement, value } = given
  if (/^(?:[.)\]}?:]|$)/.test(statement))
    throw new Error(`${place}: what stands before // => must be an expression on one line`)
  const [, printed] = /^console\.log\((.*)\)$/.exec(statement) ?? []
  if (printed !== undefined) return `${indent}${compare(place, `[${printed}]`, `[${value}]`)}; ${statement}`
  return name === undefined
    ? indent + compare(place, statement, value)
    : `${indent}${statement}; ${compare(place, name, value)}`
}
