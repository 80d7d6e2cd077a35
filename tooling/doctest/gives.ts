/** The comparison that examples are run with; copied beside the generated modules. */
import { deepStrictEqual } from "node:assert/strict"

/** Fails with the place of the example when it does not give what it says. */
export const __gives = async (place: string, both: () => Promise<readonly [unknown, unknown]>): Promise<void> => {
  const [actual, expected] = await both().catch((cause: unknown) => {
    throw new Error(`${place}: the example throws`, { cause })
  })
  deepStrictEqual(await actual, await expected, `${place}: gives ${describe(await actual)}`)
}

const describe = (value: unknown): string => JSON.stringify(value) ?? String(value)
