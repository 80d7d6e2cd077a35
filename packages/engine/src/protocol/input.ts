/** Reads `Input` and `Data` messages. */
import { StatusCode } from "@sightline/core/status"
import type { EngineLimits } from "../limits.ts"
import { base64Size, decodeBase64 } from "./bytes.ts"
import { checkId } from "./ids.ts"
import { type Message, readFlag, readMessage, readMessages, readNumber, readText } from "./read.ts"
import { WireError, wireError } from "./wire-error.ts"

/** Where the bytes of a medium are. */
export type MediaSource =
  | { readonly _tag: "url"; readonly url: string; readonly allowDuplicate: boolean }
  | { readonly _tag: "bytes"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly _tag: "raw"; readonly raw: string }

/** The media kinds. */
export type Kind = "image" | "video" | "audio" | "text"

/** A concept as an annotation or a request names it; `value` 1 is a positive example, 0 a negative one. */
export interface ConceptMessage {
  readonly id: string
  readonly name: string
  readonly value: number
}

/** A part of a method-style call: a name and one scalar. */
export interface NamedPart {
  readonly id: string
  readonly value: unknown
}

/** What a `Data` holds: usually one medium, for multimodal models several. */
export interface DataMessage {
  readonly media: Partial<Record<Kind, MediaSource>>
  readonly concepts: ReadonlyArray<ConceptMessage>
  /** Members kept and given back as they came: metadata, geo, regions. */
  readonly kept: Message
  readonly parts: ReadonlyArray<NamedPart>
}

/** An item of `inputs`: what was read, or why it cannot be used. */
export interface InputMessage {
  readonly id: string
  readonly data: DataMessage
  readonly problem: WireError | undefined
}

const kinds: ReadonlyArray<Kind> = ["image", "video", "audio", "text"]
const nothing: DataMessage = { media: {}, concepts: [], kept: {}, parts: [] }

/** Reads one input. A problem of this item alone is kept in it, so that its neighbours still get answers. */
export const readInput = (from: Message, path: string, limits: EngineLimits): InputMessage => {
  const id = readText(from, "id", `${path}.id`)
  try {
    checkId(id, "input", StatusCode.INPUT_INVALID_ARGUMENT)
    return { id, data: readData(readMessage(from, "data", `${path}.data`), `${path}.data`, limits), problem: undefined }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return {
      id,
      data: nothing,
      problem:
        error.code === StatusCode.CONN_BAD_REQUEST_FORMAT
          ? wireError(StatusCode.INPUT_INVALID_ARGUMENT, error.details)
          : error
    }
  }
}

const readData = (data: Message, path: string, limits: EngineLimits): DataMessage => {
  const media: Partial<Record<Kind, MediaSource>> = {}
  for (const kind of kinds) {
    const source = readMedia(readMessage(data, kind, `${path}.${kind}`), kind, limits)
    if (source !== undefined) media[kind] = source
  }
  const parts: Array<NamedPart> = []
  for (const [index, part] of readMessages(data, "parts", `${path}.parts`).entries()) {
    const at = `${path}.parts[${index}].data`
    const inner = readMessage(part, "data", at)
    for (const kind of kinds) {
      const source = readMedia(readMessage(inner, kind, `${at}.${kind}`), kind, limits)
      if (source !== undefined) media[kind] ??= source
    }
    for (const scalar of ["string_value", "int_value", "float_value", "bool_value"])
      if (inner[scalar] !== undefined) parts.push({ id: readText(part, "id"), value: inner[scalar] })
  }
  return { media, concepts: readConcepts(data, `${path}.concepts`), kept: readKept(data, path), parts }
}

