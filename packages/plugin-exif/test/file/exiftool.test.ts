import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import sharp from "sharp"
import { strip } from "../../src/file/strip-metadata.ts"
import { bytesOf, files, hasExifData, prepared } from "../dataset.ts"
import { hasTool, includesText, jpegOf } from "../support.ts"

type Named = readonly [string, Uint8Array]

/** Tag groups that are the picture itself, or facts about the file that the tool adds. */
const pictureGroups = /^(SourceFile|ExifTool|System|File|Composite|JFIF|Adobe|APP14|PNG|RIFF|ICC|QuickTime|Meta|GIF)/
/** Tags without which a TIFF cannot be decoded. */
const tiffTags =
  /^IFD0:(Image(Width|Height)|BitsPerSample|Compression|PhotometricInterpretation|Strip(Offsets|ByteCounts)|SamplesPerPixel|RowsPerStrip|[XY]Resolution|ResolutionUnit|PlanarConfiguration|Predictor|SampleFormat)$/
/** Tags that are private in any group. */
const privateTags = /comment|gps|serial|xmp|iptc|exif:/i

/** Runs a function in a new folder that contains these files. */
const inFolder = <A>(pictures: ReadonlyArray<Named>, run: (folder: string) => A): A => {
  const folder = mkdtempSync(join(tmpdir(), "exif-"))
  try {
    for (const [name, bytes] of pictures) writeFileSync(join(folder, name.replaceAll("/", "_")), bytes)
    return run(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The private tags that exiftool finds, embedded files included, as lines of file and tag. */
const privateTagsIn = (pictures: ReadonlyArray<Named>): ReadonlyArray<string> =>
  inFolder(pictures, (folder) => {
    const tool = spawnSync("exiftool", ["-json", "-a", "-u", "-ee", "-G1", folder], { maxBuffer: 1 << 26 })
    // exiftool's JSON is a list of flat objects.
    const found = JSON.parse(String(tool.stdout)) as ReadonlyArray<Readonly<Record<string, unknown>>>
    assert.strictEqual(found.length, pictures.length)
    return found.flatMap((tags) =>
      Object.keys(tags)
        .filter((tag) => !tiffTags.test(tag))
        .filter((tag) => !pictureGroups.test(tag) || privateTags.test(tag.replace(/^ExifTool:/, "")))
        .map((tag) => `${String(tags["SourceFile"])} ${tag}`)
    )
  })

const cut = (bytes: Uint8Array): Uint8Array => {
  const result = strip(bytes)
  if (!result.ok) throw result.error
  return result.value
}

/** A small picture in each format, with everything private that exiftool can write into it. */
const tagged = async (): Promise<ReadonlyArray<Named>> => {
  const image = sharp(await jpegOf(48, 32, 3)).withExif({ IFD0: { Artist: "secret" } })
  const plain: ReadonlyArray<Named> = await Promise.all([
    image
      .clone()
      .jpeg()
      .toBuffer()
      .then((bytes) => ["a.jpg", bytes] as const),
    image
      .clone()
      .png()
      .toBuffer()
      .then((bytes) => ["a.png", bytes] as const),
    image
      .clone()
      .webp()
      .toBuffer()
      .then((bytes) => ["a.webp", bytes] as const),
    image
      .clone()
      .tiff({ compression: "lzw" })
      .toBuffer()
      .then((bytes) => ["a.tif", bytes] as const),
    image
      .clone()
      .gif()
      .toBuffer()
      .then((bytes) => ["a.gif", bytes] as const),
    image
      .clone()
      .avif({ effort: 0 })
      .toBuffer()
      .then((bytes) => ["a.avif", bytes] as const)
  ])
  const position = ["GPSLatitude=52.5", "GPSLatitudeRef=N", "GPSLongitude=13.4", "GPSLongitudeRef=E"]
  const texts = ["EXIF:Artist", "EXIF:UserComment", "EXIF:SerialNumber", "XMP:Creator", "IPTC:City", "Comment"]
  return inFolder(plain, (folder) => {
    const paths = plain.map(([name]) => join(folder, name))
    const tags = [
      ...position.map((tag) => `-EXIF:${tag}`),
      ...texts.map((tag) => `-${tag}=secret`),
      "-XMP:GPSLatitude=52.5"
    ]
    spawnSync("exiftool", ["-overwrite_original", "-m", ...tags, ...paths])
    return plain.map(([name], i) => [name, new Uint8Array(readFileSync(paths[i] ?? ""))] as const)
  })
}

describe.skipIf(!hasTool("exiftool", "-ver"))("exiftool finds nothing private", () => {
  it("in files of all formats that it tagged itself, once they are stripped", async () => {
    const pictures = await tagged()
    for (const [name] of pictures)
      assert.isTrue(
        privateTagsIn(pictures).some((line) => line.includes(`/${name} `)),
        name
      )
    const stripped = pictures.map(([name, bytes]) => [name, cut(bytes)] as const)
    assert.deepStrictEqual(privateTagsIn(stripped), [])
    for (const [name, bytes] of stripped) assert.isFalse(includesText(bytes, "secret"), name)
  })

  it.skipIf(!hasExifData)("in stripped files of the data set", () => {
    assert.deepStrictEqual(privateTagsIn(files.map(([name]) => [name, cut(bytesOf(name))] as const)), [])
  })

  it.live.skipIf(!hasExifData)("in what is sent of the data set", () =>
    Effect.gen(function* () {
      const decodable = files.filter(([name]) => !name.endsWith(".heic"))
      const sent = yield* Effect.forEach(decodable, ([name]) =>
        Effect.map(prepared(bytesOf(name)), ({ bytes, format }) => [`${name}.${format}`, bytes] as const)
      )
      assert.deepStrictEqual(privateTagsIn(sent), [])
    })
  )
})
