/** Which examples are kept back to test with. */

/**
 * Keeps back every so manieth example of each first concept, the same ones for the same order.
 *
 * One that may not be kept back, because the service learns from it already, is made up for by the next that may.
 */
export const makeHoldout = (share: number) => {
  const seen = new Map<string, { n: number; kept: number }>()
  return (concepts: ReadonlyArray<string>, eligible: boolean): boolean => {
    const concept = concepts[0] ?? ""
    const count = seen.get(concept) ?? { n: 0, kept: 0 }
    seen.set(concept, count)
    count.n++
    // the smallest excess over a whole number is rounding: 0.1 × 30 is 3
    const keep = eligible && count.kept < Math.floor(count.n * share + 1e-9)
    if (keep) count.kept++
    return keep
  }
}
