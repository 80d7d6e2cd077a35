// Where the bytes of a video are: read by ranges, so that memory does not grow with the file.
import { isVideoError, VideoSourceError, VideoTooLarge } from "../errors.ts"
import { inNode } from "./in-node.ts"

/**
 * Bytes that can be read anywhere.
 *
 * `read(start, end)` gives the bytes of `[start, end)`, fewer when the source ends earlier. `path` is set when the bytes
 * are a local file. `close` frees what was opened and removes what was spooled.
 */
export interface ByteSource {
  readonly sizeBytes: number
  readonly path?: string
  readonly far: boolean
  /** Whether what `read` returns is the caller's own memory. */
  readonly shared?: boolean
  readonly read: (start: number, end: number) => Promise<Uint8Array>
  /** Reads `target.byteLength` bytes from `start` on into `target`, where that saves a copy; returns how many there were. */
  readonly readInto?: (target: Uint8Array, start: number) => Promise<number>
  readonly close: () => Promise<void>
}

/**
 * What a video may be given as: a file (`file("clip.mp4")` of core), bytes, a Blob, a stream of bytes, or an address. A string
 * is an `http`, `https` or `data` address and never names a file; a `URL` may also be a `file:` or `blob:` one.
 */
export type VideoInput =
  | { readonly path: string }
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>

/** How to reach the bytes. */
export interface ByteSourceOptions {
  /**
   * Sends the requests of `http(s)` addresses.
   *
   * @default in Node one that reaches public addresses only, redirects included; elsewhere the platform's own
   */
  readonly fetch?: typeof globalThis.fetch
  /** Whether the default `fetch` may reach addresses that are not public, such as those of an inner network. @default false */
  readonly allowPrivate?: boolean
  /** Bounds what is accepted, spooled or downloaded. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal
}

const nothing = async () => {}

/** Bytes that are in memory already; reading them copies nothing. */
export const fromBytes = (given: Uint8Array): ByteSource => {
  // of a Buffer, `slice` would be no copy, and writing into it would change what the caller has
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
  return {
    sizeBytes: bytes.byteLength,
    far: false,
    shared: true,
    read: async (start, end) => bytes.subarray(start, end),
    close: nothing
  }
}

/** A Blob or File; slices are read when they are needed. */
export const fromBlob = (blob: Blob): ByteSource => ({
  sizeBytes: blob.size,
  far: false,
  read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  close: nothing
})

/** Opens a video's bytes. The kind of input is recognised by its type and form, never by trying. */
export const openBytes = async (input: VideoInput, options: ByteSourceOptions = {}): Promise<ByteSource> => {
  const source = await openUnbounded(input, options)
  const allowed = options.maxBytes
  if (allowed === undefined || source.sizeBytes <= allowed) return source
  await source.close()
  throw new VideoTooLarge({ limit: "bytes", allowed, found: source.sizeBytes })
}

const openUnbounded = async (input: VideoInput, options: ByteSourceOptions): Promise<ByteSource> => {
  if (input instanceof Uint8Array) return fromBytes(input)
  if (input instanceof ArrayBuffer) return fromBytes(new Uint8Array(input))
  if (input instanceof Blob) return fromBlob(input)
  if (typeof input === "string" || input instanceof URL) return openAddress(input, options)
  return isStream(input) ? spool(input, options) : openFile(input.path)
}

/** Asked before a path is looked for: Node's streams of files have one too. */
const isStream = (input: object): input is ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> =>
  "getReader" in input || Symbol.asyncIterator in input

const openFile = async (path: string | URL): Promise<ByteSource> => {
  if (!inNode)
    throw new VideoSourceError({ from: "a file", detail: "there are no files here; give bytes, a Blob or a URL" })
  const { fromFile } = await import("./file-source.ts")
  return fromFile(path)
}

const openAddress = async (input: string | URL, options: ByteSourceOptions): Promise<ByteSource> => {
  const text = String(input).trim()
  if (/^(https?|data|blob):/i.test(text)) {
    const { fromUrl } = await import("./url-source.ts")
    return fromUrl(text, options, (body) => spool(body, options))
  }
  if (input instanceof URL && input.protocol === "file:") return openFile(input)
  throw new VideoSourceError({
    from: "a string",
    detail: 'it is no http, https or data address; give file("clip.mp4") for a file on this machine'
  })
}

/** A stream is written to a temporary file (in browsers to a Blob), because containers are read from both ends. */
const spool = async (
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  options: ByteSourceOptions
): Promise<ByteSource> => {
  const chunks = bounded(iterate(stream), options)
  try {
    if (inNode) {
      const { spoolToFile } = await import("./file-source.ts")
      return await spoolToFile(chunks)
    }
    const parts: Array<Blob> = []
    for await (const chunk of chunks) parts.push(new Blob([new Uint8Array(chunk)]))
    return fromBlob(new Blob(parts))
  } catch (cause) {
    if (isVideoError(cause)) throw cause
    options.signal?.throwIfAborted()
    throw new VideoSourceError({ from: "a stream", detail: cause instanceof Error ? cause.message : "it broke" })
  }
}

async function* bounded(chunks: AsyncIterable<Uint8Array>, { maxBytes, signal }: ByteSourceOptions) {
  let found = 0
  for await (const chunk of chunks) {
    signal?.throwIfAborted()
    found += chunk.byteLength
    if (maxBytes !== undefined && found > maxBytes)
      throw new VideoTooLarge({ limit: "bytes", allowed: maxBytes, found })
    yield chunk
  }
}

async function* iterate(stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (!(stream instanceof ReadableStream)) {
    yield* stream
    return
  }
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      yield value
    }
  } finally {
    await reader.cancel().catch(nothing)
  }
}
