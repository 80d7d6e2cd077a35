// Places of a container that no reader shows and that go with the clip all the same: nothing private is left there either.
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { blankFlacBlocks } from "../../src/strip/codec-comments.ts"
import { stripMetadata } from "../../src/strip/strip-metadata.ts"
import { ffmpeg, hasFfmpeg } from "../oracle.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-hidden-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)
const clip = (name: string) => readFileSync(at(name))

const secret = Buffer.from("Secretcam +55.6761+012.5683/ ".padEnd(40))
const picture = ["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=1"]
const sound = ["-f", "lavfi", "-i", "sine=duration=1"]
const h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10"]

const box = (type: string, ...body: ReadonlyArray<Uint8Array>): Buffer => {
  const inside = Buffer.concat(body)
  const header = Buffer.alloc(8)
  header.writeUInt32BE(inside.length + 8)
  header.write(type, 4, "latin1")
  return Buffer.concat([header, inside])
}
const uuid = box("uuid", Buffer.alloc(16, 7), secret)

/** Fields in front of the boxes inside of a box. */
const fields: Readonly<Record<string, number>> = { stsd: 8, avc1: 78, mp4a: 28 }

/** A clip with bytes at the end of the box at a path of names; the media come first in it, so that no place changes. */
const put = (bytes: Buffer, path: ReadonlyArray<string>, data: Uint8Array): Buffer => {
  const boxes: Array<number> = []
  let [from, to] = [0, bytes.length]
  for (const type of path)
    for (let start = from; start < to;) {
      const end = start + bytes.readUInt32BE(start)
      if (bytes.toString("latin1", start + 4, start + 8) === type) {
        boxes.push(start)
        from = start + 8 + (fields[type] ?? 0)
        to = end
        break
      }
      start = end
    }
  assert.strictEqual(boxes.length, path.length)
  const out = Buffer.concat([bytes.subarray(0, to), data, bytes.subarray(to)])
  for (const start of boxes) out.writeUInt32BE(out.readUInt32BE(start) + data.length, start)
  return out
}

const insert = (bytes: Buffer, before: string | Uint8Array, data: Uint8Array, shift = 0): Buffer => {
  const place = bytes.indexOf(before) + shift
  assert.isAtLeast(place, 0)
  return Buffer.concat([bytes.subarray(0, place), data, bytes.subarray(place)])
}
const overwrite = (bytes: Buffer, after: string, data: string, shift = 0): Buffer => {
  const place = bytes.indexOf(after, 0, "latin1")
  assert.isAtLeast(place, 0)
  const out = Buffer.from(bytes)
  out.write(data, place + after.length + shift, "latin1")
  return out
}