const readMedia = (from: Message, kind: Kind, limits: EngineLimits): MediaSource | undefined => {
  if (kind === "text") {
    const raw = readText(from, "raw")
    if (raw !== "") {
      if (Buffer.byteLength(raw) > limits.textBytes) throw tooLarge("text", limits.textBytes)
      return { _tag: "raw", raw }
    }
  }
  const base64 = readText(from, "base64")
  if (base64 !== "" && kind !== "text") {
    const most = { image: limits.imageBytes, video: limits.videoBytes, audio: limits.audioBytes }[kind]
    if (base64Size(base64) > most * 1.05) throw tooLarge(kind, most) // line breaks may add a little
    const bytes = decodeBase64(base64)
    if (bytes === undefined)
      throw wireError(StatusCode.ALL_INPUT_INVALID_BYTES, `the ${kind}'s base64 cannot be decoded`)
    if (bytes.length > most) throw tooLarge(kind, most)
    return { _tag: "bytes", bytes }
  }
  const url = readText(from, "url")
  return url === "" ? undefined : { _tag: "url", url, allowDuplicate: readFlag(from, "allow_duplicate_url") ?? false }
}

const tooLarge = (kind: string, most: number) =>
  wireError(StatusCode.INPUT_OVER_LIMIT, `the ${kind} is larger than the limit of ${most} bytes`)

/** The `concepts` of a message. No value means 1, a positive example; clients also send booleans. */
export const readConcepts = (from: Message, path: string): ReadonlyArray<ConceptMessage> =>
  readMessages(from, "concepts", path).map((concept, index) => {
    const [id, name] = [readText(concept, "id"), readText(concept, "name")]
    if (id === "" && name === "")
      throw wireError(StatusCode.INPUT_INVALID_ARGUMENT, `${path}[${index}] has neither an id nor a name`)
    const value = readNumber(concept, "value", `${path}[${index}].value`) ?? 1
    if (value < 0 || value > 1)
      throw wireError(StatusCode.INPUT_INVALID_ARGUMENT, `${path}[${index}].value must be 1 (present) or 0 (absent)`)
    return { id: checkId(id, "concept", StatusCode.INPUT_INVALID_ARGUMENT), name, value }
  })

const readKept = (data: Message, path: string): Message => {
  const kept: Record<string, unknown> = {}
  const metadata = readMessage(data, "metadata", `${path}.metadata`)
  if (Object.keys(metadata).length > 0) kept["metadata"] = metadata
  const point = readMessage(readMessage(data, "geo", `${path}.geo`), "geo_point", `${path}.geo.geo_point`)
  if (Object.keys(point).length > 0)
    kept["geo"] = {
      geo_point: { longitude: readNumber(point, "longitude") ?? 0, latitude: readNumber(point, "latitude") ?? 0 }
    }
  const regions = readMessages(data, "regions", `${path}.regions`)
  if (regions.length > 0) kept["regions"] = regions
  return kept
}

/** The list of inputs of a request: at least one, at most as many as allowed, together not too large. */
export const readInputs = (
  body: Message,
  limits: EngineLimits,
  most: number,
  code: number
): ReadonlyArray<InputMessage> => {
  const list = readMessages(body, "inputs")
  if (list.length === 0)
    throw wireError(
      StatusCode.CONN_BAD_REQUEST_FORMAT,
      "Must supply the 'inputs' field. Check the JSON body of your request."
    )
  if (list.length > most) throw wireError(code, `${list.length} inputs in one call; at most ${most} are taken`)
  const inputs = list.map((item, index) => readInput(item, `inputs[${index}]`, limits))
  const bytes = inputs.reduce(
    (sum, { data }) => sum + Object.values(data.media).reduce((n, media) => n + sizeOf(media), 0),
    0
  )
  if (bytes > limits.batchBytes)
    throw wireError(
      StatusCode.INPUT_OVER_LIMIT,
      `the inputs of this call have ${bytes} bytes together; at most ${limits.batchBytes} are taken`
    )
  return inputs
}

const sizeOf = (media: MediaSource): number =>
  media._tag === "bytes" ? media.bytes.length : media._tag === "raw" ? Buffer.byteLength(media.raw) : 0
