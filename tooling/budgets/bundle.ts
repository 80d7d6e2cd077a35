/** What a door costs in a browser's bundle. */
import { build, type Plugin } from "esbuild"
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

/** Leaves modules that are loaded later out of the bundle: a program pays for them when it first uses them. */
const firstLoad: Plugin = {
  name: "first-load",
  setup: (bundler) => {
    bundler.onResolve({ filter: /.*/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined
    )
  }
}

/** Bundles what one program loads at first, minifies and gzips it. It must find its imports from `tooling/`. */
export const bundleSize = async (program: string): Promise<BundleSize> => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: `${root}/tooling`, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2023",
    external: ["node:*"],
    plugins: [firstLoad],
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

/**
 * What Effect alone costs a program that does what core's contract asks of it: the ground that the rest stands on.
 * Series are settled by core itself, several at once.
 */
export const effectAlone = `
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
const numbers = Stream.map(Stream.make(1, 2), (n) => n + 1)
for await (const number of Stream.toAsyncIterable(numbers)) console.log(number)
const call = Effect.gen(function* () {
  yield* Effect.sleep(1)
  yield* Effect.logDebug("one line")
}).pipe(Effect.timeout(100), Effect.withSpan("call"))
console.log(Effect.uninterruptibleMask, Effect.runPromiseExit(call), Cause.squash, ConfigProvider.ConfigProvider, Data.TaggedError, Effectable.Class)
console.log(Effect.callback, Effect.forkIn, Effect.makeSpan, Fiber.interrupt, Layer.buildWithScope, Metric.histogram)
console.log(Metric.counter, Random.next, Redacted.make, Stream.transformPullBracket, Stream.paginate)
console.log(Stream.fromAsyncIterable, Stream.runCollect)
`

/** The same with messages decoded and errors declared by Effect's Schema. */
export const effectWithSchema = `${effectAlone}
import * as Schema from "effect/Schema"
const Concept = Schema.Struct({ id: Schema.String, value: Schema.Finite, more: Schema.optionalKey(Schema.Array(Schema.String)) })
class Failed extends Schema.TaggedError<Failed>()("Failed", { problem: Schema.String, cause: Schema.Defect() }) {}
console.log(Schema.decodeUnknownEffect(Concept), Failed)
`
