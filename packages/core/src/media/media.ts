/**
 * Inputs: one medium, and where its bytes are.
 * A medium is a value; making one reads nothing and never touches the network.
 */
import type { Reference } from "./frame-of-reference.ts"
import { redactUrl } from "../errors/redact.ts"
import { file, LocalFile } from "./local-file.ts"

/** The kinds of media that models accept. */
export type Kind = "image" | "video" | "text" | "audio"

/** Where the bytes of a medium are. */
export type MediaSource =
  | { readonly from: "url"; readonly url: string }
  | { readonly from: "bytes"; readonly bytes: Uint8Array }
  | { readonly from: "blob"; readonly blob: Blob }
  | { readonly from: "file"; readonly path: string }
  | { readonly from: "stream"; readonly stream: ReadableStream<Uint8Array> }
  | { readonly from: "text"; readonly text: string }
  | { readonly from: "parts"; readonly parts: ReadonlyArray<Media> }

/** What is known of a medium beside its bytes; every field may be absent. */
export interface MediaFacts {
  /** The caller's own id for this input; it comes back in the Outcome. */
  readonly key?: string
  /** The media type, such as `image/jpeg`, when it was given or sniffed. */
  readonly contentType?: string
  /** A name for people: the last part of a path or URL. */
  readonly name?: string
  /** The bytes' length, when known without reading. */
  readonly sizeBytes?: number
  /** How the pixels in hand came from the original's pixels. */
  readonly reference?: Reference
  /** The time in the clip that this frame was taken from, in milliseconds. */
  readonly timeMs?: number
  /** What a plan should say of this medium, in words; plugins add to it when they prepare. */
  readonly notes?: ReadonlyArray<string>
}

const inspect = Symbol.for("nodejs.util.inspect.custom")

/**
 * One medium: a kind, a source of bytes, and facts about it.
 *
 * Immutable; `with` gives a changed copy. Printing it or turning it into JSON shows where it is, never its bytes.
 */
