/** The main job, as a stranger starts it: `npm run demo`, with its JSON read back. */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { root, runCommand } from "../run-command.ts"
import type { Check, Verdict } from "./check.ts"

/** What `npm run demo -- --json` prints, as far as it is checked. */
interface DemoReport {
  readonly photos: string
  readonly train: number
  readonly test: number
  readonly accuracy: number
  readonly predictions: ReadonlyArray<{ readonly predicted: string; readonly truth: string }>
}

const verdictOf = (report: DemoReport, least: number): Verdict => {
  const { photos, train, test, accuracy, predictions } = report
  const right = predictions.filter(({ predicted, truth }) => predicted === truth).length
  const note = `${photos}: accuracy ${accuracy} on ${test} photographs, trained on ${train}`
  if (predictions.length !== test) return { note, problem: `${predictions.length} predictions for ${test} photographs` }
  if (Math.abs(right / test - accuracy) > 0.005)
    return { note, problem: `${right} of ${test} are right by their own words` }
  return accuracy >= least ? { note } : { note, problem: `below ${least}` }
}

const demo = (name: string, args: ReadonlyArray<string>, least: number): Check => ({
  name,
  run: async () => {
    const { code, stdout, output } = await runCommand("npm", ["run", "demo", "--", "--json", ...args], {
      timeoutMs: 400_000
    })
    if (code !== 0) return { problem: `ended with ${code}\n${output.slice(-3000)}` }
    const report = /^report: (.+)$/m.exec(output)?.[1]
    if (report === undefined || !existsSync(report)) return { problem: `wrote no report: ${report ?? "none is named"}` }
    // The shape is what this check is about; a report without it fails below.
    return verdictOf(JSON.parse(stdout) as DemoReport, least)
  }
})

const photos = resolve(root, process.env["SIGHTLINE_DATA"] ?? "../shared/data", "photos", "recycling")

export const demoChecks: ReadonlyArray<Check> = [
  demo("demo on drawn photographs", [], 0.7),
  ...(existsSync(photos)
    ? [demo("demo on real photographs", ["--photos", `${photos}/train`, "--test", `${photos}/val`], 0.6)]
    : [])
]
