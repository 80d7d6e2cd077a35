/** Programs that a reader runs in the page. */
import { expect, it } from "vitest"
import { isRunnable, moduleOf, runBlocksOf, runFile } from "../../site/build/run-blocks.ts"

const page = `# Page
\`\`\`ts run
import { a } from "a"

const x = a()
x.size // => 3
const y = x.more() // => ["b"]
console.log(y)
\`\`\`
\`\`\`ts
import { b } from "b"
\`\`\`
\`\`\`ts no-run
import { c } from "c"
\`\`\`
`

it("finds the blocks that are marked, with what they give", () => {
  const blocks = runBlocksOf("page.md", page)
  expect(blocks.map(({ gives }) => gives)).toEqual([["3", '["b"]']])
  expect([isRunnable("ts run"), isRunnable("ts"), isRunnable("ts no-run"), isRunnable("sh run")]).toEqual([
    true,
    false,
    false,
    false
  ])
})

it("makes a module of a block that writes to the console it is given", async () => {
  const [block] = runBlocksOf("page.md", page)
  const code = moduleOf(block?.code ?? "").replace(
    'import { a } from "a"',
    "const a = () => ({ size: 3, more: () => ['b'] })"
  )
  const written: Array<unknown> = []
  const { default: run } = (await import(`data:text/javascript,${encodeURIComponent(code.replace(": any", ""))}`)) as {
    default: (console: object) => Promise<void>
  }
  await run({ log: (value: unknown) => written.push(value), given: (value: unknown) => written.push(["given", value]) })
  expect(written).toEqual([["given", 3], ["given", ["b"]], ["b"]])
})

it("names a module by its code", () => {
  expect(runFile("a\n")).toBe(runFile("a"))
  expect(runFile("a")).not.toBe(runFile("b"))
})
