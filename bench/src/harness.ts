/** Runs contenders in turn, each in a separate process, and compares medians. */
import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { resolve } from "node:path"
import { createInterface } from "node:readline"
import { pathToFileURL } from "node:url"
import type { Job, JobReport } from "./job.ts"

export const here = resolve(import.meta.dirname)

/** A contender, compiled: none of them strips types while it is measured. */
export const contender = (name: string): string => resolve(here, "..", "dist", "contenders", `${name}.js`)

/** Arguments of Node with which packages of the workspace come from `dist/`, as they are published. */
export const asPublished: ReadonlyArray<string> = [
  "--import",
  pathToFileURL(resolve(here, "..", "dist", "as-published.js")).href
]

/** Starts a server script and resolves with the address it prints; closing its stdin ends it. */
export const startServer = async (
  script: string,
  args: ReadonlyArray<string> = []
): Promise<{ readonly address: string; readonly stop: () => void }> => {
  const child = spawn(process.execPath, [...asPublished, script, ...args], { stdio: ["pipe", "pipe", "inherit"] })
  const died = once(child, "exit").then(([code]) => Promise.reject(new Error(`${script} ended with ${code}`)))
  const line = once(createInterface({ input: child.stdout }), "line")
  const [address] = await Promise.race([line, died])
  died.catch(() => {}) // its end is wanted later
  return { address: String(address), stop: () => child.stdin.end() }
}

const readAll = async (child: ChildProcess): Promise<string> => {
  let text = ""
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
  const [code] = await once(child, "close")
  if (code !== 0) throw new Error(`${child.spawnargs.slice(1, 2).join(" ")} ended with ${code}`)
  return text
}

/** One contender's process from start to end; killed after ten minutes. */
export const runContender = async (script: string, job: Job): Promise<JobReport> => {
  const child = spawn(process.execPath, [...asPublished, script, JSON.stringify(job)], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 600_000
  })
  // Written by `measure` in job.ts; some clients print other lines before it.
  const report = JSON.parse((await readAll(child)).trim().split("\n").at(-1) ?? "") as JobReport
  if (report.outputs !== job.inputs) throw new Error(`${script} answered ${report.outputs} of ${job.inputs} inputs`)
  return report
}

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2
}

export interface Row {
  readonly contender: string
  readonly medianMs: number
  readonly ratio: number
  readonly peakRssMb: number
  readonly runsMs: ReadonlyArray<number>
}

/**
 * Every contender once a round, each round in another order, so that what disturbs the machine disturbs all alike.
 * Ratios are of medians, against the first contender.
 */
export const compare = async (
  contenders: Readonly<Record<string, () => Promise<{ readonly ms: number; readonly peakRssMb: number }>>>,
  rounds: number,
  onRun: (line: string) => void
): Promise<ReadonlyArray<Row>> => {
  const names = Object.keys(contenders)
  const runs = new Map(names.map((name) => [name, { ms: [] as Array<number>, rss: [] as Array<number> }]))
  for (let round = 0; round < rounds; round++) {
    for (const [i] of names.entries()) {
      const name = names[(i + round) % names.length] ?? ""
      const report = await contenders[name]?.()
      if (!report) continue
      onRun(`round ${round + 1}/${rounds} ${name}: ${report.ms.toFixed(0)} ms`)
      runs.get(name)?.ms.push(report.ms)
      runs.get(name)?.rss.push(report.peakRssMb)
    }
  }
  const base = median(runs.get(names[0] ?? "")?.ms ?? [])
  return [...runs].map(([contender, { ms, rss }]) => ({
    contender,
    medianMs: Math.round(median(ms) * 10) / 10,
    ratio: Math.round((median(ms) / base) * 100) / 100,
    peakRssMb: Math.round(Math.max(...rss)),
    runsMs: ms.map((one) => Math.round(one * 10) / 10)
  }))
}

/** The rows as a table in plain text. */
export const asTable = (title: string, rows: ReadonlyArray<Row>): string => {
  const width = Math.max(...rows.map(({ contender }) => contender.length))
  const line = (name: string, ...cells: ReadonlyArray<string>) =>
    name.padEnd(width) + cells.map((c) => c.padStart(12)).join("")
  return [
    title,
    line("", "median ms", "ratio", "peak MB"),
    ...rows.map((r) => line(r.contender, r.medianMs.toFixed(1), r.ratio.toFixed(2), String(r.peakRssMb)))
  ].join("\n")
}
