import { assert, describe, it } from "@effect/vitest"
import { concatBytes, View } from "@sightline/platform/bytes/view"
import sharp from "sharp"
import { readMetadata } from "../../src/file/image-metadata.ts"
import { strip } from "../../src/file/strip-metadata.ts"
import { boxesIn, boxOf, makeBox } from "../../src/heif/boxes.ts"
import { readHeif } from "../../src/heif/heif-metadata.ts"
import { ascii, includesText, jpegOf, pixelsOf } from "../support.ts"

const read = (bytes: Uint8Array) => {
  const result = readMetadata(bytes)
  if (!result.ok) throw result.error
  return result.value
}
const cut = (bytes: Uint8Array) => {
  const result = strip(bytes)
  if (!result.ok) throw result.error
  return result.value
}

describe("a stripped AVIF", () => {
  const make = async () =>
    new Uint8Array(
      await sharp(await jpegOf(64, 48, 3))
        .withExif({ IFD0: { Make: "Maker", Copyright: "Somebody" }, IFD3: { GPSLatitudeRef: "N" } })
        .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>')
        .avif({ effort: 0 })
        .toBuffer()
    )

  it("has no EXIF or XMP, and every other byte in its place", async () => {
    const source = await make()
    assert.isTrue(read(source).exif !== undefined && read(source).hasXmp)
    const bytes = cut(source)
    const found = read(bytes)
    assert.isTrue(found.exif === undefined && !found.hasXmp && !found.hasGps)
    assert.strictEqual(bytes.length, source.length)
    for (const word of ["Maker", "Somebody", "xmpmeta"]) assert.isFalse(Buffer.from(bytes).includes(word))
    assert.isTrue((await pixelsOf(bytes)).data.equals((await pixelsOf(source)).data))
    assert.deepStrictEqual(cut(bytes), bytes)
  })

  it("keeps its colour profile", async () => {
    const wide = new Uint8Array(
      await sharp(await jpegOf(32, 32, 3))
        .withIccProfile("p3")
        .avif({ effort: 0 })
        .toBuffer()
    )
    assert.isTrue(read(wide).icc !== undefined && !read(wide).icc?.isSrgb)
    assert.isDefined(read(cut(wide)).icc)
  })

  const locationOf = (bytes: Uint8Array, type: string) => {
    const { meta } = readHeif(bytes, "AVIF")
    const id = meta.items.find((item) => item.type === type)?.id
    const location = meta.locations.find((each) => each.id === id)
    if (location === undefined) throw new Error(`no ${type} item`)
    return location
  }
  /** A copy whose EXIF item is said to be elsewhere. */
  const withExifAt = (bytes: Uint8Array, at: number, size: number): Uint8Array => {
    const copy = bytes.slice()
    const view = new DataView(copy.buffer)
    const { end } = locationOf(bytes, "Exif")
    // An entry of libheif ends with a base (4 bytes), a count (2), and one extent: an offset from the base, and a size.
    view.setUint32(end - 14, 0)
    view.setUint32(end - 8, at)
    view.setUint32(end - 4, size)
    assert.deepStrictEqual(locationOf(copy, "Exif").extents, [{ at, size }])
    return copy
  }

  it("has its pixels, wherever the location of its EXIF points", async () => {
    const source = await make()
    const { data } = await pixelsOf(source)
    const pixelsAt = locationOf(source, "av01").extents[0]?.at ?? 0
    const places = [
      [0, source.length],
      [pixelsAt, 100],
      [pixelsAt + 3, 0],
      [8, 60]
    ] as const
    for (const [at, size] of places) {
      const out = cut(withExifAt(source, at, size))
      assert.isTrue((await pixelsOf(out)).data.equals(data), `location ${at}, ${size}`)
      for (const word of ["Maker", "Somebody"]) assert.isFalse(includesText(out, word))
    }
  })

  it("is refused when its meta box claims the bytes of the picture, which would move", async () => {
    const source = await make()
    const { meta } = readHeif(source, "AVIF")
    new DataView(source.buffer).setUint32(meta.meta.start, source.length - meta.meta.start)
    const result = strip(source)
    assert.isTrue(!result.ok && result.error._tag === "ImageBroken")
  })

  it("has no bytes that no item refers to", async () => {
    const source = await make()
    const { top } = readHeif(source, "AVIF")
    const mdat = boxOf(top, "mdat")
    if (mdat === undefined) throw new Error("no mdat")
    const secret = ascii("secret thumbnail and position")
    const file = concatBytes([source, secret, makeBox("free", secret), makeBox("uuid", secret)])
    new DataView(file.buffer).setUint32(mdat.start, mdat.end - mdat.start + secret.length)
    // The boxes after `mdat` move, and nothing refers to them.
    assert.strictEqual(mdat.end, source.length)
    const out = cut(file)
    assert.isFalse(includesText(out, "secret"))
    assert.strictEqual(out.length, file.length)
    assert.isTrue((await pixelsOf(out)).data.equals((await pixelsOf(source)).data))
  })

  it("has no metadata in the tracks of an animation, whose samples stay", async () => {
    const source = await make()
    const secret = ascii("secret")
    const samples = ascii("samples")
    const trak = makeBox(
      "trak",
      concatBytes([makeBox("tkhd", samples), makeBox("udta", secret), makeBox("meta", secret)])
    )
    const moov = makeBox("moov", concatBytes([makeBox("mvhd", samples), trak, makeBox("udta", secret)]))
    const file = concatBytes([source, moov, makeBox("mdat", samples)])
    assert.isTrue(read(file).animated)
    const out = cut(file)
    assert.isFalse(includesText(out, "secret"))
    assert.deepStrictEqual(out.subarray(-samples.length), samples)
    const view = new View(out, "AVIF")
    const box = boxOf(boxesIn(view, 0, out.length), "moov")
    assert.deepStrictEqual(box && boxesIn(view, box.body, box.end).map(({ name }) => name), ["mvhd", "trak", "free"])
  })
})
