/** Labelled examples, and where they come from. This file: one example. */
import { type Media, type MediaInput, sightlineError } from "@sightline/core/plugin"
import * as Schema from "effect/Schema"
import { isAddress, withoutQuery } from "./address.ts"

/** An input that is on the service already, by its id. */
export interface Stored {
  readonly stored: string
}

/**
 * An input that is on the service already, by its id; only its labels are sent.
 *
 * @example stored("charlie-1").stored // => "charlie-1"
 */
export const stored = (id: string): Stored => ({ stored: id })

/** One example to train or to test with. */
export interface Example {
  /** An image, in any form that `app.input` accepts, or a {@link stored} input. */
  readonly input: MediaInput | Stored
  /** Concepts that it shows. */
  readonly concepts: ReadonlyArray<string>
  /** Concepts that it does not show. */
  readonly notConcepts?: ReadonlyArray<string>
  /** Its name in reports and errors. @default the path or the address of `input` */
  readonly name?: string
}

/** Where examples come from: an array, or any iterable. Read lazily, once for each run. */
export type Examples = Iterable<Example> | AsyncIterable<Example>

/** A source of examples cannot be read: the folder or manifest does not exist or does not have the expected form. */
export class ExamplesUnreadable extends sightlineError(
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

/** True for an input that is on the service already. */
export const isStored = (input: Example["input"]): input is Stored =>
  typeof input === "object" && input !== null && "stored" in input && typeof input.stored === "string"

/** The name of an example in reports and errors: its own, its path or address, or its position. Never a secret query. */
export const nameOf = ({ input, name }: Example, index: number, medium?: Media): string => {
  if (name !== undefined) return isAddress(name) ? withoutQuery(name) : name
  if (isStored(input)) return input.stored
  if (medium?.source.from === "file") return medium.source.path
  if (medium?.source.from === "url" && isAddress(medium.source.url)) return withoutQuery(medium.source.url)
  return `example ${index}`
}
