// Lists, page after page. The protocol reports no total and no snapshot, so a list that changes while it is read is
// read again where items may be missing.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { CallRuntime } from "../call/call-runtime.ts"
import { type CallError, MalformedAnswer } from "../errors/errors.ts"
import type { Message } from "../wire/messages/message.ts"
import { type Ask, request } from "./resource-call.ts"

/** How a list is read. */
export interface PageOptions {
  /** Items asked for at a time, 1 to 1000; 128 when absent. Other numbers are brought into that range. */
  readonly pageSize?: number
}

/** The service gives no page of more than 1000, and one that is not full would end the list. */
const maxPageSize = 1000

/** Whole readings, or pages without an item where they are most of them, of a list that does not stop to change. */
const maxReadings = 10

export const pageSizeOf = ({ pageSize = 128 }: PageOptions): number =>
  Math.min(maxPageSize, Math.max(1, Math.trunc(pageSize) || 128))

/** The same call about one page: a search gives its page in the body, all others in the query. */
const onPage = (ask: Ask, page: number, pageSize: number): Ask =>
  ask.method === "POST"
    ? { ...ask, body: Object.assign({}, ask.body, { pagination: { page, per_page: pageSize } }) }
    : { ...ask, query: { ...ask.query, page, per_page: pageSize } }

/** What stays the same of an item while it changes: its id and its owner. All of it where it has no id. */
const identityOf = (item: unknown): string => {
  const { appId, id, userId } = Object(item) as Readonly<Record<string, unknown>>
  return typeof id === "string" && id !== "" ? JSON.stringify([id, userId, appId]) : JSON.stringify(item)
}

const alwaysChanging = () =>
  new MalformedAnswer({
    problem: "the list changed each time that it was read, and may lack items",
    advice: "read it while nothing changes it, or use scan()"
  })

/** Where the next page begins, and what is known of the items before it. */
interface Place {
  readonly page: number
  readonly pageSize: number
  /** How often the list was read to its end. */
  readonly readings: number
  /** Items that had been given when this reading began. */
  readonly known: number
  /** Those of them that this reading has found again. */
  readonly again: number
  /** True if this reading has found others. */
  readonly found: boolean
  /** How many pages have had nothing but what this reading had already, and whether the last one did. */
  readonly stale: number
  readonly wasStale: boolean
}

const firstPlace: Place = {
  page: 1,
  pageSize: maxPageSize,
  readings: 0,
  known: 0,
  again: 0,
  found: false,
  stale: 0,
  wasStale: false
}

type Step<B> = readonly [ReadonlyArray<B>, Option.Option<Place>]

/**
 * A list, page after page until one that is not full, each item once.
 *
 * Items that are added or deleted between two pages shift the pages. Added ones make items come twice, which are left
 * out. Deleted ones make items be missed: so a list of several pages is read again, in pages of 1000, and once more while
 * items have gone and others are found. Fails with `MalformedAnswer` if that does not end, since items may be missing
 * then. A search is read once: its order is by score, and its pages are not a list of what is there.
 *
 * Keeps the ids of what it has given.
 */
export const pages = <A, B>(
  runtime: CallRuntime,
  answer: Message<A>,
  ask: Ask,
  items: (answer: A) => ReadonlyArray<B>,
  options: PageOptions = {}
): Stream.Stream<B, CallError> =>
  Stream.suspend(() => {
    const pageSize = pageSizeOf(options)
    const isSearch = ask.method === "POST"
    /** Of each item that was given, the last reading that found it. */
    const seen = new Map<string, number>()
    const read = (page: number, size: number) =>
      Effect.map(request(runtime, answer, onPage(ask, page, size)), (answered) => items(answered))

    /** The items of a page that were not given before, and how many this reading finds again; true if none is new to it. */
    const compare = (all: ReadonlyArray<B>, reading: number) => {
      const ids = all.map(identityOf)
      const fresh = all.filter((_, i) => !seen.has(ids[i] ?? ""))
      const again = new Set(ids.filter((id) => (seen.get(id) ?? reading) < reading)).size
      const isStale = ids.every((id) => seen.get(id) === reading)
      for (const id of ids) seen.set(id, reading)
      return { fresh, again, isStale }
    }

    /** Another reading, or the end where nothing can be missing. */
    const afterReading = ({
      again,
      found,
      known,
      page,
      readings
    }: Place): Effect.Effect<Option.Option<Place>, CallError> => {
      const next: Place = { ...firstPlace, readings: readings + 1, known: seen.size }
      if (page === 1 || isSearch) return Effect.succeed(Option.none()) // one page is what was there at one moment
      if (readings > 0 && !(found && again < known)) return Effect.succeed(Option.none())
      return next.readings < maxReadings ? Effect.succeed(Option.some(next)) : Effect.fail(alwaysChanging())
    }

    const step = (place: Place): Effect.Effect<Step<B>, CallError> =>
      Effect.flatMap(read(place.page, place.pageSize), (all): Effect.Effect<Step<B>, CallError> => {
        const { again, fresh, isStale } = compare(all, place.readings)
        const given = isSearch ? all : fresh
        const here: Place = {
          ...place,
          again: place.again + again,
          found: place.found || fresh.length > 0,
          stale: place.stale + (isStale ? 1 : 0),
          wasStale: isStale
        }
        const onward: Step<B> = [given, Option.some({ ...here, page: place.page + 1 })]
        if (isStale && isSearch) return Effect.succeed([[], Option.none()])
        if (all.length < place.pageSize) return Effect.map(afterReading(here), (next): Step<B> => [given, next])
        if (!isStale || !place.wasStale) return Effect.succeed(onward)
        if (here.stale > Math.max(maxReadings, place.page / 2)) return Effect.fail(alwaysChanging())
        // the list moves by a page for each page, or the service knows no pages: then the first page is the same one
        return Effect.map(read(1, place.pageSize), (first) =>
          identityOf(first[0]) === identityOf(all[0]) ? [given, Option.none()] : onward
        )
      })
    const start: Place = { ...firstPlace, pageSize }
    return Stream.paginate(start, step)
  })
