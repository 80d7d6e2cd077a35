import { dataRoot } from "@sightline/fixtures"
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { once } from "node:events"
import { join, resolve } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const folder = resolve(dataRoot, "../cases/sdk")
const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".mjs")) : []
if (names.length === 0) console.warn("skipped: no shared cases beside the test data")

/** Programs from before files were named with `file()`: a string is an address and never reads a file. */
const asToday: Readonly<Record<string, (program: string) => string>> = {
  "folder-names-nfd.mjs": (program) =>
    program
      .replace("import { sightline }", "import { file, sightline }")
      .replace("app.input(join(", "app.input(file(join(")
      .replace(`"1.jpg")).predict`, `"1.jpg"))).predict`)
}

/** Exit code and output of a program that finds the packages of this workspace. */
const run = async (path: string) => {
  const child = spawn(process.execPath, [path], { stdio: ["ignore", "pipe", "pipe"] })
  let output = ""
  child.stdout.on("data", (text: Buffer) => (output += text.toString()))
  child.stderr.on("data", (text: Buffer) => (output += text.toString()))
  const [code] = await once(child, "close")
  return { code: Number(code), output }
}

describe.skipIf(names.length === 0)("shared cases of the SDK", () => {
  let copies = ""
  beforeAll(() => {
    const reports = join(import.meta.dirname, ".reports")
    mkdirSync(reports, { recursive: true })
    copies = mkdtempSync(join(reports, "cases-"))
  })
  afterAll(() => rmSync(copies, { recursive: true, force: true }))

  it.each(names)("%s passes", { timeout: 300_000 }, async (name) => {
    const program = readFileSync(join(folder, name), "utf8")
    const today = asToday[name]?.(program) ?? program
    expect(today === program).toBe(asToday[name] === undefined)
    writeFileSync(join(copies, name), today)
    const { code, output } = await run(join(copies, name))
    expect(code, output).toBe(0)
  })
})