const description = ["moov", "trak", "mdia", "minf", "stbl", "stsd"]
const places: Readonly<Record<string, () => Buffer>> = {
  "beside how sound is coded.mp4": () => put(clip("sound-first.mp4"), [...description, "mp4a"], uuid),
  "after how pictures are coded.mp4": () =>
    put(clip("clip.mp4"), [...description, "avc1"], Buffer.concat([Buffer.alloc(4), secret])),
  "in what announces fragments.mp4": () => put(clip("fragments.mp4"), ["moov", "mvex"], uuid),
  "in the index of fragments.mp4": () => put(clip("fragments.mp4"), ["mfra"], uuid),
  "beside an edit list.mp4": () => put(clip("clip.mp4"), ["moov", "trak", "edts"], uuid),
  "after the last box of the movie header.mp4": () =>
    put(clip("clip.mp4"), ["moov"], Buffer.concat([Buffer.from([0, 0, 0, 4]), secret])),
  "after the fields of a header.mp4": () => put(clip("clip.mp4"), ["moov", "trak", "tkhd"], secret),
  "after the entries of a table.mp4": () => put(clip("clip.mp4"), [...description.slice(0, 5), "stts"], secret),
  "in a second movie header.mp4": () =>
    Buffer.concat([clip("clip.mp4"), box("moov", box("udta", box("©xyz", secret)))]),
  "in a second handler.mp4": () =>
    put(
      clip("clip.mp4"),
      ["moov", "trak", "mdia"],
      box("hdlr", Buffer.alloc(8), Buffer.from("vide"), Buffer.alloc(12), secret)
    ),
  "in hints for a download.mp4": () => Buffer.concat([clip("clip.mp4"), box("pdin", Buffer.alloc(4), secret)]),
  "behind uncompressed sound.mov": () => {
    const bytes = clip("clip.mov")
    const start = bytes.indexOf("mdat") - 4
    const end = start + bytes.readUInt32BE(start)
    const out = Buffer.concat([bytes.subarray(0, end), Buffer.from("freeGPS "), secret, bytes.subarray(end)])
    out.writeUInt32BE(end - start + 8 + secret.length, start)
    return out
  },
  "in comments of Vorbis.mkv": () => overwrite(clip("vorbis.mkv"), "\u0003vorbis", "Secretcam", 4),
  "in comments of Vorbis.mp4": () => overwrite(clip("vorbis.mp4"), "\u0003vorbis", "Secretcam", 4),
  "in stuffing of a packet.ts": () => {
    const out = Buffer.from(clip("clip.ts"))
    for (let packet = 0; packet < out.length; packet += 188)
      if (((out[packet + 3] ?? 0) & 32) !== 0 && (out[packet + 4] ?? 0) > 100 && out[packet + 5] === 0) {
        secret.copy(out, packet + 10)
        break
      }
    return out
  },
  "behind the last packet.ts": () => Buffer.concat([clip("clip.ts"), secret]),
  "behind the table of a program.ts": () => {
    const out = Buffer.from(clip("clip.ts"))
    for (let packet = 0; packet < out.length; packet += 188)
      if (out.readUInt16BE(packet + 1) === 0x5000) secret.copy(out, packet + 140)
    return out
  },
  "in a navigation packet.mpg": () =>
    insert(
      clip("clip.mpg"),
      Buffer.from([0, 0, 1, 0xe0]),
      Buffer.concat([Buffer.from([0, 0, 1, 0xbf, 0, secret.length]), secret])
    ),
  "in padding.mpg": () =>
    insert(
      clip("clip.mpg"),
      Buffer.from([0, 0, 1, 0xe0]),
      Buffer.concat([Buffer.from([0, 0, 1, 0xbe, 0, secret.length]), secret])
    ),
  "in an unknown extension.gif": () =>
    insert(
      clip("clip.gif"),
      Buffer.from([0x21, 0xff, 11]),
      Buffer.concat([Buffer.from([0x21, 0x99, secret.length]), secret, Buffer.alloc(1)])
    ),
  "in the name of an application.gif": () =>
    insert(
      clip("clip.gif"),
      Buffer.from([0x21, 0xff, 11]),
      Buffer.concat([Buffer.from([0x21, 0xff, secret.length]), secret, Buffer.alloc(1)])
    ),
  "after how often it repeats.gif": () =>
    insert(clip("clip.gif"), "NETSCAPE2.0", Buffer.concat([Buffer.from([secret.length]), secret]), 15),
  "after how a frame is shown.gif": () =>
    insert(clip("clip.gif"), Buffer.from([0x21, 0xf9, 4]), Buffer.concat([Buffer.from([secret.length]), secret]), 7),
  "in the extended header.avi": () => overwrite(clip("clip.avi"), "odmldmlh", "Secretcam", 220)
}

const hashes = (path: string): string => {
  const args = "-map 0:v -map 0:a? -c:v rawvideo -c:a pcm_s16le -f streamhash -hash md5 -".split(" ")
  return execFileSync("ffmpeg", ["-v", "quiet", "-i", path, ...args]).toString()
}

