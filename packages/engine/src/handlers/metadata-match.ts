/** Metadata filters: whether an object contains everything that a filter names. */
import { StatusCode } from "@sightline/core/status"
import { wireError } from "../protocol/wire-error.ts"

/** Comparisons of one input by all filters of a search, for filters with lists in lists. */
const maxSteps = 200_000

/** True if an object's metadata contains all that was asked for. */
export type MetadataMatcher = (stored: unknown) => boolean

/** What the tests of one input share. */
interface Match {
  /** Counts comparisons. */
  readonly spend: (count: number) => void
  /** The items of a stored list; made once, however many lists of the filters are compared with it. */
  readonly itemsOf: (stored: ReadonlyArray<unknown>) => ReadonlySet<unknown>
}

type Step = (stored: unknown, match: Match) => boolean

/**
 * Makes the test of filters, all of which must match. Objects and scalars must be contained, however deep; a list must
 * contain a match for each item. The time is linear in filter and metadata, except for objects and lists within lists, whose
 * comparisons are counted: the test throws `WireError` 40002 for more than 200,000 in one input.
 */
export const metadataMatcher = (...filters: ReadonlyArray<unknown>): MetadataMatcher => {
  const steps = filters.map(compile)
  return (stored) => {
    let spent = 0
    const sets = new Map<unknown, ReadonlySet<unknown>>()
    const match: Match = {
      spend: (count) => {
        spent += count
        if (spent > maxSteps)
          throw wireError(
            StatusCode.SEARCH_INVALID_REQUEST,
            "the metadata filter compares too many objects within lists or lists within lists; name fewer of them"
          )
      },
      itemsOf: (list) => {
        const known = sets.get(list)
        if (known !== undefined) return known
        const made = new Set(list)
        sets.set(list, made)
        return made
      }
    }
    return steps.every((matches) => matches(stored, match))
  }
}

const compile = (filter: unknown): Step => {
  if (typeof filter !== "object" || filter === null) return (stored) => stored === filter
  return Array.isArray(filter) ? compileList(filter) : compileObject(filter)
}

const compileObject = (filter: object): Step => {
  const members = Object.entries(filter).map(([key, value]) => [key, compile(value)] as const)
  return (stored, match) => {
    if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return false
    return members.every(([key, matches]) => {
      match.spend(1)
      return Object.hasOwn(stored, key) && matches(Reflect.get(stored, key), match)
    })
  }
}

/** Scalars of a filter's list that are looked up in the time of another comparison. */
const scalarsPerStep = 16

const isScalar = (value: unknown): boolean => typeof value !== "object" || value === null

const compileList = (filter: ReadonlyArray<unknown>): Step => {
  const scalars = new Set(filter.filter(isScalar))
  const others = filter.filter((item) => !isScalar(item)).map(compile)
  return (stored, match) => {
    if (!Array.isArray(stored)) return false
    if (scalars.size > 0) {
      match.spend(Math.ceil(scalars.size / scalarsPerStep))
      if (!scalars.isSubsetOf(match.itemsOf(stored))) return false
    }
    return others.every((matches) =>
      stored.some((item) => {
        match.spend(1)
        return matches(item, match)
      })
    )
  }
}
