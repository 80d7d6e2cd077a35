/** Rewrites TIFF pages whose samples libvips cannot read, or misreads, as plain ones. */
import { unsupported } from "../bytes/format-error.ts"
import { entryOf } from "./ifd.ts"
import { readPages } from "./pages.ts"
import { rewriteOf } from "./rewrite.ts"
import { readSamples } from "./samples.ts"
import { storedForm, storeOf, yCbCrToRgb } from "./store-samples.ts"
import { tag } from "./tags.ts"
import { writePlainTiff } from "./tiff-writer.ts"

/** Most bytes that samples are rewritten to: 44 megapixels of 8-bit RGB. */
const maxBytes = 1 << 27

/**
 * The first page as an uncompressed TIFF with its colours, at most one alpha channel, and samples of 8 or 16 bits (RGB
 * floats: 32); undefined where libvips reads the page correctly, or this code cannot read it either.
 *
 * Rewritten are pages with channels of unstated meaning or several extra ones, which libvips takes for alpha or refuses;
 * grey floats, which it shows black; RGB floats that reach far beyond 1, which it shows white; 64-bit floats; integers of
 * 32 and 64 bits, which it cuts off, and of 10, 12 or other numbers of bits, which it refuses; CIELAB of 8 bits; YCbCr
 * without subsampling, which it shows as RGB; and pages that do not state what their colours are. The colour profile is
 * kept, `Orientation` is not. Fails (`FormatError`): `corrupt` when samples are damaged; `unsupported` when the result
 * would have over 128 MiB.
 */
export const plainTiff = (bytes: Uint8Array): Uint8Array | undefined => {
  const { pages, view } = readPages(bytes)
  const [page] = pages
  const rewrite = page && rewriteOf(view, page, (size) => size <= maxBytes)
  if (page === undefined || rewrite === undefined) return undefined
  const { alpha, colours, layout, output, read } = rewrite
  const { height, width } = layout
  const form = storedForm(rewrite)
  const channels = form.colours + (alpha === undefined ? 0 : 1)
  const size = (width * height * channels * form.bits) / 8
  if (size > maxBytes) throw unsupported("TIFF", `${size} bytes of unusual samples`, page.at)
  const data = new Uint8Array(size)
  const store = storeOf(view, page, rewrite, new DataView(data.buffer))
  readSamples(view, page, layout, read, ({ channel, count, valueAt, x, y }) => {
    const isAlpha = channel === alpha?.index
    if (channel >= colours && !isAlpha) return
    const start = (y * width + x) * channels + (isAlpha ? form.colours : channel)
    for (let i = 0; i < count; i++) store(start + i * channels, valueAt(i), isAlpha ? colours : channel)
  })
  if (output === "yCbCr") yCbCrToRgb(view, page, data, channels)
  const icc = entryOf(page, tag.icc)
  return writePlainTiff({
    width,
    height,
    channels,
    bits: form.bits,
    isFloat: output === "float",
    photometric: form.photometric,
    ...(alpha === undefined ? {} : { alpha: alpha.kind }),
    ...(icc === undefined ? {} : { icc: bytes.slice(icc.valueAt, icc.valueAt + icc.valueBytes) }),
    data
  })
}
