/** Checks the budgets of jobs against the prices of their models. */
import { InvalidOption, parseModelUrl, type PortablePipeline } from "@sightline/core"
import {
  type Budget,
  budgetProblem,
  lowestBudget,
  type Prices,
  pricesProblem,
  unpricedProblem
} from "@sightline/core/portable"

const isBudget = ({ verb }: { readonly verb: string }): boolean => verb === "budget"

/** The chain's own budget, and the chain without it: the job keeps it over all of its calls. */
export const takeBudget = (
  form: PortablePipeline
): { readonly form: PortablePipeline; readonly budget: Budget | undefined } => {
  const budgets = form.steps.filter(isBudget).map(({ args: [given] }) => checkedBudget(Object(given) as Budget)) // as `budget(..)` took it
  return {
    form: { ...form, steps: form.steps.filter((step) => !isBudget(step)) },
    budget: lowestBudget(budgets)
  }
}

const checkedBudget = (budget: Budget): Budget => {
  const problem = budgetProblem(budget)
  if (problem !== undefined) throw new InvalidOption({ option: "budget", problem })
  return budget
}

/** The ids of the models and workflows that each input is sent to. */
export const modelsOf = ({ steps }: PortablePipeline): ReadonlyArray<string> =>
  steps.flatMap(({ args: [given], verb }) => {
    const models: ReadonlyArray<unknown> =
      verb === "all" ? Object.values(Object(given)) : verb === "predict" || verb === "workflow" ? [given] : []
    return models.map((model) =>
      typeof model === "string" ? (parseModelUrl(model)?.modelId ?? model) : String(Object(model).id)
    )
  })

/** Throws `InvalidOption` for a budget that is none, or that cannot be kept with these prices. */
export const checkBudget = (budget: Budget, prices: Prices | undefined, form: PortablePipeline): void => {
  checkedBudget(budget)
  const wrong = prices === undefined ? undefined : pricesProblem(prices)
  if (wrong !== undefined) throw new InvalidOption({ option: "prices", problem: wrong })
  const unpriced = unpricedProblem(budget, prices, modelsOf(form))
  if (unpriced !== undefined) throw new InvalidOption({ option: "budget", problem: unpriced })
}
