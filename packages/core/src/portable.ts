/** The door for chains that travel: reads the portable form that `chain.toPortable()` returns. */
import "./errors/require-node.ts"
import type { Chain, PredictServices, StartServices } from "./chain/chain-types.ts"
import { type PortableNames, readPortable } from "./chain/from-portable.ts"
import type { Verbs } from "./chain/stage.ts"

export type { AppTelemetry } from "./app.ts"
export { PortableForm } from "./chain/from-portable.ts"
export type { PortableCall, PortablePipeline } from "./chain/to-portable.ts"

/**
 * A chain from its portable form, as `JSON.parse` returns it: the same steps, on an app with the same plugins.
 *
 * A form reaches nothing but the app's sources and verbs. It decides which files, URLs and models they are used on, so
 * take it only from those who may decide that.
 *
 * @throws `PluginError` where a plugin is missing or of another version; `InvalidOption` where the form is not one
 * @example const chain = fromPortable(app, JSON.parse(text))
 */
export const fromPortable = <V extends Verbs>(
  app: { readonly "~sightline/names": PortableNames; readonly "~sightline/verbs": V },
  form: unknown
): Chain<unknown, unknown, PredictServices<V> | StartServices<V>, V> =>
  readPortable(app, app["~sightline/names"], form) as never // made by the app's own verbs

export {
  type Budget,
  budgetProblem,
  type BudgetUse,
  exceededLimit,
  lowestBudget,
  unpricedProblem
} from "./call/spending-budget.ts"
export { type CallPermit, Permit } from "./call/call-permit.ts"
export { priceOf, priceOfCall, type PricedCall, type Prices, pricesProblem } from "./call/prices.ts"
