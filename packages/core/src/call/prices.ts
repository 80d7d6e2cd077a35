/** What predictions cost, as dated data of the caller. No price is built in: they differ by account and change. */

/** Prices of models and workflows. What has none here has an unknown price, which is not 0. */
export interface Prices {
  /** The day on which they were read, ISO 8601, such as `2026-11-30`. */
  readonly asOf: string
  /** Where they were read: an address or the name of a contract. */
  readonly source?: string
  /** US dollars for one input, by the id of the model or workflow. */
  readonly usdPerInput: Readonly<Record<string, number>>
}

/** Why a value is not a table of prices; undefined for one that is. */
export const pricesProblem = ({ asOf, usdPerInput }: Prices): string | undefined => {
  if (typeof asOf !== "string" || !/^\d{4}-\d{2}-\d{2}/.test(asOf) || Number.isNaN(Date.parse(asOf)))
    return `asOf is ${asOf}; it must be the day on which they were read, such as 2026-11-30`
  for (const [model, usd] of Object.entries<unknown>({ ...usdPerInput }))
    if (!(typeof usd === "number" && usd >= 0 && usd < Infinity))
      return `has ${String(usd)} for ${model}; it must be US dollars for one input, 0 or more`
  return undefined
}

/** The price of one input at a model, in US dollars; undefined where it is not known. */
export const priceOf = (prices: Prices | undefined, model: string): number | undefined =>
  prices !== undefined && Object.hasOwn(prices.usdPerInput, model) ? prices.usdPerInput[model] : undefined

/** A call whose price is asked for. */
export interface PricedCall {
  readonly model: string | undefined
  /** Inputs in the call. */
  readonly items: number
  /** True for a prediction. Other calls cost nothing. */
  readonly predicts: boolean
}

/** The price of a call, in US dollars; undefined where it is not known. */
export const priceOfCall = (prices: Prices | undefined, { items, model, predicts }: PricedCall): number | undefined => {
  if (!predicts || model === undefined) return 0
  const price = priceOf(prices, model)
  return price === undefined ? undefined : price * items
}
