/** Runs the cases in workerd: the configuration comes as the body of a request, results go back line by line. */
import { allCases } from "./cases/all-cases.ts"
import { type CaseResult, type Config, runCases } from "./runtime-case.ts"

// workerd takes a module's default export
export default {
  fetch: async (request: Request): Promise<Response> => {
    const config = (await request.json()) as Config // what main.ts sends
    const lines: Array<CaseResult> = []
    await runCases(allCases, config, (result) => lines.push(result))
    return new Response(lines.map((line) => JSON.stringify(line)).join("\n"))
  }
}
