import { expect, it } from "vitest"
import { comparisonImport } from "../doctest/compared.ts"
import { examplesOf } from "../doctest/examples.ts"
import { programsOf } from "../doctest/markdown.ts"

const page = `# Page
\`\`\`ts
import { a } from "a"
const x = a()
\`\`\`
Text.
\`\`\`sh
npm test
\`\`\`
\`\`\`ts
x.more()
\`\`\`
- In a list:
  \`\`\`ts no-run
  import { b } from "b"
    b()
  \`\`\`
`

it("a block without imports goes on with the program before it, at its own line", () => {
  const [first, second, ...others] = programsOf("page.md", page)
  expect(others).toEqual([])
  expect(first).toMatchObject({ file: "page.md", line: 3, runs: true })
  expect(first?.code.split("\n").slice(0, 11)).toEqual([
    comparisonImport,
    "",
    `import { a } from "a"`,
    "const x = a()",
    "",
    "",
    "",
    "",
    "",
    "",
    "x.more()"
  ])
  expect(second).toMatchObject({ line: 15, runs: false })
  expect(second?.code).toContain(`import { b } from "b"\n  b()`)
})

const claims = `
\`\`\`ts
import { a } from "a"
a().b // => [1, 2]
const x = await a() // => "x"
console.log(x, 3); // => "x", 3
for (const one of [1]) {
  one + 1 // => 2
}
\`\`\`
`

it("each line of a page that says what it gives is compared, at its own line", () => {
  const [program] = programsOf("page.md", claims)
  expect(program?.count).toBe(4)
  const lines = program?.code.split("\n") ?? []
  expect(lines[3]).toBe(`await __gives("page.md:4", async () => [(a().b), ([1, 2])])`)
  expect(lines[4]).toBe(`const x = await a(); await __gives("page.md:5", async () => [(x), ("x")])`)
  expect(lines[5]).toBe(`await __gives("page.md:6", async () => [([x, 3]), (["x", 3])]); console.log(x, 3)`)
  expect(lines[7]).toBe(`  await __gives("page.md:8", async () => [(one + 1), (2)])`)
})

it("a claim that cannot be compared is refused", () => {
  const block = (line: string, info = "ts") => `\`\`\`${info}\nimport "a"\n${line}\n\`\`\`\n`
  expect(() => programsOf("page.md", block("  .run() // => 1"))).toThrow("page.md:3: what stands before // =>")
  expect(() => programsOf("page.md", block("// => 1"))).toThrow("page.md:3: what stands before // =>")
  expect(() => programsOf("page.md", block("a // => 1", "ts no-run"))).toThrow("page.md:3: says what it gives")
})

const source = `
/**
 * Twice as much.
 *
 * @example twice(2) // => 4
 * @example
 * const three = 3
 * twice(three) // => 6
 * @since 1
 */
export const twice = (n: number) => n * 2
/** @example twice(1) */
export const other = 1
`

it("each line that says what it gives is compared, at its own line", () => {
  const examples = examplesOf("src/twice.ts", source, "../twice.ts")
  expect(examples?.count).toBe(2)
  const lines = examples?.code.split("\n") ?? []
  expect(lines[0]).toContain(`import { twice } from "../twice.ts"`)
  expect(lines[4]).toBe(`{ await __gives("src/twice.ts:5", async () => [(twice(2)), (4)]) }`)
  expect(lines[6]).toBe("const three = 3")
  expect(lines[7]).toBe(`await __gives("src/twice.ts:8", async () => [(twice(three)), (6)]) }`)
  expect(lines[11]).toBe("{ twice(1) }")
})

it("a source without examples gives nothing", () => {
  expect(examplesOf("a.ts", "export const a = 1\n", "../a.ts")).toBeUndefined()
})
