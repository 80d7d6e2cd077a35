/** Runs the cases in Node, Bun or Deno: the configuration comes as JSON in the first argument, results go to stdout. */
import { allCases } from "./cases/all-cases.ts"
import { nodeCases } from "./cases/node-cases.ts"
import { type Config, runCases } from "./runtime-case.ts"

const config = JSON.parse(process.argv[2] ?? "{}") as Config // what main.ts passes
process.on("unhandledRejection", (reason) => {
  console.log(JSON.stringify({ name: "no rejection is unhandled", problem: String(reason) }))
})
await runCases({ ...allCases, ...nodeCases }, config, (result) => console.log(JSON.stringify(result)))
