/** Examples: things to learn from, each with what is in it and what is not. */
import type { MediaInput } from "@sightline/core/plugin"
import * as Schema from "effect/Schema"

/** One example to learn from, or to test with. */
export interface Example {
  /** An image, in any of the ways of `app.input`. */
  readonly input: MediaInput
  /** Concepts that are in it. */
  readonly concepts: ReadonlyArray<string>
  /** Concepts that are not in it. */
  readonly notConcepts?: ReadonlyArray<string>
  /** Its name for people, such as the file's path. */
  readonly name?: string
}

/** Where examples come from: an array, or anything that can be iterated, read once and lazily. */
export type Examples = Iterable<Example> | AsyncIterable<Example>

/** A source of examples cannot be read: a folder or manifest that is not there, or not of the form it should have. */
export class ExamplesUnreadable extends Schema.TaggedError<ExamplesUnreadable>()("ExamplesUnreadable", {
  source: Schema.String,
  problem: Schema.String
}) {
  readonly retryable: boolean = false
  override get message() {
    return `examples from ${this.source}: ${this.problem}; nothing was sent for them`
  }
}

/** The name of an example for people: its own, its path or URL, or its position. */
export const nameOf = (example: Example, index: number): string => {
  if (example.name !== undefined) return example.name
  if (typeof example.input === "string") return example.input.startsWith("data:") ? `example ${index}` : example.input
  return example.input instanceof URL ? `${example.input.origin}${example.input.pathname}` : `example ${index}`
}
