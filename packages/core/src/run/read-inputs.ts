/** Reads the inputs of a series lazily from whatever iterable the caller has. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { InvalidOption, SourceFailed } from "../errors/errors.ts"
import { isAddress } from "../media/media.ts"
import { scrubThrown } from "../errors/redact.ts"
import { noSecrets } from "../errors/secrets.ts"
import { InvalidInput } from "../results/invalid-input.ts"

/** How many inputs are taken at a time: few, since each may hold a picture; of addresses as many as fill a call. */
const pullSize = 8
const pullSizeOfAddresses = 128

/** Asked of a box, so that JavaScript callers who give a text, a number or nothing get the error below. */
const isAsync = <T>(inputs: Iterable<T> | AsyncIterable<T>): inputs is AsyncIterable<T> =>
  Symbol.asyncIterator in Object(inputs)

const failed = (cause: unknown) => new SourceFailed({ problem: scrubThrown(cause, noSecrets), cause })

/** A stream of media with whether it can be opened again: an iterator that is its own iterable cannot. */
export const fromIterable = <T, A>(
  inputs: Iterable<T> | AsyncIterable<T>,
  toMedia: (input: T, index: number) => A
): {
  readonly open: () => Stream.Stream<A | InvalidInput, SourceFailed>
  readonly replayable: boolean
  readonly finite: boolean
} => {
  const convert = (input: T, index: number): A | InvalidInput => {
    try {
      return toMedia(input, index)
    } catch (thrown) {
      const problem = scrubThrown(thrown, noSecrets)
      return new InvalidInput(new InvalidOption({ option: "inputs", problem, index }))
    }
  }
  if (isAsync(inputs))
    return {
      replayable: false,
      finite: false,
      open: () =>
        Stream.suspend(() => {
          let index = 0
          return Stream.map(Stream.fromAsyncIterable(inputs, failed), (input) => convert(input, index++))
        })
    }
  if (!(Symbol.iterator in Object(inputs)) || typeof inputs === "string") {
    const problem = "needs an array, an iterable or an async iterable"
    return {
      replayable: true,
      finite: true,
      open: () => Stream.make(new InvalidInput(new InvalidOption({ option: "inputs", problem, index: 0 })))
    }
  }
  return {
    // a generator gives itself: reading it for a plan would use it up
    replayable: Array.isArray(inputs) || !("next" in inputs),
    finite: Array.isArray(inputs),
    open: () => batches(inputs, convert)
  }
}

/** Takes a few at a time, so that a long list costs little and an endless one is never read ahead far. */
const batches = <T, B>(inputs: Iterable<T>, convert: (input: T, index: number) => B): Stream.Stream<B, SourceFailed> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const iterator = inputs[Symbol.iterator]()
      let index = 0
      let done = false
      let broken: SourceFailed | undefined
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          if (!done) iterator.return?.()
        })
      )
      const next = Effect.suspend((): Effect.Effect<readonly [ReadonlyArray<B>, boolean], SourceFailed> => {
        if (broken !== undefined) return Effect.fail(broken)
        const batch: Array<B> = []
        try {
          for (let most = pullSizeOfAddresses; batch.length < most;) {
            const step = iterator.next()
            if (step.done === true) {
              done = true
              break
            }
            if (typeof step.value !== "string" || !isAddress(step.value)) most = pullSize
            batch.push(convert(step.value, index++))
          }
        } catch (cause) {
          done = true
          broken = failed(cause)
          if (batch.length === 0) return Effect.fail(broken)
        }
        return Effect.succeed([batch, done && broken === undefined])
      })
      return Stream.paginate(undefined, () =>
        Effect.map(next, ([batch, last]) => [batch, last ? Option.none() : Option.some(undefined)] as const)
      )
    })
  )
