/** The budgets as checks: `budgets.json` says what is allowed, this says what is. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import type { Check, Verdict } from "../ci/check.ts"
import { bundleSize, effectAlone, effectWithSchema, firstProgram, wholeDoor } from "./bundle.ts"
import { importTime } from "./import-time.ts"
import { typeCost } from "./type-cost.ts"

interface Budgets {
  readonly bundle: {
    readonly targetGzipKb: number
    readonly maxGzipKb: Readonly<Record<string, number>>
  }
  readonly report: { readonly maxGzipKb: number }
  readonly importTime: { readonly maxRatio: number }
  readonly typeCost: {
    readonly maxInstantiations: number
    readonly maxFivePlugins: number
    readonly maxTwentyPlugins: number
  }
}
// A file of our own, beside this one.
const budgets = JSON.parse(readFileSync(join(import.meta.dirname, "budgets.json"), "utf8")) as Budgets

const within = (value: number, limit: number, note: string): Verdict =>
  value <= limit ? { note } : { note, problem: `over the budget of ${limit}` }

const bundleCheck = (name: string, maxGzipKb: number): Check => ({
  name: `bundle size of ${name}`,
  run: async () => {
    const size = await bundleSize(name === "program" ? firstProgram : wholeDoor(name))
    const { targetGzipKb } = budgets.bundle
    const target = maxGzipKb > targetGzipKb ? `; the target is ${targetGzipKb}: docs/decisions/0009-bundle.md` : ""
    const note = `${size.gzipKb} kB of ${maxGzipKb} (minified and gzipped; ${size.minifiedKb} kB minified${target})`
    if (size.nodeImports.length > 0) return { note, problem: `it imports ${size.nodeImports.join(", ")}` }
    const { problem } = within(size.gzipKb, maxGzipKb, note)
    const heaviest = size.heaviest.map(([path, kb]) => `${kb.toFixed(1).padStart(7)} kB  ${path}`)
    return problem === undefined ? { note } : { note, problem: [problem, ...heaviest].join("\n") }
  }
})

export const budgetChecks: ReadonlyArray<Check> = [
  {
    name: "bundle size of Effect alone",
    run: async () => {
      const [alone, withSchema] = [await bundleSize(effectAlone), await bundleSize(effectWithSchema)]
      return { note: `${alone.gzipKb} kB for what core asks of it, ${withSchema.gzipKb} with Schema; nothing to gate` }
    }
  },
  ...Object.entries(budgets.bundle.maxGzipKb).map(([name, max]) => bundleCheck(name, max)),
  {
    name: "page of @sightline/report",
    run: async () => {
      const { pageScript, pageStyle } = await import("../../packages/report/src/document/page-bundle.ts")
      const kb = Math.round(gzipSync(pageScript + pageStyle, { level: 9 }).length / 100) / 10
      const { maxGzipKb } = budgets.report
      return within(kb, maxGzipKb, `${kb} kB of ${maxGzipKb} (script and style, gzipped)`)
    }
  },
  {
    name: "import time of @sightline/core",
    alone: true,
    run: async () => {
      const { ratio, coreMs, effectMs } = await importTime()
      const { maxRatio } = budgets.importTime
      const note = `${ratio.toFixed(2)} times effect/Effect alone, of ${maxRatio} (${coreMs.toFixed(0)} and ${effectMs.toFixed(0)} ms)`
      return within(ratio, maxRatio, note)
    }
  },
  {
    name: "type cost of 30 verbs and 5 plugins",
    run: async () => {
      const { fivePlugins, importsAlone, instantiations, twentyPlugins } = await typeCost()
      const { maxFivePlugins, maxInstantiations, maxTwentyPlugins } = budgets.typeCost
      const note = [
        `${instantiations} instantiations of ${maxInstantiations} (${importsAlone} for the imports alone)`,
        `20 chains of 10 steps: ${fivePlugins} of ${maxFivePlugins} with 5 plugins of 30 verbs, ${twentyPlugins} of ${maxTwentyPlugins} with 20`
      ].join("; ")
      const worst = Math.max(
        instantiations / maxInstantiations,
        fivePlugins / maxFivePlugins,
        twentyPlugins / maxTwentyPlugins
      )
      return within(worst, 1, note)
    }
  }
]
