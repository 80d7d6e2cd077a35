import { assert, describe, it } from "@effect/vitest"
import { isJpeg, isSvg, sniff } from "../../src/media/sniff.ts"

/** Bytes of Latin-1 text; `\0` and `\x89` as they are. */
const latin = (...parts: ReadonlyArray<string>): Uint8Array => Uint8Array.from(Buffer.from(parts.join(""), "latin1"))

/** An `ftyp` box: its size, the major brand, the minor version, compatible brands. */
const ftyp = (major: string, ...compatible: ReadonlyArray<string>): Uint8Array =>
  latin(
    "\0\0\0",
    String.fromCharCode(16 + 4 * compatible.length),
    "ftyp",
    major,
    "\0\0\0\0",
    ...compatible,
    "\0\0\0\x08free"
  )

const packets = (first: number, step: number): Uint8Array => {
  const bytes = new Uint8Array(first + 3 * step)
  for (let n = 0; n < 3; n++) bytes[first + n * step] = 0x47
  return bytes
}

const known: ReadonlyArray<readonly [string, string, Uint8Array]> = [
  ["JPEG", "image/jpeg", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)],
  ["PNG", "image/png", latin("\x89PNG\r\n\x1a\n")],
  ["GIF", "image/gif", latin("GIF89a")],
  ["WebP", "image/webp", latin("RIFF\x10\0\0\0WEBPVP8 ")],
  ["TIFF, little endian", "image/tiff", latin("II*\0")],
  ["TIFF, big endian", "image/tiff", latin("MM\0*")],
  ["BigTIFF", "image/tiff", latin("II+\0\x08\0\0\0")],
  ["BMP", "image/bmp", latin("BM")],
  ["AVIF", "image/avif", ftyp("avif", "mif1", "miaf")],
  ["AVIF by a compatible brand", "image/avif", ftyp("mif1", "avif")],
  ["HEIC", "image/heic", ftyp("heic", "mif1")],
  ["HEIC by a compatible brand", "image/heic", ftyp("mif1", "heic")],
  ["HEIF of unknown coding", "image/heic", ftyp("mif1")],
  ["MP4", "video/mp4", ftyp("isom", "iso2", "avc1", "mp41")],
  ["MP4 without compatible brands", "video/mp4", ftyp("mp42")],
  ["QuickTime", "video/quicktime", ftyp("qt  ")],
  ["M4A", "audio/mp4", ftyp("M4A ", "isom")],
  ["WebM", "video/webm", latin("\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm")],
  ["Matroska", "video/x-matroska", latin("\x1aE\xdf\xa3\xa3B\x86\x81\x01B\x82\x88matroska")],
  ["AVI", "video/x-msvideo", latin("RIFF\x10\0\0\0AVI LIST")],
  ["MPEG-TS", "video/mp2t", packets(0, 188)],
  ["M2TS", "video/mp2t", packets(4, 192)],
  ["MPEG-PS", "video/mpeg", latin("\0\0\x01\xba")],
  ["MPEG video", "video/mpeg", latin("\0\0\x01\xb3")],
  ["ASF", "video/x-ms-asf", latin("0&\xb2u\x8ef\xcf\x11")],
  ["FLV", "video/x-flv", latin("FLV\x01")],
  ["Theora in Ogg", "video/ogg", latin("OggS\0\x02", "\0".repeat(20), "\x01*", "\x80theora")],
  ["Vorbis in Ogg", "audio/ogg", latin("OggS\0\x02", "\0".repeat(20), "\x01\x1e", "\x01vorbis")],
  ["WAV", "audio/wav", latin("RIFF\x10\0\0\0WAVEfmt ")],
  ["RF64", "audio/wav", latin("RF64\xff\xff\xff\xffWAVEds64")],
  ["BW64", "audio/wav", latin("BW64\xff\xff\xff\xffWAVEds64")],
  ["AIFF", "audio/aiff", latin("FORM\0\0\0\x10AIFFCOMM")],
  ["AIFF-C", "audio/aiff", latin("FORM\0\0\0\x10AIFCFVER")],
  ["FLAC", "audio/flac", latin("fLaC\0\0\0\x22")],
  ["MP3", "audio/mpeg", Uint8Array.of(0xff, 0xfb, 0x90, 0)],
  ["MP3 with tags", "audio/mpeg", latin("ID3\x04\0")],
  ["AAC in ADTS", "audio/aac", Uint8Array.of(0xff, 0xf1, 0x50, 0x80)],
  ["AMR", "audio/amr", latin("#!AMR\n")],
  ["Core Audio", "audio/x-caf", latin("caff\0\x01")]
]

describe("the first bytes", () => {
  it.each(known)("of %s show %s", (_, type, bytes) => assert.strictEqual(sniff(bytes), type))

  it.each([
    ["nothing", new Uint8Array()],
    ["text", latin("a photograph of a train")],
    ["a page", latin("<!doctype html><svg>")],
    ["JSON", latin(`{"outputs": []}`)],
    ["a RIFF file of another form", latin("RIFF\x10\0\0\0CDR9")],
    ["an IFF file of another form", latin("FORM\0\0\0\x10ILBM")],
    ["text that starts with the first byte of MPEG-TS", latin("Good morning")],
    ["zeroes", new Uint8Array(1000)]
  ])("of %s show nothing", (_, bytes) => assert.isUndefined(sniff(bytes)))

  it("cut short never throw", () => {
    for (const [, , bytes] of known) {
      for (let length = 0; length <= bytes.length; length++) sniff(bytes.subarray(0, length))
    }
  })

  it("show SVG and JPEG by functions of their own", () => {
    assert.isTrue(isSvg(latin(`<?xml version="1.0"?>\n<svg xmlns="…">`)))
    assert.isFalse(isSvg(latin("<svgs>")))
    assert.isTrue(isJpeg(Uint8Array.of(0xff, 0xd8, 0xff)))
    assert.isFalse(isJpeg(Uint8Array.of(0xff, 0xd8)))
  })
})
