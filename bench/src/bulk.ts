// Bulk prediction against other clients on one loopback service: `pnpm bench bulk [--json] [--rounds 5] [--only urls]`.
import { join } from "node:path"
import { parseArgs } from "node:util"
import { asTable, compare, contender, here, runContender, startServer, type Row } from "./harness.ts"
import type { Job } from "./job.ts"
import { peersFolder, peersInstalled } from "./peers.ts"

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    scale: { type: "string", default: "1" },
    "no-peers": { type: "boolean", default: false }
  }
})
const scale = Number(values.scale)
const rounds = Number(values.rounds)

type Workload = Pick<Job, "workload" | "inputs" | "perCall" | "atOnce" | "sizeBytes"> & {
  /** What others are compared with: hand-written code, or for one call at a time what everybody has. */
  readonly baseline: string
  /** Contenders for this workload alone. */
  readonly others?: Readonly<Record<string, string>>
}
const workloads: ReadonlyArray<Workload> = [
  {
    workload: "urls",
    baseline: "hand-written undici",
    others: { "the same, with outcomes": contender("undici-outcomes") },
    inputs: Math.round(10_000 * scale),
    perCall: 128,
    atOnce: 8,
    sizeBytes: 0
  },
  {
    workload: "bytes",
    baseline: "hand-written undici",
    inputs: Math.round(2000 * scale),
    perCall: 32,
    atOnce: 4,
    sizeBytes: 200_000
  },
  {
    workload: "serial",
    baseline: "fetch",
    inputs: Math.round(1000 * scale),
    perCall: 1,
    atOnce: 1,
    sizeBytes: 0
  }
]

const number = new Intl.NumberFormat("en")
const titleOf = ({ workload, inputs, perCall, atOnce, sizeBytes }: Workload): string => {
  const what = workload === "bytes" ? `pictures of ${number.format(sizeBytes)} bytes` : "URLs"
  const calls = atOnce === 1 ? "one call after another" : `${atOnce} calls at once`
  return `${number.format(inputs)} ${what}, ${perCall} a call, ${calls}`
}

const scripts: Readonly<Record<string, string>> = {
  sightline: contender("sightline"),
  "hand-written undici": contender("undici"),
  fetch: contender("fetch"),
  ky: contender("ky")
}
const withPeers = !values["no-peers"] && peersInstalled()
const peers: Readonly<Record<string, string>> = withPeers
  ? {
      "clarifai 2.9.1": join(peersFolder, "clarifai.mjs"),
      "clarifai-nodejs 0.4.0": join(peersFolder, "clarifai-nodejs.mjs")
    }
  : {}

const rest = await startServer(join(here, "server.ts"))
const grpc = withPeers ? await startServer(join(peersFolder, "server.mjs")) : { address: "", stop: () => {} }
const results: Array<{ readonly workload: string; readonly title: string; readonly rows: ReadonlyArray<Row> }> = []
try {
  for (const one of workloads.filter(({ workload }) => (values.only ?? workload) === workload)) {
    const { baseline, others = {}, ...work } = one
    const title = titleOf(one)
    const job: Job = { ...work, baseUrl: rest.address, grpc: grpc.address }
    const all = { ...scripts, ...others, ...peers }
    const ordered = [baseline, ...Object.keys(all).filter((name) => name !== baseline)]
    const contenders = Object.fromEntries(ordered.map((name) => [name, () => runContender(all[name] ?? "", job)]))
    const rows = await compare(contenders, rounds, (line) => console.error(`${work.workload}: ${line}`))
    results.push({ workload: work.workload, title, rows })
    if (!values.json) console.log(`${asTable(title, rows)}\n`)
  }
} finally {
  rest.stop()
  grpc.stop()
}
if (values.json) console.log(JSON.stringify({ node: process.version, rounds, results }, undefined, 2))
