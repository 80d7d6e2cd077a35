/** Examples as a stream, whatever they are given as, with concept names in one spelling. */
import * as Stream from "effect/Stream"
import { conceptName } from "./concept-name.ts"
import { type Example, type Examples, ExamplesUnreadable } from "./example.ts"

const source = "the given iterable"

/** The error for whatever a source of examples has thrown. */
export const toExamplesUnreadable = (cause: unknown): ExamplesUnreadable =>
  cause instanceof ExamplesUnreadable
    ? cause
    : new ExamplesUnreadable({ source, problem: cause instanceof Error ? cause.message : "it failed" })

const namesOf = (names: ReadonlyArray<string>, index: number): ReadonlyArray<string> => {
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names.map(conceptName)
  throw new ExamplesUnreadable({ source, problem: `the labels of example ${index} are not an array of names` })
}

async function* normalized(examples: Examples): AsyncGenerator<Example> {
  let index = 0
  for await (const example of examples) {
    const { concepts, notConcepts } = example
    yield {
      ...example,
      concepts: namesOf(concepts, index),
      ...(notConcepts === undefined ? {} : { notConcepts: namesOf(notConcepts, index) })
    }
    index++
  }
}

/** Examples as a stream that fails with `ExamplesUnreadable`. */
export const toExampleStream = (examples: Examples): Stream.Stream<Example, ExamplesUnreadable> =>
  Stream.fromAsyncIterable(normalized(examples), toExamplesUnreadable)
