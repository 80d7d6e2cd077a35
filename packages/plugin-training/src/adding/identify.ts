/** What an example is: an id made from its content, so that the same picture is the same input, whoever adds it. */
import { resolve } from "node:path"
import { type Kind, type Media, readBytes, toMedia } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Example, type Examples, ExamplesUnreadable, isStored, nameOf } from "../examples/example.ts"

/** An example that can be used: with its id, and its medium unless the service has it. */
export interface Identified {
  readonly id: string
  readonly name: string
  readonly example: Example
  /** Absent for an input that is on the service already. */
  readonly medium: Media | undefined
}

/** An example that cannot be used. */
export interface Unidentified {
  readonly name: string
  readonly problem: string
}

const utf8 = new TextEncoder()

/** The SHA-256 of bytes, in hexadecimal. */
export const sha256 = (bytes: Uint8Array): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)), // never shared memory here
    (digest) => Buffer.from(digest).toString("hex")
  )

/** The SHA-256 of a text. */
export const sha256Text = (text: string): Effect.Effect<string> => sha256(utf8.encode(text))

const remoteUrl = ({ source }: Media): string | undefined =>
  source.from === "url" && /^https?:/i.test(source.url) ? source.url : undefined

/** Where a medium can be read again by another process: an absolute path or an address; undefined for bytes. */
export const placeOf = (medium: Media): string | undefined =>
  medium.source.from === "file" ? resolve(medium.source.path) : remoteUrl(medium)

const idLength = 32

/** Reads an example as far as its id needs; its bytes are let go of again, unless they can be read but once. */
export const identify = (example: Example, index: number): Effect.Effect<Identified | Unidentified> =>
  Effect.gen(function* () {
    const name = nameOf(example, index)
    if (isStored(example.input)) return { id: example.input.stored, name, example, medium: undefined }
    const { input } = example
    const made = yield* Effect.option(Effect.try(() => toMedia<Kind>("image", input)))
    if (made._tag === "None") return { name, problem: "it is neither a path, a URL, bytes nor a medium" }
    const medium = made.value
    const url = remoteUrl(medium)
    if (url !== undefined) return { id: (yield* sha256Text(url)).slice(0, idLength), name, example, medium }
    const read = yield* Effect.result(readBytes(medium))
    if (read._tag === "Failure") return { name, problem: read.failure.problem }
    return {
      id: (yield* sha256(read.success)).slice(0, idLength),
      name,
      example,
      medium: medium.source.from === "stream" ? medium.withBytes(read.success) : medium
    }
  })

const unreadable = (cause: unknown): ExamplesUnreadable =>
  cause instanceof ExamplesUnreadable
    ? cause
    : new ExamplesUnreadable({
        source: "the given iterable",
        problem: cause instanceof Error ? cause.message : "it failed"
      })

/** A plain iterable as one whose failures can be told. */
async function* lift(examples: Iterable<Example>) {
  yield* examples
}

/** Examples as a stream, whatever they are given as. */
export const toStream = (examples: Examples): Stream.Stream<Example, ExamplesUnreadable> =>
  Stream.fromAsyncIterable(Symbol.asyncIterator in examples ? examples : lift(examples), unreadable)
