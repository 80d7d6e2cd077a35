/** Examples: things to learn from, each with what is in it and what is not. */
import { type MediaInput, readableError } from "@sightline/core/plugin"
import * as Schema from "effect/Schema"

/** An input that the service has already, by its id. */
export interface Stored {
  readonly stored: string
}

/**
 * Names an input that is on the service already: only its labels are sent.
 *
 * @example stored("charlie-1").stored // => "charlie-1"
 */
export const stored = (id: string): Stored => ({ stored: id })

/** One example to learn from, or to test with. */
export interface Example {
  /** An image, in any of the ways of `app.input`, or one that is {@link stored}. */
  readonly input: MediaInput | Stored
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
export class ExamplesUnreadable extends readableError(
  Schema.TaggedError<ExamplesUnreadable>()("ExamplesUnreadable", {
    source: Schema.String,
    problem: Schema.String
  })
) {
  readonly retryable: boolean = false
  override get message() {
    return `examples from ${this.source}: ${this.problem}; repair it and run the same call again`
  }
}

/** Whether an example's input is one that the service has. */
export const isStored = (input: Example["input"]): input is Stored =>
  typeof input === "object" && input !== null && "stored" in input && typeof input.stored === "string"

/** The name of an example for people: its own, its path or URL, or its position. */
export const nameOf = ({ input, name }: Example, index: number): string => {
  if (name !== undefined) return name
  if (isStored(input)) return input.stored
  if (typeof input === "string") return input.startsWith("data:") ? `example ${index}` : input
  return input instanceof URL ? `${input.origin}${input.pathname}` : `example ${index}`
}