describe.skipIf(!hasFfmpeg)("something private in a clip", () => {
  beforeAll(() => {
    const both = [...picture, ...sound]
    ffmpeg(...both, ...h264, "-c:a", "aac", at("clip.mp4"))
    ffmpeg(...sound, ...picture, ..."-map 0 -map 1".split(" "), ...h264, "-c:a", "aac", at("sound-first.mp4"))
    ffmpeg(
      ...both,
      ...h264,
      "-c:a",
      "aac",
      "-movflags",
      "frag_keyframe+empty_moov+default_base_moof",
      at("fragments.mp4")
    )
    ffmpeg(...both, ...h264, "-c:a", "pcm_s16le", at("clip.mov"))
    for (const name of ["vorbis.mkv", "vorbis.mp4"])
      ffmpeg(...both, ...h264, ..."-c:a libvorbis -strict -2".split(" "), at(name))
    ffmpeg(...both, ...h264, "-c:a", "aac", at("clip.ts"))
    ffmpeg(...both, "-c:v", "mpeg4", "-c:a", "mp3", at("clip.avi"))
    ffmpeg(...both, "-c:v", "mpeg2video", "-c:a", "mp2", at("clip.mpg"))
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=32x32:rate=5:duration=1", at("clip.gif"))
  }, 120_000)

  it.each(Object.keys(places))("%s: it is gone, and no picture or sound changes", async (name) => {
    const before = places[name]?.() ?? assert.fail()
    assert.isTrue(before.includes("Secretcam"), "the clip has something to lose")
    const bytes = new Uint8Array(before)
    assert.isTrue(await stripMetadata(bytes))
    assert.strictEqual(bytes.byteLength, before.byteLength)
    assert.notInclude(Buffer.from(bytes).toString("latin1"), "Secretcam")
    assert.notInclude(Buffer.from(bytes).toString("latin1"), "+55.67")
    const [given, after] = [at(`given-${name}`), at(`after-${name}`)]
    writeFileSync(given, before)
    writeFileSync(after, bytes)
    assert.isNotEmpty(hashes(given))
    assert.strictEqual(hashes(after), hashes(given))
  })

  it.each([
    ["a list of pictures that says it is empty", (bytes: Buffer) => bytes.writeUInt32LE(0, bytes.indexOf("movi") - 4)],
    [
      "a file that says it ends amid its pictures",
      (bytes: Buffer) => bytes.writeUInt32LE(bytes.indexOf("movi") + 200, 4)
    ]
  ])("%s, as recordings that were not finished have it, is not emptied but refused", async (_, change) => {
    const bytes = clip("clip.avi")
    change(bytes)
    assert.isFalse(await stripMetadata(new Uint8Array(bytes)))
  })

  it("Matroska tracks that do not say how long they are take no picture with them", async () => {
    const bytes = clip("vorbis.mkv")
    const tracks = bytes.lastIndexOf(Buffer.from([0x16, 0x54, 0xae, 0x6b])) + 4
    const length = Math.clz32(bytes[tracks] ?? 0) - 23
    bytes.fill(0xff, tracks, tracks + length)
    bytes[tracks] = 0xff >> (length - 1)
    assert.isFalse(await stripMetadata(new Uint8Array(bytes)))
  })

  it("blocks of FLAC that are not about how the sound is coded become padding", () => {
    const block = (kind: number, body: Uint8Array) => Buffer.concat([Buffer.from([kind, 0, 0, body.length]), body])
    const format = block(0, Buffer.alloc(34, 5))
    const bytes = new Uint8Array(Buffer.concat([Buffer.from("fLaC"), format, block(2, secret), block(0x84, secret)]))
    blankFlacBlocks(bytes, 0, bytes.length)
    const padding = (kind: number) => block(kind, Buffer.alloc(secret.length))
    assert.deepStrictEqual(Buffer.from(bytes), Buffer.concat([Buffer.from("fLaC"), format, padding(1), padding(0x81)]))
  })
})
