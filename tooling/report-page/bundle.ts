/** Bundles the page of `@sightline/report`: its script and its style, minified. The same sources give the same text. */
import { build } from "esbuild"
import { join } from "node:path"
import { root } from "../run-command.ts"

const page = join(root, "packages/report/page")

/** Notices of what is bundled; their licences ask for them. */
const notice = "/* Preact, copyright (c) 2015-present Jason Miller, MIT licence */"

const bundled = async (entry: string, loader: "js" | "css"): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [join(page, entry)],
    bundle: true,
    minify: true,
    write: false,
    format: loader === "js" ? "iife" : "esm",
    platform: "browser",
    target: ["chrome120", "firefox121", "safari17.2"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    charset: "utf8",
    logLevel: "silent",
    tsconfigRaw: {}
  })
  return outputFiles[0]?.text.trim() ?? ""
}

/** Texts that would end the element they stand in. */
const ending = /<\/(?:script|style)|<!--/i

/** The module that holds the page. */
export const pageModule = async (): Promise<string> => {
  const script = `${notice}${await bundled("main.tsx", "js")}`
  const style = await bundled("page.css", "css")
  if (ending.test(script) || ending.test(style)) throw new Error("the page's script or style would end its own element")
  return `/** The page's script and style. Written by tooling/report-page/main.ts from packages/report/page: do not edit. */
export const pageScript: string =
  ${JSON.stringify(script)}

export const pageStyle: string =
  ${JSON.stringify(style)}
`
}

/** Where the module is. */
export const pageModulePath: string = join(root, "packages/report/src/document/page-bundle.ts")
