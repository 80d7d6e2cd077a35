/** Prepares one medium for a call: plugins' hooks, its bytes, its encoding. */
import * as Effect from "effect/Effect"
import type { Limits } from "../connection/limits.ts"
import { InvalidOption, MediaUnreadable } from "../errors/errors.ts"
import { Media, needsNoReading, remoteUrl } from "../media/media.ts"
import { readBytes } from "../media/read-bytes.ts"
import { kindOfType, sniff } from "../media/sniff.ts"
import type { InputContext } from "../results/outcome.ts"
import type { CallInput } from "./predict-call.ts"
import { type AppPrepareHook, composePrepare, type DivideHook, matchesFilter } from "./prepare-hooks.ts"
import { encodeInput } from "./request-body.ts"

/** What preparing needs of an app. */
export interface PrepareSettings {
  readonly prepare: ReadonlyArray<AppPrepareHook>
  readonly divide: ReadonlyArray<DivideHook>
  readonly wire: { readonly connection: { readonly limits: Pick<Limits, "maxBytes"> } }
}

/** A medium that is ready to be sent. */
export interface PreparedInput {
  /** The medium as plugins' hooks left it: the one that answers are about. */
  readonly media: Media
  readonly input: CallInput
}

/** Brands of files that are clips; images have many others. */
const clipBrand = /^(?:iso|mp4|avc|M4V|qt|3g|dash|mmp4|f4v|MSNV)/

/** The kind that the bytes of an image have instead, where that is certain. */
const otherKind = (bytes: Uint8Array): "video" | "audio" | undefined => {
  const type = sniff(bytes)
  if (type === "video/mp4" && !clipBrand.test(String.fromCharCode(...bytes.subarray(8, 12)))) return undefined
  const kind = type === undefined ? undefined : kindOfType(type)
  return kind === "video" || kind === "audio" ? kind : undefined
}

const problemOf = ({ kind }: Media, bytes: Uint8Array): string | undefined => {
  const other = kind === "image" ? otherKind(bytes) : undefined
  if (other === "video") return "it is a video; give it to app.video(..) of plugin-video"
  if (other === "audio") return "it is a sound; give it to app.audio(..)"
  if (kind !== "text") return undefined
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    return undefined
  } catch {
    // text travels in JSON, where anything else would be changed silently
    return "it is not UTF-8; decode it and give the text with app.text(..)"
  }
}

/** The bytes of a medium, where they are what its kind promises. */
export const checkBytes = (media: Media, bytes: Uint8Array): Effect.Effect<Uint8Array, MediaUnreadable> => {
  const problem = problemOf(media, bytes)
  return problem === undefined
    ? Effect.succeed(bytes)
    : Effect.fail(new MediaUnreadable({ media: media.describe(), problem }))
}

const readPart = ({ wire }: PrepareSettings, media: Media): Effect.Effect<Uint8Array | undefined, MediaUnreadable> =>
  needsNoReading(media)
    ? Effect.succeed(undefined)
    : Effect.flatMap(readBytes(media, { maxBytes: wire.connection.limits.maxBytes[media.kind] }), (bytes) =>
        checkBytes(media, bytes)
      )

/** The input of a medium that is divided; it contains no bytes. */
const dividedInput = ({ divide }: PrepareSettings, media: Media, context: InputContext): CallInput | undefined => {
  for (const hook of divide) {
    const division = hook(media, context)
    if (division !== undefined) return { encoded: { pieces: [], sizeBytes: 0 }, url: undefined, division }
  }
  return undefined
}

/** The key as an input's id. Services refuse others, such as paths: those name the input on this side alone. */
const inputId = (key: string | undefined): string | undefined =>
  key !== undefined && /^(?!\.{1,2}$)[^/\p{Cc}]{1,128}$/u.test(key) ? key : undefined

const toCallInput = (media: Media, read: ReadonlyArray<Uint8Array | undefined>): CallInput => {
  const id = inputId(media.facts.key)
  return { encoded: encodeInput(media, read, id), id, url: remoteUrl(media) }
}

/** A medium that needs no reading and no hooks, prepared at once; undefined for all others. */
export const prepareNow = ({ divide, prepare }: PrepareSettings, media: unknown): PreparedInput | undefined =>
  media instanceof Media &&
  prepare.every(({ filter }) => !matchesFilter(filter, media)) &&
  (divide.length === 0 || media.kind !== "video") &&
  needsNoReading(media)
    ? { media, input: toCallInput(media, [undefined]) }
    : undefined

/** Runs the hooks on a medium, reads it and encodes it. Fails with `MediaUnreadable`, `InvalidOption`, or as hooks do. */
export const prepareInput = (
  settings: PrepareSettings,
  value: unknown,
  context: InputContext
): Effect.Effect<PreparedInput, any, any> =>
  Effect.gen(function* () {
    if (!(value instanceof Media))
      return yield* new InvalidOption({
        option: "predict",
        problem: "needs a medium, and the chain holds something else"
      })
    const divided = dividedInput(settings, value, context)
    if (divided !== undefined) return { media: value, input: divided }
    const given: ReadonlyArray<Media> = value.source.from === "parts" ? value.source.parts : [value]
    const prepare = composePrepare(settings.prepare)
    const parts = yield* Effect.forEach(given, (part) => prepare(part, context))
    const read = yield* Effect.forEach(parts, (part) => readPart(settings, part))
    const media = value.source.from === "parts" ? value.with({}, { from: "parts", parts }) : (parts[0] ?? value)
    return { media, input: toCallInput(media, read) }
  })
