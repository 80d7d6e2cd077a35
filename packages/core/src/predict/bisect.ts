/** Decides which calls follow a refused call, to find the input that it was refused for. Pure. */
import * as Result from "effect/Result"
import { mayBeOneInput } from "../call/status-error.ts"
import { failsWith, type ItemResult, type ParsedCall } from "./parse-outputs.ts"

/** A call that is still to be made, for some of a batch's inputs. */
export interface PendingCall {
  /** Positions in the batch. */
  readonly positions: ReadonlyArray<number>
  /** Which repeat of its inputs this is, from 1. */
  readonly round: number
  readonly waitMs: number
  /**
   * True for a part of a refused call whose parts need not all be tried: the reason of each input is known already, or
   * the reason need not be in an input at all.
   */
  readonly speculative: boolean
}

/** "Could not be processed": the status of a good input when another one caused the refusal. */
const couldNotBeProcessed = 30002

const codeOf = (item: ItemResult | undefined): number | undefined =>
  item !== undefined && Result.isFailure(item) && "code" in item.failure ? item.failure.code : undefined

/** The calls after a refusal: one without the inputs that are certainly at fault, or two halves. */
export const bisect = (
  positions: ReadonlyArray<number>,
  { itemised, items }: Pick<ParsedCall, "itemised" | "items">
): ReadonlyArray<PendingCall> => {
  const speculative = itemised || !items.some((item) => failsWith(item, ({ _tag }) => _tag === "InputRejected"))
  const call = (of: ReadonlyArray<number>): ReadonlyArray<PendingCall> =>
    of.length === 0 ? [] : [{ positions: of, round: 1, waitMs: 0, speculative }]
  const suspects = positions.filter((_, i) => failsWith(items[i], mayBeOneInput))
  const innocent = positions.filter((_, i) => codeOf(items[i]) === couldNotBeProcessed)
  if (innocent.length < positions.length && innocent.length > 0) return call(innocent)
  if (suspects.length < positions.length) return call(suspects)
  const middle = Math.ceil(suspects.length / 2)
  return [...call(suspects.slice(0, middle)), ...call(suspects.slice(middle))]
}

/** When so many parts of one refused call are all refused too, the cause is in what they share. */
const enoughParts = 16

/** True where the search for one bad input should end: nothing was answered and all parts are speculative. */
export const isHopeless = (anyAnswered: boolean, next: ReadonlyArray<PendingCall>): boolean =>
  !anyAnswered && next.length >= enoughParts && next.every(({ speculative }) => speculative)
