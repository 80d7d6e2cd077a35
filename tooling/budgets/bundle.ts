/** What a door costs in a browser's bundle. */
import { build } from "esbuild"
import { gzipSync } from "node:zlib"
import { root } from "../run-command.ts"

export interface BundleSize {
  readonly gzipKb: number
  readonly minifiedKb: number
  /** The heaviest modules in it, in kB before gzip. */
  readonly heaviest: ReadonlyArray<readonly [path: string, kb: number]>
  /** Node modules that it imports: there should be none. */
  readonly nodeImports: ReadonlyArray<string>
}

const kb = (bytes: number) => Math.round(bytes / 100) / 10

/** Bundles one program, minifies and gzips it. It must find its imports from `tooling/`. */
export const bundleSize = async (program: string): Promise<BundleSize> => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: `${root}/tooling`, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2023",
    external: ["node:*"],
    metafile: true,
    write: false,
    outdir: "out",
    logLevel: "silent"
  })
  const size = outputFiles.reduce((sum, file) => sum + file.contents.length, 0)
  const [output] = Object.values(metafile.outputs)
  const inputs = Object.entries(output?.inputs ?? {}).map(
    ([path, { bytesInOutput }]) => [path, kb(bytesInOutput)] as const
  )
  return {
    gzipKb: kb(outputFiles.reduce((sum, file) => sum + gzipSync(file.contents, { level: 9 }).length, 0)),
    minifiedKb: kb(size),
    heaviest: inputs.toSorted((a, b) => b[1] - a[1]).slice(0, 12),
    nodeImports: [
      ...new Set((output?.imports ?? []).map(({ path }) => path).filter((path) => path.startsWith("node:")))
    ]
  }
}

/** A program that keeps all of a door. */
export const wholeDoor = (door: string): string => `export * from ${JSON.stringify(door)}`

/** What a first program uses of the main door: one connection, one model, one prediction. */
export const firstProgram = `
import { clarifai, models, sightline } from "@sightline/core"
const app = sightline(clarifai())
console.log(await app.input("https://example.invalid/a.jpg").predict(models.general).run())
`
