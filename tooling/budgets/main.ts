// `pnpm size`: what is measured against the budgets. `pnpm size bundle` measures only checks with that in their name.
import { runChecks } from "../ci/check.ts"
import { budgetChecks } from "./checks.ts"

const [wanted = ""] = process.argv.slice(2)
const { failed } = await runChecks(budgetChecks.filter(({ name }) => name.includes(wanted)))
process.exitCode = failed > 0 ? 1 : 0
