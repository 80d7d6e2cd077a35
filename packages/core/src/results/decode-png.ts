// PNG to one byte a pixel, for masks: what is light is inside. Written from the PNG specification (third edition,
// W3C, 2025); inflating is the platform's, so that it runs wherever `DecompressionStream` is.

/** Pixels of one channel, row by row from the top left: 0 is black, 255 white. */
export interface GreyPixels {
  readonly width: number
  readonly height: number
  /** Shape: `[height × width]`. */
  readonly data: Uint8Array<ArrayBuffer>
}

/** Why bytes are not a picture that this reads, in one line. */
export interface PngProblem {
  readonly problem: string
}

/** A mask is as large as the picture it belongs to; larger than this is a bomb. */
const maxPixels = 100_000_000

interface Header {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colour: number
  readonly interlaced: boolean
}

// Samples a pixel by colour type: grey, -, RGB, palette, grey with alpha, -, RGB with alpha.
const samplesOf = [1, 0, 3, 1, 2, 0, 4]
const depthsOf: ReadonlyArray<ReadonlyArray<number>> = [
  [1, 2, 4, 8, 16],
  [],
  [8, 16],
  [1, 2, 4, 8],
  [8, 16],
  [],
  [8, 16]
]

/** Decodes a PNG of any colour type, depth and interlacing. Colours become their lightness; alpha is not looked at. */
export const decodePng = async (bytes: Uint8Array<ArrayBuffer>): Promise<GreyPixels | PngProblem> => {
  const chunks = readChunks(bytes)
  if ("problem" in chunks) return chunks
  const { header, lightness, compressed } = chunks
  const passes = header.interlaced ? adam7 : [whole]
  const size = passes.reduce((sum, pass) => sum + passSize(header, pass), 0)
  const raw = await inflate(compressed, size)
  if (raw === undefined) return { problem: "its pixels do not decompress to the size it states" }
  const data = new Uint8Array(header.width * header.height)
  let at = 0
  for (const pass of passes) {
    const rows = unfilter(raw, at, header, pass)
    if (rows === undefined) return { problem: "it has a row filter that PNG does not define" }
    place(rows, header, pass, lightness, data)
    at += passSize(header, pass)
  }
  return { width: header.width, height: header.height, data }
}

/** Which pixels a pass holds: every `dx`-th from `x`, every `dy`-th from `y`. */
interface Pass {
  readonly x: number
  readonly y: number
  readonly dx: number
  readonly dy: number
}
const whole: Pass = { x: 0, y: 0, dx: 1, dy: 1 }
const adam7: ReadonlyArray<Pass> = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 }
]

const columns = (header: Header, pass: Pass): number => Math.max(0, Math.ceil((header.width - pass.x) / pass.dx))
const lines = (header: Header, pass: Pass): number => Math.max(0, Math.ceil((header.height - pass.y) / pass.dy))
const bitsOf = (header: Header): number => header.depth * (samplesOf[header.colour] ?? 0)
const strideOf = (header: Header, pass: Pass): number => Math.ceil((columns(header, pass) * bitsOf(header)) / 8)
const passSize = (header: Header, pass: Pass): number =>
  columns(header, pass) === 0 ? 0 : lines(header, pass) * (strideOf(header, pass) + 1)

const readChunks = (
  bytes: Uint8Array<ArrayBuffer>
):
  | {
      readonly header: Header
      readonly lightness: Uint8Array | undefined
      readonly compressed: Uint8Array<ArrayBuffer>[]
    }
  | PngProblem => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 8 || view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a)
    return { problem: "it is not a PNG" }
  let header: Header | undefined
  let lightness: Uint8Array | undefined
  const compressed: Uint8Array<ArrayBuffer>[] = []
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at)
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    const end = at + 8 + length
    if (end + 4 > bytes.length) return { problem: "it ends before its data does" }
    if (type === "IHDR" && length >= 13) {
      const found = readHeader(view, at + 8)
      if ("problem" in found) return found
      header = found
    } else if (type === "PLTE") lightness = paletteLightness(bytes.subarray(at + 8, end))
    else if (type === "IDAT") compressed.push(bytes.subarray(at + 8, end))
    else if (type === "IEND") break
    at = end + 4
  }
  if (header === undefined || compressed.length === 0) return { problem: "it has no pixels" }
  if (header.colour === 3 && lightness === undefined) return { problem: "it has no palette" }
  return { header, lightness: header.colour === 3 ? lightness : undefined, compressed }
}

