/** The tests of a training that another run has kept back: read again from where they are. */
import { toMedia } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Examples, ExamplesUnreadable } from "../examples/example.ts"
import type { HeldOut } from "../journal.ts"
import type { Test } from "./adding.ts"
import { identify, toStream } from "./identify.ts"

/**
 * Finds the media of tests again: by their path or address, else among the examples.
 * Those that were bytes and are not among them cannot be had any more: they are missing from what is given.
 */
export const findTests = (
  kept: ReadonlyArray<HeldOut>,
  examples: Examples | undefined
): Effect.Effect<ReadonlyArray<Test>, ExamplesUnreadable> =>
  Effect.gen(function* () {
    const found = new Map<string, Test>()
    for (const test of kept)
      if (test.input !== "") found.set(test.id, { ...test, medium: toMedia("image", test.input) })
    const sought = new Map(kept.filter(({ id }) => !found.has(id)).map((test) => [test.id, test]))
    if (sought.size > 0 && examples !== undefined) {
      let index = 0
      yield* Stream.runForEach(toStream(examples), (example) =>
        Effect.map(identify(example, index++), (one) => {
          const test = "id" in one ? sought.get(one.id) : undefined
          if ("id" in one && test !== undefined && one.medium !== undefined)
            found.set(one.id, { ...test, medium: one.medium })
        })
      )
    }
    return kept.flatMap(({ id }) => found.get(id) ?? [])
  })
