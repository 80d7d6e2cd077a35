/** Ids of examples, made from their content: the same image always has the same id. */
import { hash } from "node:crypto"
import { resolve } from "node:path"
import { type Kind, type Media, readBytes, toMedia } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import { isAddress, isPublicAddress } from "../examples/address.ts"
import { type Example, isStored, nameOf } from "../examples/example.ts"

/** An example with its id. */
export interface Identified {
  readonly id: string
  readonly name: string
  readonly example: Example
  /** Undefined for an input that is on the service already. */
  readonly medium: Media | undefined
  /** The bytes that were read for the id, if they are few enough to keep until they are sent. */
  readonly bytes?: Uint8Array
}

/** An example that cannot be read. */
export interface Unidentified {
  readonly name: string
  readonly problem: string
}

/** The SHA-256 of bytes or of a text, in hexadecimal. */
export const sha256 = (content: Uint8Array | string): string => hash("sha256", content, "hex")

const addressOf = ({ source }: Media): string | undefined =>
  source.from === "url" && isAddress(source.url) ? source.url : undefined

/**
 * Where another process can read a medium again: an absolute path, or an address; empty for bytes, and for an address
 * with a query or credentials, which must not be written down.
 */
export const placeOf = (medium: Media): string => {
  if (medium.source.from === "file") return resolve(medium.source.path)
  const address = addressOf(medium)
  return address !== undefined && isPublicAddress(address) ? address : ""
}

const idDigits = 32

/** Images of at most this many bytes are kept until they are sent; a group of 128 then holds at most 32 MB. */
const keptBytes = 256 * 1024

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Reads an example as far as its id requires. Larger files are read again when they are sent; streams are kept. */
export const identify = (example: Example, index: number): Effect.Effect<Identified | Unidentified> =>
  Effect.gen(function* () {
    const { input } = example
    if (isStored(input)) return { id: input.stored, name: nameOf(example, index), example, medium: undefined }
    const made = yield* Effect.option(Effect.try(() => toMedia<Kind>("image", input)))
    if (made._tag === "None")
      return { name: nameOf(example, index), problem: "it is neither a path, an address, bytes nor a medium" }
    const medium = made.value
    const name = nameOf(example, index, medium)
    const address = addressOf(medium)
    if (address !== undefined) return { id: sha256(address).slice(0, idDigits), name, example, medium }
    const read = yield* Effect.result(readBytes(medium))
    if (read._tag === "Failure") return { name, problem: read.failure.problem }
    const bytes = read.success
    if (medium.kind === "text" && !isUtf8(bytes)) return { name, problem: "its text is not valid UTF-8" }
    return {
      id: sha256(bytes).slice(0, idDigits),
      name,
      example,
      medium: medium.source.from === "stream" ? medium.withBytes(bytes) : medium,
      ...(bytes.byteLength <= keptBytes ? { bytes } : {})
    }
  })
