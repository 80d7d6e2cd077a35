/** The cases that run everywhere. */
import type { RuntimeCase } from "../runtime-case.ts"
import { connectionCases } from "./connection-cases.ts"
import { failureCases } from "./failure-cases.ts"
import { predictCases } from "./predict-cases.ts"
import { seriesCases } from "./series-cases.ts"

export const allCases: Readonly<Record<string, RuntimeCase>> = {
  ...predictCases,
  ...seriesCases,
  ...failureCases,
  ...connectionCases
}
