/** Pictures, services and readers that the tests of this package share. */
import { inflateRawSync } from "node:zlib"
import type { Outcome } from "@sightline/core"
import { fakeConnection } from "@sightline/core/testing"
import sharp from "sharp"
import type { ReportData, RowDetail } from "../src/document/report-data.ts"

/** Coordinates that are planted in pictures, as EXIF writes them. */
export const planted = {
  latitude: "52/1 31/1 1234/100",
  longitude: "13/1 24/1 5678/100",
  serial: "SERIAL-4711-PLANTED"
}

/** A drawn JPEG: a red bar along the top of the upright picture, a letter below, on a coloured ground. */
export const drawPicture = async ({
  color = "#3366cc",
  height = 120,
  letter = "A",
  orientation = 1,
  width = 160
}: {
  readonly color?: string
  readonly letter?: string
  readonly width?: number
  readonly height?: number
  readonly orientation?: number
} = {}): Promise<Uint8Array> => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="${color}"/><rect width="100%" height="20" fill="#d02020"/>
    <circle cx="30%" cy="60%" r="22" fill="#ffffff" fill-opacity=".7"/>
    <text x="60%" y="80%" font-size="60" font-family="sans-serif" fill="#ffffff">${letter}</text></svg>`
  const upright = sharp(Buffer.from(svg)).removeAlpha()
  // stored so that turning it as its orientation says gives the upright picture
  const turn = { 1: 0, 3: 180, 6: 270, 8: 90 }[orientation] ?? 0
  const stored = await upright.rotate(turn).toColourspace("srgb").png().toBuffer()
  return sharp(stored)
    .withMetadata({
      orientation,
      exif: {
        IFD0: { Make: "Planted", Copyright: planted.serial },
        IFD3: {
          GPSLatitudeRef: "N",
          GPSLatitude: planted.latitude,
          GPSLongitudeRef: "E",
          GPSLongitude: planted.longitude
        }
      }
    })
    .jpeg({ quality: 92 })
    .toBuffer()
}

/** A mask as the service sends it: an ellipse around a place, given in fractions. */
export const drawMask = async (width: number, height: number, x: number, y: number): Promise<string> => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#000"/><ellipse cx="${x * width}" cy="${y * height}" rx="${width * 0.2}" ry="${height * 0.2}" fill="#fff"/></svg>`
  return (await sharp(Buffer.from(svg)).greyscale().threshold(128).png().toBuffer()).toString("base64")
}

/** Pieces of a file by which its bytes would be recognised: 24 bytes each, of which many differ. */
export const piecesOf = (bytes: Uint8Array): ReadonlyArray<string> =>
  Array.from({ length: Math.floor(bytes.length / 97) }, (_, i) => bytes.subarray(i * 97, i * 97 + 24))
    .filter((piece) => new Set(piece).size > 12)
    .map((piece) => Buffer.from(piece).toString("latin1"))

interface WireCall {
  readonly path: string
  readonly body: unknown
}

/** The inputs of a call's body, as core's encoder writes them. */
export const inputsOf = ({ body }: WireCall): ReadonlyArray<{ readonly id?: string }> =>
  (body as { readonly inputs: ReadonlyArray<{ readonly id?: string }> }).inputs

/** A service that answers each input with these data; the data may depend on the input's position in its call. */
export const serviceOf = (data: (call: WireCall, position: number) => unknown) =>
  fakeConnection((call) => ({
    status: { code: 10000, description: "Ok", req_id: "request-1" },
    outputs: inputsOf(call).map((input, i) => ({
      id: "o",
      status: { code: 10000, description: "Ok" },
      input,
      model: { id: "model-1", model_version: { id: "version-1" } },
      data: data(call, i)
    }))
  }))

/** An answer with concepts, as a chain gives it. */
export const answered = (
  index: number,
  scores: Readonly<Record<string, number>>,
  more: object = {}
): Outcome<unknown, unknown> => ({
  ok: true,
  index,
  key: undefined,
  attempts: 1,
  requestId: `request-${index}`,
  value: {
    model: { id: "model-1", versionId: "version-1" },
    inputId: `input-${index}`,
    concepts: Object.entries(scores)
      .map(([name, score]) => ({ id: `id-${name}`, name, score }))
      .toSorted((a, b) => b.score - a.score),
    ...more
  }
})

/** A failed outcome. */
export const failed = (index: number, error: unknown, attempts = 1): Outcome<unknown, unknown> => ({
  ok: false,
  index,
  key: undefined,
  attempts,
  requestId: undefined,
  error
})

/** A report, taken apart. */
export interface Unpacked {
  readonly html: string
  readonly data: ReportData
  readonly details: ReadonlyArray<RowDetail>
  readonly pictures: ReadonlyArray<Uint8Array>
  /** Everything that is text in the file, packed or not. */
  readonly texts: string
}

const blocksIn = (html: string, name: string): ReadonlyArray<string> =>
  [...html.matchAll(new RegExp(`<script type="text/plain" id="${name}[^"]*">([^<]*)</script>`, "g"))].map(
    ([, content = ""]) => content
  )

const inflate = (base64: string): string => inflateRawSync(Buffer.from(base64, "base64")).toString()

/** Takes a report apart, as its page does. */
export const unpack = (html: string): Unpacked => {
  const [data = ""] = blocksIn(html, "data").map(inflate)
  const rows = blocksIn(html, "rows-").map(inflate)
  const pictures = blocksIn(html, "pictures-").flatMap((block) => block.split("\n"))
  return {
    html,
    // written by the code under test, of this form
    data: JSON.parse(data) as ReportData,
    details: rows.flatMap((block) => JSON.parse(block) as ReadonlyArray<RowDetail>),
    pictures: pictures.map((base64) => new Uint8Array(Buffer.from(base64, "base64"))),
    texts: [html, data, ...rows].join("\n")
  }
}
