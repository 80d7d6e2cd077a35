/** Metadata filters: whether an object contains everything that a filter names. */
import { StatusCode } from "@sightline/core/status"
import { wireError } from "../protocol/wire-error.ts"

/** Comparisons of one input, for filters with lists of objects in lists of objects. */
const maxSteps = 200_000

/** True if an object's metadata contains all that was asked for. */
export type MetadataMatcher = (stored: unknown) => boolean

type Step = (stored: unknown, spend: () => void) => boolean

/**
 * Makes the test of a filter. Objects and scalars must be contained, however deep; a list must contain a match for each
 * item. The time is linear in filter and metadata, except for objects within lists, whose comparisons are counted: the test
 * throws `WireError` 40002 for more than 200,000 in one input.
 */
export const metadataMatcher = (filter: unknown): MetadataMatcher => {
  const matches = compile(filter)
  return (stored) => {
    let steps = 0
    return matches(stored, () => {
      if (++steps > maxSteps)
        throw wireError(
          StatusCode.SEARCH_INVALID_REQUEST,
          "the metadata filter compares too many objects within lists; name fewer of them"
        )
    })
  }
}

const compile = (filter: unknown): Step => {
  if (typeof filter !== "object" || filter === null) return (stored) => stored === filter
  return Array.isArray(filter) ? compileList(filter) : compileObject(filter)
}

const compileObject = (filter: object): Step => {
  const members = Object.entries(filter).map(([key, value]) => [key, compile(value)] as const)
  return (stored, spend) => {
    if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return false
    return members.every(([key, matches]) => {
      spend()
      return Object.hasOwn(stored, key) && matches(Reflect.get(stored, key), spend)
    })
  }
}

const isScalar = (value: unknown): boolean => typeof value !== "object" || value === null

const compileList = (filter: ReadonlyArray<unknown>): Step => {
  const scalars = new Set(filter.filter(isScalar))
  const others = filter.filter((item) => !isScalar(item)).map(compile)
  return (stored, spend) => {
    if (!Array.isArray(stored)) return false
    if (scalars.size > 0 && !scalars.isSubsetOf(new Set<unknown>(stored))) return false
    return others.every((matches) =>
      stored.some((item) => {
        spend()
        return matches(item, spend)
      })
    )
  }
}
