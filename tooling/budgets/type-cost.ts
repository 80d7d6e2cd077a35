/** What a long chain on an app with several plugins costs the type checker. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root, runCommand } from "../run-command.ts"

const imports = `
import { clarifai, models, sightline } from "@sightline/core"
import { definePlugin, stage, type Media } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
`

/** Five plugins of six verbs each, and one chain through all thirty and the prediction at its end. */
const program = (): string => {
  const plugins = Array.from({ length: 5 }, (_, p) => {
    const verbs = Array.from(
      { length: 6 },
      (__, v) =>
        `    step${p}${v}: (amount: number) => stage("plugin${p}.step${v}", { amount }, (image: Media<"image">) => Effect.succeed(image))`
    )
    return `const plugin${p} = definePlugin({ name: "plugin${p}", version: 1, verbs: {\n${verbs.join(",\n")}\n} })`
  })
  const uses = plugins.map((_, p) => `.use(plugin${p})`).join("")
  const steps = plugins.flatMap((_, p) => Array.from({ length: 6 }, (__, v) => `.step${p}${v}(${v})`))
  return `${plugins.join("\n")}
const app = sightline(clarifai())${uses}
const chain = app.input(new URL("https://example.invalid/a.jpg"))
  ${steps.join("\n  ")}
  .concepts("train", "railway").predict(models.general)
export const { concepts } = await chain.run()
concepts[0]?.name satisfies "train" | "railway" | undefined
`
}

/** One verb: most take an image, a third an answer. */
const manyVerb = (p: number, v: number): string =>
  v % 3 === 2
    ? `step${p}_${v}: (n: number) => stage("plugin${p}.step${v}", { n }, (answer: { readonly concepts: ReadonlyArray<unknown> }) => Effect.succeed(answer.concepts.length))`
    : `step${p}_${v}: (n: number) => stage("plugin${p}.step${v}", { n }, (image: Media<"image">): Effect.Effect<Media<"image"> & { readonly "${p}_${v}": 1 }, Failed<"${p}_${v}">> => Effect.succeed(image as never))`

/**
 * Plugins of thirty verbs, a third of which take answers, and twenty chains of ten steps. Each step has an error and a
 * type of its own, so that no chain's type is another's.
 */
const manyVerbs = (plugins: number): string => {
  const definitions = Array.from({ length: plugins }, (_, p) => {
    const verbs = Array.from({ length: 30 }, (__, v) => manyVerb(p, v))
    return `const plugin${p} = definePlugin({ name: "plugin${p}", version: 1, verbs: {\n${verbs.join(",\n")}\n} })`
  })
  const chains = Array.from({ length: 20 }, (_, c) => {
    const steps = Array.from({ length: 8 }, (__, s) => {
      const v = (c * 7 + s) % 30
      return `.step${(c + s) % plugins}_${v % 3 === 2 ? v - 1 : v}(${s})`
    })
    return `export const out${c} = await app.input(new URL("https://example.invalid/a.jpg"))${steps.join("")}.concepts("train", "railway").predict(models.general).run()
out${c}.concepts[0]?.name satisfies "train" | "railway" | undefined`
  })
  return `interface Failed<T extends string> { readonly _tag: T }
${definitions.join("\n")}
const app = sightline(clarifai())${definitions.map((_, p) => `.use(plugin${p})`).join("")}
${chains.join("\n")}
`
}

const instantiations = async (folder: string, name: string, text: string): Promise<number> => {
  const file = join(folder, `${name}.ts`)
  writeFileSync(file, text)
  const config = join(folder, `${name}.json`)
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, "tsconfig.base.json"),
      compilerOptions: { noEmit: true, noUnusedLocals: false },
      files: [file]
    })
  )
  // With several checkers, what they share is counted once for each, and one more source file deals the files out anew.
  const { code, stdout, output } = await runCommand("tsc", ["-p", config, "--extendedDiagnostics", "--singleThreaded"])
  const found = /Instantiations:\s+([\d,]+)/.exec(stdout)?.[1]
  if (code !== 0 || found === undefined) throw new Error(`${name}.ts does not type-check:\n${output.slice(0, 3000)}`)
  return Number(found.replaceAll(",", ""))
}

export interface TypeCost {
  /** Those of the chain and the plugins alone. */
  readonly instantiations: number
  readonly importsAlone: number
  /** Those of twenty chains of ten steps on apps with 5 and with 20 plugins of thirty verbs. */
  readonly fivePlugins: number
  readonly twentyPlugins: number
}

export const typeCost = async (): Promise<TypeCost> => {
  // Inside the workspace, so that imports resolve as they do for any package of it.
  const folder = mkdtempSync(join(root, "tooling", ".type-cost-"))
  try {
    const importsAlone = await instantiations(folder, "imports", imports)
    const whole = await instantiations(folder, "chain", imports + program())
    const five = await instantiations(folder, "five", imports + manyVerbs(5))
    const twenty = await instantiations(folder, "twenty", imports + manyVerbs(20))
    return {
      instantiations: whole - importsAlone,
      importsAlone,
      fivePlugins: five - importsAlone,
      twentyPlugins: twenty - importsAlone
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
