/** Inputs of a job, as references: an address, a file or a text; never bytes. */
import { file, type Kind, type Media, textMedia, toMedia } from "@sightline/core"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** An input by reference. A string is an `http`, `https` or `data` address. */
export type Reference =
  | string
  | {
      readonly url: string
      /** @default "image" */
      readonly kind?: Kind
      /** The caller's own name for the input. */
      readonly key?: string
    }
  | {
      /** A path on the worker's machine. */
      readonly file: string
      /** @default "image" */
      readonly kind?: Kind
      /** The caller's own name for the input. */
      readonly key?: string
    }
  | {
      readonly text: string
      /** The caller's own name for the input. */
      readonly key?: string
    }

const Key = { key: Schema.optionalKey(Schema.String) }
const KindOf = { kind: Schema.optionalKey(Schema.Literals(["image", "video", "text", "audio"])) }

const ReferenceForm: Schema.Codec<Reference> = Schema.Union([
  Schema.String,
  Schema.Struct({ url: Schema.String, ...KindOf, ...Key }),
  Schema.Struct({ file: Schema.String, ...KindOf, ...Key }),
  Schema.Struct({ text: Schema.String, ...Key })
])

/** Decodes a reference. */
export const decodeReference = Schema.decodeUnknownResult(ReferenceForm)

/** Decodes a reference that is written as JSON. */
export const parseReference = Schema.decodeUnknownResult(Schema.fromJsonString(ReferenceForm))

/** True for a reference. */
export const isReference = (value: unknown): value is Reference =>
  typeof value === "string" || Result.isSuccess(decodeReference(value))

/** True for the sources of a chain that take many inputs, of which one call may have several. */
export const takesMany = (verb: string): boolean => verb === "inputs" || verb === "input"

/** The caller's name of an input. */
export const keyOf = (reference: Reference): string | undefined =>
  typeof reference === "string" ? undefined : reference.key

/** What a chain takes for a reference. Throws `TypeError` for an address or a path that is none. */
export const toInput = (reference: Reference): string | Media | ReturnType<typeof file> => {
  if (typeof reference === "string") return reference
  if ("text" in reference) return textMedia(reference.text)
  const input = "file" in reference ? file(reference.file) : reference.url
  return reference.kind === undefined ? input : toMedia(reference.kind, input)
}
