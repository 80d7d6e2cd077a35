import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { file, Media, models, sightline } from "../../src/index.ts"
import { resources } from "../../src/resources.ts"
import { fakeConnection, fakeModel } from "../../src/testing.ts"

const ascii = (text: string) => new TextEncoder().encode(text)
const brand = (name: string) => Uint8Array.of(0, 0, 0, 24, ...ascii(`ftyp${name}`), 0, 0, 2, 0)
/** Packets of a transport stream, each of which begins with 0x47. */
const packets = (size: number, at: number) =>
  Uint8Array.from({ length: 3 * size }, (_, i) => (i % size === at ? 0x47 : 0))
const connectionOf = () => fakeConnection(fakeModel(models.general, { concepts: ["train"] }))

describe("bytes that are no image, given to input(..)", () => {
  it.each([
    ["an MP4", brand("isom"), /it is a video; give it to app\.video/],
    ["a QuickTime clip", brand("qt  "), /it is a video/],
    ["a WebM", Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3, 1), /it is a video/],
    ["an AVI", ascii("RIFF....AVI LIST"), /it is a video/],
    ["a WAVE", ascii("RIFF....WAVEfmt "), /it is a sound; give it to app\.audio/],
    ["an MP3", ascii("ID3\u0004"), /it is a sound/],
    ["AAC without a container", Uint8Array.of(0xff, 0xf1, 0x50, 0x80), /it is a sound/],
    ["an AIFF", ascii("FORM....AIFFCOMM"), /it is a sound/],
    ["a WAVE over 4 GiB", ascii("RF64....WAVEds64"), /it is a sound/],
    ["an MPEG-TS", packets(188, 0), /it is a video/],
    ["an MPEG-TS of a camcorder", packets(192, 4), /it is a video/],
    ["an MPEG program stream", Uint8Array.of(0, 0, 1, 0xba, 0x44), /it is a video/],
    ["an FLV", Uint8Array.of(0x46, 0x4c, 0x56, 1, 5), /it is a video/],
    ["a WMV", Uint8Array.of(0x30, 0x26, 0xb2, 0x75, 0x8e), /it is a video/]
  ])("%s names the source for it, and is not sent", async (_, bytes, problem) => {
    const connection = connectionOf()
    const app = sightline(connection).use(resources())
    const folder = mkdtempSync(join(tmpdir(), "kind-"))
    writeFileSync(join(folder, "photo.jpg"), bytes)
    for (const input of [bytes, file(join(folder, "photo.jpg"))]) {
      const result = await app.input(input).predict(models.general).result()
      assert.match(result.ok ? "" : result.error.message, problem)
      const [added] = await app.resources.inputs.add([{ input }]).all()
      assert.match(added?.ok === false ? added.error.message : "", problem)
    }
    rmSync(folder, { recursive: true })
    assert.strictEqual(connection.calls.length, 0)
  })
  it.each(["heic", "avif", "mif1", "crx ", "miaf"])("an image of brand %s is sent", async (name) => {
    const result = await sightline(connectionOf()).input(brand(name)).predict(models.general).result()
    assert.isTrue(result.ok)
  })
  it("a clip that is given as one is sent", async () => {
    const clip = new Media("video", { from: "bytes", bytes: brand("isom") })
    const connection = fakeConnection(fakeModel(models.general, { frames: [] }))
    assert.isTrue((await sightline(connection).input(clip).predict(models.general).result()).ok)
  })
})
