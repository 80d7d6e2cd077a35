/** Checks `Input` and `Data` messages of requests: what the engine does with them, and how large they may be. */
import { StatusCode } from "@sightline/core/status"
import type { ConceptWire, DataWire, InputWire, PartWire } from "@sightline/core/wire"
import type { EngineLimits } from "../limits.ts"
import { decodeBase64, sizeOfBytes } from "./bytes.ts"
import { checkId } from "./ids.ts"
import type { Call } from "./request.ts"
import { WireError, wireError } from "./wire-error.ts"

/** Where the bytes of a medium are. */
export type MediaSource =
  | { readonly _tag: "url"; readonly url: string; readonly allowDuplicate: boolean }
  | { readonly _tag: "bytes"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly _tag: "raw"; readonly raw: string }

/** The media kinds. */
export type Kind = "image" | "video" | "audio" | "text"

/** One medium. */
export interface Medium {
  readonly kind: Kind
  readonly source: MediaSource
}

/** A concept as an annotation or a request names it; `value` 1 is a positive example, 0 a negative one. */
export interface ConceptMessage {
  readonly id: string
  readonly name: string
  readonly value: number
}

/** A part of a method-style call: a name and one scalar. */
export interface NamedPart {
  readonly id: string
  readonly value: string | number | boolean
}

/** Fields of `Data` that are kept and given back as they came. */
export type KeptData = Pick<DataWire, "metadata" | "geo" | "regions">

/** What a `Data` holds: usually one medium, for multimodal models several. */
export interface DataMessage {
  /** At most one of each kind. */
  readonly media: ReadonlyArray<Medium>
  readonly concepts: ReadonlyArray<ConceptMessage>
  readonly kept: KeptData
  readonly parts: ReadonlyArray<NamedPart>
}

/** An item of `inputs`: what was read, or why it cannot be used. */
export interface InputMessage {
  readonly id: string
  readonly data: DataMessage
  readonly problem: WireError | undefined
}

/** The medium of a kind. */
export const mediumOf = (data: DataMessage, kind: Kind): MediaSource | undefined =>
  data.media.find((medium) => medium.kind === kind)?.source

const nothing: DataMessage = { media: [], concepts: [], kept: {}, parts: [] }

/** Reads one input. A problem of this item alone is kept in it, so that its neighbours still get answers. */
export const readInput = (from: InputWire, path: string, limits: EngineLimits, malformed?: WireError): InputMessage => {
  const { data = {}, id = "" } = from
  try {
    if (malformed !== undefined) throw malformed
    checkId(id, "input", StatusCode.INPUT_INVALID_ARGUMENT)
    return { id, data: readData(data, `${path}.data`, limits), problem: undefined }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { id, data: nothing, problem: error }
  }
}

const readData = (data: DataWire, path: string, limits: EngineLimits): DataMessage => {
  const parts = data.parts ?? []
  const media = [data, ...parts.map((part) => part.data ?? {})].flatMap((from) => readMedia(from, limits))
  const twice = media.find(({ kind }, at) => media.findIndex((other) => other.kind === kind) !== at)?.kind
  if (twice !== undefined)
    throw wireError(
      StatusCode.INPUT_INVALID_ARGUMENT,
      `${path} has more than one ${twice}; send one medium of each kind in an input`
    )
  return {
    media,
    concepts: readConcepts(data.concepts, `${path}.concepts`),
    kept: readKept(data),
    parts: parts.flatMap((part, index) => readPart(part, `${path}.parts[${index}]`))
  }
}

/** The scalars of a part. Throws for one without a name, and for values that no model here takes. */
const readPart = ({ data = {}, id = "" }: PartWire, path: string): ReadonlyArray<NamedPart> => {
  const other = (["bytes_value", "ndarray", "struct_value"] as const).find((name) => data[name] !== undefined)
  if (other !== undefined)
    throw wireError(StatusCode.INPUT_INVALID_ARGUMENT, `${path} has a ${other}, which no model of this engine takes`)
  const values = [data.string_value, data.int_value, data.float_value, data.bool_value].filter(
    (value) => value !== undefined
  )
  if (values.length > 0 && id === "")
    throw wireError(StatusCode.INPUT_INVALID_ARGUMENT, `${path} has a value without an id; name the argument`)
  return values.map((value) => ({ id, value }))
}

