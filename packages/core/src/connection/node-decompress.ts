/** Reads the body of an answer that was compressed on its way, in Node. */
import { type Duplex, PassThrough, pipeline, type Readable } from "node:stream"
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from "node:zlib"

const through = (from: Readable, ...steps: ReadonlyArray<Duplex>): Readable => {
  const last = steps.at(-1)
  pipeline([from, ...steps], () => {}) // an error destroys the last one with it
  return last ?? from
}

/** zlib's header has the method 8 in the lower half of its first byte. Some servers send the bare stream instead. */
const inflate = (from: Readable): Readable => {
  const to = new PassThrough()
  from.once("error", (cause) => to.destroy(cause))
  from.once("readable", () => {
    const start: Buffer | null = from.read()
    if (start === null) return void to.end()
    from.unshift(start)
    through(from, ((start[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw(), to)
  })
  return to
}

const decoders: Readonly<Record<string, (from: Readable) => Readable>> = {
  gzip: (from) => through(from, createGunzip()),
  "x-gzip": (from) => through(from, createGunzip()),
  deflate: inflate,
  br: (from) => through(from, createBrotliDecompress()),
  zstd: (from) => through(from, createZstdDecompress())
}

/** Encodings that are undone; a header that names more is an attack. */
const mostEncodings = 5

/** The body without its content encodings; as it is where one of them is not known. */
export const decompressed = (body: Readable, header: string | ReadonlyArray<string> | undefined): Readable => {
  if (header === undefined) return body
  const names = String(header)
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity")
  if (names.length > mostEncodings || !names.every((name) => Object.hasOwn(decoders, name))) return body
  return names.reduceRight((stream, name) => decoders[name]?.(stream) ?? stream, body)
}
