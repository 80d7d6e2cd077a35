/** Reads the held-out examples of an earlier run again. */
import { file, toMedia } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { TestExample } from "../evaluation/evaluate-model.ts"
import type { Examples, ExamplesUnreadable } from "../examples/example.ts"
import { toExampleStream } from "../examples/example-stream.ts"
import type { HeldOut } from "../journal/entry.ts"
import { identify } from "./identify.ts"

const isAddress = (input: string): boolean => /^(?:https?|data):/i.test(input)

/**
 * The held-out examples with their media: from their path or address, otherwise from `examples`. Those found in neither
 * place are missing from the result.
 */
export const restoreTests = (
  heldOut: ReadonlyArray<HeldOut>,
  examples: Examples | undefined
): Effect.Effect<ReadonlyArray<TestExample>, ExamplesUnreadable> =>
  Effect.gen(function* () {
    const found = new Map<string, TestExample>()
    for (const test of heldOut)
      if (test.input !== "")
        found.set(test.id, { ...test, medium: toMedia("image", isAddress(test.input) ? test.input : file(test.input)) })
    const missing = new Map(heldOut.filter(({ id }) => !found.has(id)).map((test) => [test.id, test]))
    if (missing.size > 0 && examples !== undefined) {
      let index = 0
      yield* Stream.runForEach(toExampleStream(examples), (example) =>
        Effect.map(identify(example, index++), (one) => {
          const test = "id" in one ? missing.get(one.id) : undefined
          if ("id" in one && test !== undefined && one.medium !== undefined)
            found.set(one.id, { ...test, medium: one.medium })
        })
      )
    }
    return heldOut.flatMap(({ id }) => found.get(id) ?? [])
  })
