/** Runs the cases in a page: the configuration stands in the address, results go back as the body of one request. */
import { allCases } from "./cases/all-cases.ts"
import { type CaseResult, type Config, runCases } from "./runtime-case.ts"

const config = JSON.parse(decodeURIComponent(location.hash.slice(1))) as Config // what main.ts writes there
const lines: Array<CaseResult> = []
await runCases(allCases, config, (result) => lines.push(result))
await fetch("/results", { method: "POST", body: lines.map((line) => JSON.stringify(line)).join("\n") })
