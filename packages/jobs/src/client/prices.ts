/** What one input costs at a model, as dated data. */

/** Prices of models, which services change. */
export interface Prices {
  /** The day on which they were read, ISO 8601. */
  readonly asOf: string
  /** US dollars for one input, by the model's id. */
  readonly usdPerInput: Readonly<Record<string, number>>
}

/** The price of one input at these models together; undefined where one of them has none. */
export const priceOf = (prices: Prices, models: ReadonlyArray<string>): number | undefined => {
  let sum = 0
  for (const model of models) {
    const price = Object.hasOwn(prices.usdPerInput, model) ? prices.usdPerInput[model] : undefined
    if (price === undefined) return undefined
    sum += price
  }
  return sum
}
