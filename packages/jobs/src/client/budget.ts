/** Checks the budgets that callers give. */
import { InvalidOption } from "@sightline/core/plugin"
import type { Budget } from "../ledger/ledger.ts"

/** Throws `InvalidOption` for a limit that is not a number of 0 or more. */
export const checkBudget = (budget: Budget): void => {
  for (const limit of ["calls", "usd", "ms"] as const) {
    const value = budget[limit]
    if (value !== undefined && !(value >= 0))
      throw new InvalidOption({ option: `budget.${limit}`, problem: `is ${value}; it must be 0 or more` })
  }
}