export class Media<out K extends Kind = Kind> {
  readonly kind: K
  readonly facts: MediaFacts
  readonly #source: MediaSource
  constructor(kind: K, source: MediaSource, facts: MediaFacts = {}) {
    this.kind = kind
    this.facts = facts
    this.#source = source
  }
  /** Where the bytes are. */
  get source(): MediaSource {
    return this.#source
  }
  /** A copy with other facts, and another source when one is given. */
  with(facts: MediaFacts, source: MediaSource = this.#source): Media<K> {
    return new Media(this.kind, source, { ...this.facts, ...facts })
  }
  /** A copy that holds these bytes instead; what was known of the old bytes' size is replaced. */
  withBytes(bytes: Uint8Array, facts: MediaFacts = {}): Media<K> {
    return this.with({ ...facts, sizeBytes: bytes.byteLength }, { from: "bytes", bytes })
  }
  /** A short description without bytes or query strings: `image photo.jpg`. */
  describe(): string {
    return `${this.kind} ${describeSource(this.#source, this.facts)}`
  }
  toString(): string {
    return this.describe()
  }
  toJSON(): { readonly kind: K; readonly source: string } {
    return { kind: this.kind, source: describeSource(this.#source, this.facts) }
  }
  [inspect](): string {
    return `Media(${this.describe()})`
  }
}

const shortened = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 200)}…`)

const describeSource = (source: MediaSource, facts: MediaFacts): string => {
  switch (source.from) {
    case "url":
      return shortened(redactUrl(source.url))
    case "file":
      return shortened(source.path)
    case "parts":
      return source.parts.map((part) => part.describe()).join(" + ")
    case "bytes":
      return facts.name ?? `of ${source.bytes.byteLength} bytes`
    case "text":
      return `of ${source.text.length} characters`
    default:
      return facts.name ?? `from a ${source.from}`
  }
}

/** Everything that `app.input` takes: recognized by type and form, never by trying. */
export type MediaInput =
  | string
  | URL
  | LocalFile
  | Uint8Array
  | ArrayBufferLike
  | Blob
  | ReadableStream<Uint8Array>
  | NodeStream
  | Media

/** A stream of Node's, such as `createReadStream` returns. */
export interface NodeStream extends AsyncIterable<unknown> {
  readonly pipe: (...args: never) => unknown
  readonly destroy: (error?: Error) => unknown
}

const typeOfData = (url: string): MediaFacts => {
  const contentType = /^data:([^;,]+)/i.exec(url)?.[1]
  return contentType === undefined ? {} : { contentType }
}

/** A text for errors: short, and without the query that may hold a signature. */
const excerpt = (text: string): string => {
  const plain = text.replace(/[?#].*$/s, "?…")
  return plain.length <= longestExcerpt ? JSON.stringify(plain) : `a text of ${text.length} characters`
}
const longestExcerpt = 60

/** Strings are addresses. A file is said to be one, so that no string from a request can read it. */
const fromString = (given: string): readonly [MediaSource, MediaFacts] => {
  const text = given.trim()
  if (isAddress(text)) {
    if (URL.canParse(text)) return [{ from: "url", url: text }, {}]
    throw new TypeError(`is ${excerpt(text)}, an address that cannot be read; give one with a host`)
  }
  if (/^data:/i.test(text)) return [{ from: "url", url: text }, typeOfData(text)]
  if (text === "") throw new TypeError("is an empty string; give an address, or file(path) for a file on this machine")
  if (/^file:/i.test(text))
    throw new TypeError("is a file: address as text; pass file(path) for a file on this machine")
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(text)?.[1]
  if (scheme !== undefined)
    throw new TypeError(`is an address of ${scheme}:, which cannot be read; give http, https or data`)
  throw new TypeError(
    `is ${excerpt(text)}, which is no http, https or data address; pass file(path) for a file on this machine, or text(..) for text`
  )
}

const fromFile = (found: LocalFile): readonly [MediaSource, MediaFacts] => [
  { from: "file", path: found.path },
  { name: found.name }
]

const fromUrl = (url: URL): readonly [MediaSource, MediaFacts] => {
  if (url.protocol === "http:" || url.protocol === "https:") return [{ from: "url", url: url.href }, {}]
  if (url.protocol === "data:") return [{ from: "url", url: url.href }, typeOfData(url.href)]
  if (url.protocol === "file:") return fromFile(file(url))
  throw new TypeError(`is a URL of ${url.protocol}, which cannot be read; give http, https, data or file`)
}

/** True for a web address. Asked of every input: those who write it small, as nearly all do, need no expression. */
export const isAddress = (url: string): boolean =>
  url.startsWith("https://") || url.startsWith("http://") || /^https?:\/\//i.test(url)

/** The address that the service fetches; undefined for one that has to be sent. */
export const remoteUrl = ({ source }: Media): string | undefined =>
  source.from === "url" && isAddress(source.url) ? source.url : undefined

/** True for a medium that goes without being read here: an address, or text itself. */
export const needsNoReading = (media: Media): boolean => media.source.from === "text" || remoteUrl(media) !== undefined

/**
 * What an object is, by the tag that survives realms: a worker's or a frame's `ArrayBuffer` is not ours. Workers of
 * Cloudflare with a compatibility date before 2024-09-26 have no tags on a `URL` or a `Blob`: those are known by class.
 */
const tagOf = (input: unknown): string => Object.prototype.toString.call(input).slice(8, -1)

const isBlob = (input: object): input is Blob =>
  input instanceof Blob || (["Blob", "File"].includes(tagOf(input)) && "arrayBuffer" in input)

const isBuffer = (input: object): input is ArrayBuffer => ["ArrayBuffer", "SharedArrayBuffer"].includes(tagOf(input))

const isUrl = (input: object): input is URL => input instanceof URL || (tagOf(input) === "URL" && "href" in input)

const isStream = (input: object): input is ReadableStream<Uint8Array> =>
  "getReader" in input && typeof input.getReader === "function"

/** True for a stream of Node's; by its form, since it may be of another realm or a library's own. */
export const isNodeStream = (input: object): input is NodeStream =>
  "pipe" in input && typeof input.pipe === "function" && Symbol.asyncIterator in input && "destroy" in input

/** A view of memory that no other thread can write: shared memory is copied. */
const ownBytes = (bytes: Uint8Array): Uint8Array =>
  tagOf(bytes.buffer) === "SharedArrayBuffer" ? bytes.slice() : bytes

const toWebStream = (stream: NodeStream): ReadableStream<Uint8Array> => {
  const chunks = stream[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await chunks.next()
        if (done === true) return controller.close()
        if (typeof value === "string") return controller.enqueue(new TextEncoder().encode(value))
        if (!ArrayBuffer.isView(value)) throw new TypeError("it gives objects instead of bytes")
        controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      },
      cancel: () => void stream.destroy()
    },
    { highWaterMark: 0 } // nothing is read before somebody wants it
  )
}

/**
 * A medium of the given kind from whatever the caller has.
 *
 * A string is an `http`, `https` or `data` address and never names a file; a file is a {@link LocalFile} or a `file:`
 * URL object.
 *
 * @throws TypeError For any other string, and for a value of another type (JavaScript callers).
 */
export const toMedia = <K extends Kind>(kind: K, input: MediaInput, facts: MediaFacts = {}): Media<K> => {
  if (input instanceof Media) {
    const medium = Object.keys(facts).length === 0 ? input : input.with(facts)
    return medium as Media<K> // a medium keeps its own kind, as the types of those who call this say
  }
  const make = ([source, found]: readonly [MediaSource, MediaFacts]) => new Media(kind, source, { ...found, ...facts })
  if (typeof input === "string") return make(fromString(input))
  if (ArrayBuffer.isView(input)) {
    const bytes = ownBytes(new Uint8Array(input.buffer, input.byteOffset, input.byteLength))
    return make([{ from: "bytes", bytes }, { sizeBytes: bytes.byteLength }])
  }
  if (typeof input === "object" && input !== null) {
    if (input instanceof LocalFile) return make(fromFile(input))
    if (isUrl(input)) return make(fromUrl(input))
    if (isBuffer(input)) return toMedia(kind, new Uint8Array(input), facts)
    if (isBlob(input)) {
      const name = "name" in input && typeof input.name === "string" ? { name: input.name } : {}
      const type = input.type === "" ? {} : { contentType: input.type }
      return make([
        { from: "blob", blob: input },
        { sizeBytes: input.size, ...type, ...name }
      ])
    }
    if (isStream(input)) return make([{ from: "stream", stream: input }, {}])
    if (isNodeStream(input)) return make([{ from: "stream", stream: toWebStream(input) }, {}])
  }
  throw new TypeError(
    `is ${input === null ? "null" : typeof input}; give an address, file(path), a URL, bytes, a Blob, a stream or a Media`
  )
}

/** A text medium: a string is the text itself; a file contains it, in UTF-8. */
export const textMedia = (text: string | LocalFile, facts: MediaFacts = {}): Media<"text"> => {
  if (typeof text === "string") return new Media("text", { from: "text", text }, facts)
  if (text instanceof LocalFile) return toMedia("text", text, facts)
  throw new TypeError(`is ${text === null ? "null" : typeof text}; a text is a string or file(path)`)
}

/** Several media that make one input, such as an image and a question about it. */
export const partsMedia = <K extends Kind>(parts: ReadonlyArray<Media<K>>, facts: MediaFacts = {}): Media<K> => {
  const kind = parts[0]?.kind
  if (kind === undefined) throw new TypeError("an input of parts needs at least one part")
  if (!parts.every((part) => part instanceof Media)) throw new TypeError("each part must be a Media")
  return new Media(kind, { from: "parts", parts }, facts)
}
