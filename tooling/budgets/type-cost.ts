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
}

export const typeCost = async (): Promise<TypeCost> => {
  // Inside the workspace, so that imports resolve as they do for any package of it.
  const folder = mkdtempSync(join(root, "tooling", ".type-cost-"))
  try {
    const importsAlone = await instantiations(folder, "imports", imports)
    const whole = await instantiations(folder, "chain", imports + program())
    return { instantiations: whole - importsAlone, importsAlone }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
