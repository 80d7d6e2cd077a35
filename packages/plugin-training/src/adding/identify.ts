/** What an example is: an id made from its content, so that the same picture is the same input, whoever adds it. */
import { hash } from "node:crypto"
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
  /** What was read, where it is little enough to be kept for sending. */
  readonly bytes?: Uint8Array
}

/** An example that cannot be used. */
export interface Unidentified {
  readonly name: string
  readonly problem: string
}

/** The SHA-256 of bytes or of a text, in hexadecimal. */
export const sha256 = (content: Uint8Array | string): string => hash("sha256", content, "hex")

const remoteUrl = ({ source }: Media): string | undefined =>
  source.from === "url" && /^https?:/i.test(source.url) ? source.url : undefined

/** Where a medium can be read again by another process: an absolute path or an address; undefined for bytes. */
export const placeOf = (medium: Media): string | undefined =>
  medium.source.from === "file" ? resolve(medium.source.path) : remoteUrl(medium)

const idLength = 32

/** Bytes of a picture that are kept until it is sent, so that a group of them holds 32 MB at most. */
const smallBytes = 256 * 1024

/** Reads an example as far as its id needs; many bytes are let go of again, unless they can be read but once. */
export const identify = (example: Example, index: number): Effect.Effect<Identified | Unidentified> =>
  Effect.gen(function* () {
    const name = nameOf(example, index)
    if (isStored(example.input)) return { id: example.input.stored, name, example, medium: undefined }
    const { input } = example
    const made = yield* Effect.option(Effect.try(() => toMedia<Kind>("image", input)))
    if (made._tag === "None") return { name, problem: "it is neither a path, a URL, bytes nor a medium" }
    const medium = made.value
    const url = remoteUrl(medium)
    if (url !== undefined) return { id: sha256(url).slice(0, idLength), name, example, medium }
    const read = yield* Effect.result(readBytes(medium))
    if (read._tag === "Failure") return { name, problem: read.failure.problem }
    return {
      id: sha256(read.success).slice(0, idLength),
      name,
      example,
      medium: medium.source.from === "stream" ? medium.withBytes(read.success) : medium,
      ...(read.success.byteLength <= smallBytes ? { bytes: read.success } : {})
    }
  })

/** Why examples cannot be read, from whatever their source has thrown. */
export const unreadable = (cause: unknown): ExamplesUnreadable =>
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
