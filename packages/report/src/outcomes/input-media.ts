/** Finds the medium of each outcome: among the inputs that the caller gives, or as the answer remembers it. */
import { type Media, type MediaInput, type Outcome, toMedia } from "@sightline/core"
import { mediumOf } from "@sightline/core/plugin"

/** The inputs of a run: the same list that the chain was given, or a function from an outcome to its input. */
export type ReportInputs =
  | Iterable<MediaInput>
  | AsyncIterable<MediaInput>
  | ((outcome: Outcome<unknown, unknown>) => MediaInput | undefined | Promise<MediaInput | undefined>)

/** Gives the medium of an outcome. Outcomes come in any order. */
export type FindMedium = (outcome: Outcome<unknown, unknown>) => Promise<Media | undefined>

const remembered = (outcome: Outcome<unknown, unknown>): Media | undefined =>
  outcome.ok && typeof outcome.value === "object" && outcome.value !== null ? mediumOf(outcome.value) : undefined

const asMedium = (input: MediaInput | undefined): Media | undefined => {
  if (input === undefined) return undefined
  try {
    return toMedia("image", input)
  } catch {
    return undefined // what is no medium has failed as an outcome
  }
}

/** Reads a series as far as the highest position asked for, and keeps what was passed over until it is asked for. */
const bySeries = (
  inputs: Iterable<MediaInput> | AsyncIterable<MediaInput>
): ((index: number) => Promise<MediaInput | undefined>) => {
  const iterator = Symbol.asyncIterator in inputs ? inputs[Symbol.asyncIterator]() : inputs[Symbol.iterator]()
  const passed = new Map<number, MediaInput>()
  let next = 0
  let reading: Promise<void> = Promise.resolve()
  const readTo = async (index: number): Promise<void> => {
    while (next <= index) {
      const step = await iterator.next()
      if (step.done === true) {
        next = Infinity
        return
      }
      passed.set(next++, step.value)
    }
  }
  return async (index) => {
    reading = reading.then(() => readTo(index))
    await reading
    const found = passed.get(index)
    passed.delete(index)
    return found
  }
}

/** Makes the finder of one report. */
export const makeFindMedium = (inputs: ReportInputs | undefined): FindMedium => {
  if (inputs === undefined) return (outcome) => Promise.resolve(remembered(outcome))
  if (typeof inputs === "function") return async (outcome) => asMedium(await inputs(outcome)) ?? remembered(outcome)
  if (Array.isArray(inputs)) {
    const list: ReadonlyArray<MediaInput> = inputs
    return ({ index }) => Promise.resolve(asMedium(list[index]))
  }
  const at = bySeries(inputs)
  return async ({ index }) => asMedium(await at(index))
}