const readHeader = (view: DataView, at: number): Header | PngProblem => {
  const header = {
    width: view.getUint32(at),
    height: view.getUint32(at + 4),
    depth: view.getUint8(at + 8),
    colour: view.getUint8(at + 9),
    interlaced: view.getUint8(at + 12) === 1
  }
  if (header.width === 0 || header.height === 0) return { problem: "it is empty" }
  if (header.width * header.height > maxPixels)
    return { problem: `it is ${header.width} × ${header.height} pixels; the limit is ${maxPixels / 1e6} million` }
  if (!depthsOf[header.colour]?.includes(header.depth))
    return { problem: "it has a pixel format that PNG does not define" }
  return header
}

/** Rec. 709 lightness of 8-bit samples, exact for greys. */
const lightnessOf = (red = 0, green = 0, blue = 0): number => Math.round(0.2126 * red + 0.7152 * green + 0.0722 * blue)

const paletteLightness = (palette: Uint8Array): Uint8Array => {
  const lightness = new Uint8Array(256)
  for (let i = 0; i * 3 + 2 < palette.length && i < 256; i++)
    lightness[i] = lightnessOf(palette[i * 3], palette[i * 3 + 1], palette[i * 3 + 2])
  return lightness
}

/** Inflates to exactly `size` bytes and no further, whatever the data holds. */
const inflate = async (
  chunks: ReadonlyArray<Uint8Array<ArrayBuffer>>,
  size: number
): Promise<Uint8Array | undefined> => {
  const out = new Uint8Array(size)
  let at = 0
  const reader = new Blob([...chunks]).stream().pipeThrough(new DecompressionStream("deflate")).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      const part = value.subarray(0, size - at)
      out.set(part, at)
      at += part.length
      if (part.length < value.length) break
    }
  } catch {
    if (at < size) return undefined // junk after the pixels harms nothing
  } finally {
    await reader.cancel().catch(() => undefined)
  }
  return at === size ? out : undefined
}

/** Undoes the row filters of one pass; the filter bytes are gone from the result. */
const unfilter = (raw: Uint8Array, start: number, header: Header, pass: Pass): Uint8Array | undefined => {
  const height = lines(header, pass)
  const stride = strideOf(header, pass)
  const step = Math.max(1, bitsOf(header) >> 3)
  const out = new Uint8Array(stride * height)
  if (stride === 0) return out // a pass without columns has no filter bytes either
  for (let y = 0; y < height; y++) {
    const from = start + y * (stride + 1)
    const to = y * stride
    const filter = raw[from] ?? 0
    if (filter > 4) return undefined
    for (let x = 0; x < stride; x++) {
      const left = x < step ? 0 : (out[to + x - step] ?? 0)
      const up = y === 0 ? 0 : (out[to + x - stride] ?? 0)
      const corner = x < step || y === 0 ? 0 : (out[to + x - stride - step] ?? 0)
      const guess =
        filter === 0
          ? 0
          : filter === 1
            ? left
            : filter === 2
              ? up
              : filter === 3
                ? (left + up) >> 1
                : paeth(left, up, corner)
      out[to + x] = (raw[from + 1 + x] ?? 0) + guess
    }
  }
  return out
}

const paeth = (left: number, up: number, corner: number): number => {
  const toLeft = Math.abs(up - corner)
  const toUp = Math.abs(left - corner)
  const toCorner = Math.abs(left + up - 2 * corner)
  return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner
}

/** Writes the pixels of one pass where they belong, as lightness. */
const place = (
  rows: Uint8Array,
  header: Header,
  pass: Pass,
  lightness: Uint8Array | undefined,
  data: Uint8Array
): void => {
  const { colour, depth, width } = header
  const samples = samplesOf[colour] ?? 1
  const stride = strideOf(header, pass)
  const across = columns(header, pass)
  const scale = depth < 8 ? 255 / ((1 << depth) - 1) : 1
  const bytes = depth === 16 ? 2 : 1 // of 16 bits the high eight will do
  for (let y = 0, down = lines(header, pass); y < down; y++) {
    for (let x = 0; x < across; x++) {
      const bit = x * samples * depth
      const at = y * stride + (bit >> 3)
      let value: number
      if (depth < 8) value = ((rows[at] ?? 0) >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
      else value = samples < 3 ? (rows[at] ?? 0) : lightnessOf(rows[at], rows[at + bytes], rows[at + 2 * bytes])
      data[(pass.y + y * pass.dy) * width + pass.x + x * pass.dx] = lightness ? (lightness[value] ?? 0) : value * scale
    }
  }
}