const readMedia = ({ audio, image, text, video }: DataWire, limits: EngineLimits): ReadonlyArray<Medium> => {
  const media: Array<Medium> = []
  const add = (kind: Kind, source: MediaSource | undefined) => {
    if (source !== undefined) media.push({ kind, source })
  }
  add("image", readFile("image", image, limits.imageBytes))
  add("video", readFile("video", video, limits.videoBytes))
  add("audio", readFile("audio", audio, limits.audioBytes))
  if (text?.raw === undefined || text.raw === "") add("text", readUrl(text))
  else if (Buffer.byteLength(text.raw) > limits.textBytes) throw tooLarge("text", limits.textBytes)
  else add("text", { _tag: "raw", raw: text.raw })
  return media
}

interface FileMessage {
  readonly url?: string
  readonly base64?: string | Uint8Array<ArrayBuffer>
  readonly allow_duplicate_url?: boolean
}

const readFile = (kind: Kind, from: FileMessage | undefined, most: number): MediaSource | undefined => {
  const given = from?.base64
  if (given === undefined || given.length === 0) return readUrl(from)
  if (sizeOfBytes(given) > most * 1.05) throw tooLarge(kind, most) // line breaks may add a little
  const bytes = typeof given === "string" ? decodeBase64(given) : given
  if (bytes === undefined) throw wireError(StatusCode.ALL_INPUT_INVALID_BYTES, `the ${kind}'s base64 cannot be decoded`)
  if (bytes.length > most) throw tooLarge(kind, most)
  return { _tag: "bytes", bytes }
}

const readUrl = (from: FileMessage | undefined): MediaSource | undefined =>
  from?.url === undefined || from.url === ""
    ? undefined
    : { _tag: "url", url: from.url, allowDuplicate: from.allow_duplicate_url ?? false }

const tooLarge = (kind: string, most: number) =>
  wireError(StatusCode.INPUT_OVER_LIMIT, `the ${kind} is larger than the limit of ${most} bytes`)

/** Checks the `concepts` of a message: each has an id or a name, and a value from 0 to 1. */
export const readConcepts = (
  concepts: ReadonlyArray<ConceptWire> | undefined,
  path: string
): ReadonlyArray<ConceptMessage> =>
  (concepts ?? []).map(({ id = "", name = "", value }, index) => {
    if (id === "" && name === "")
      throw wireError(StatusCode.INPUT_INVALID_ARGUMENT, `${path}[${index}] has neither an id nor a name`)
    if (!(value >= 0 && value <= 1))
      throw wireError(StatusCode.INPUT_INVALID_ARGUMENT, `${path}[${index}].value must be 1 (present) or 0 (absent)`)
    return { id: checkId(id, "concept", StatusCode.INPUT_INVALID_ARGUMENT), name, value }
  })

const readKept = ({ geo, metadata = {}, regions = [] }: DataWire): KeptData => ({
  ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  ...(geo?.geo_point === undefined ? {} : { geo: { geo_point: geo.geo_point } }),
  ...(regions.length > 0 ? { regions } : {})
})

/** The inputs of a request: at least one, at most as many as allowed, together not too large. */
export const readInputs = (
  { malformed, request }: Call<{ readonly inputs: ReadonlyArray<InputWire> }>,
  limits: EngineLimits,
  most: number,
  code: number
): ReadonlyArray<InputMessage> => {
  const list = request.inputs
  if (list.length === 0) throw noInputs()
  if (list.length > most) throw wireError(code, `${list.length} inputs in one call; at most ${most} are taken`)
  const inputs = list.map((item, index) => readInput(item, `inputs[${index}]`, limits, malformed.get(item)))
  const bytes = inputs.reduce((sum, { data }) => sum + data.media.reduce((n, { source }) => n + sizeOf(source), 0), 0)
  if (bytes > limits.batchBytes)
    throw wireError(
      StatusCode.INPUT_OVER_LIMIT,
      `the inputs of this call have ${bytes} bytes together; at most ${limits.batchBytes} are taken`
    )
  return inputs
}

/** A request without inputs. */
export const noInputs = (): WireError =>
  wireError(StatusCode.CONN_BAD_REQUEST_FORMAT, "Must supply the 'inputs' field. Check the JSON body of your request.")

const sizeOf = (media: MediaSource): number =>
  media._tag === "bytes" ? media.bytes.length : media._tag === "raw" ? Buffer.byteLength(media.raw) : 0
