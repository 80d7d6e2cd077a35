/**
 * Programs that run in the page: blocks of pages that are marked `ts run`, each bundled for browsers as a module whose
 * default export is the program, given a console to write to.
 */
import { build } from "esbuild"
import { createHash } from "node:crypto"
import { globSync, readFileSync, writeFileSync, mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { givenLine } from "../../tooling/doctest/compared.ts"

/** A block that a reader can run. */
export interface RunBlock {
  /** The page, relative to the folder of pages. */
  readonly page: string
  readonly code: string
  /** What its lines with `// =>` say that they give, as JSON. */
  readonly gives: ReadonlyArray<string>
}

/** The file name of a block's module: the same code has the same name. */
export const runFile = (code: string): string =>
  `${createHash("sha256").update(code.trim()).digest("hex").slice(0, 12)}.js`

/** True for the words behind the three backticks of a block that a reader can run. */
export const isRunnable = (info: string): boolean => {
  const [language, ...words] = info.trim().split(/\s+/)
  return language === "ts" && words.includes("run")
}

const fences = /^```(ts[^\n]*)\n([^]*?)^```$/gm

/** A literal as it stands behind `// =>`, as JSON: names of fields get their quotes. */
const jsonOf = (literal: string): string =>
  JSON.stringify(JSON.parse(literal.replaceAll(/([{,]\s*)(\w+):/g, '$1"$2":')))

/** The blocks of one page that a reader can run. */
export const runBlocksOf = (page: string, text: string): ReadonlyArray<RunBlock> =>
  [...text.matchAll(fences)].flatMap(([, info = "", code = ""]) => {
    if (!isRunnable(info)) return []
    const gives = code.split("\n").flatMap((line) => {
      const given = givenLine(line)
      return given === undefined ? [] : [jsonOf(given.value)]
    })
    return [{ page, code, gives }]
  })

/** A line that says what it gives, as a line that also writes it. */
const writing = (line: string): string => {
  const given = givenLine(line)
  if (given === undefined || given.statement.startsWith("console.")) return line
  const { indent, name, statement } = given
  return name === undefined
    ? `${indent}console.given(await (${statement}))`
    : `${indent}${statement}; console.given(await ${name})`
}

/** The block as a module: its imports, and the rest as a function of the console. */
export const moduleOf = (code: string): string => {
  const imports = /^import [^;]*? from "[^"]+"$/gm
  const body = code.replace(imports, "").split("\n").map(writing).join("\n")
  return `${(code.match(imports) ?? []).join("\n")}\nexport default async (console: any) => {\n${body}\n}\n`
}

/** Every block of the assembled pages that a reader can run. */
export const findRunBlocks = (folder: string): ReadonlyArray<RunBlock> =>
  globSync("**/*.md", { cwd: folder, exclude: ["public/**"] })
    .toSorted()
    .flatMap((page) => runBlocksOf(page, readFileSync(join(folder, page), "utf8")))

/** Bundles every block into `public/runs/`; what they share is in files that the browser loads once. */
export const writeRunBlocks = async (folder: string, resolveFrom: string): Promise<void> => {
  const sources = join(resolveFrom, ".runs")
  rmSync(sources, { recursive: true, force: true })
  mkdirSync(sources, { recursive: true })
  const entryPoints = findRunBlocks(folder).map(({ code }) => {
    const path = join(sources, runFile(code).replace(/\.js$/, ".ts"))
    writeFileSync(path, moduleOf(code))
    return path
  })
  try {
    await build({
      entryPoints,
      outdir: join(folder, "public", "runs"),
      bundle: true,
      splitting: true,
      minify: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      logLevel: "warning",
      // pages do not need the check of Node's version
      logOverride: { "ignored-bare-import": "silent" }
    })
  } finally {
    rmSync(sources, { recursive: true, force: true })
  }
}
