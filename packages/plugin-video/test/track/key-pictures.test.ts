// Containers that mark pictures as key pictures that are none, or mark none at all: no picture is lost.
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { decodeFrames, openVideo, sampleFrames, splitVideo } from "../../src/index.ts"
import { ffmpeg, hasFfmpeg } from "../oracle.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-keys-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)

const picture = "-f lavfi -i testsrc2=size=96x64:rate=25:duration=3".split(" ")
const codecs: Readonly<Record<string, ReadonlyArray<string>>> = {
  h264: "-c:v libx264 -preset ultrafast -bf 2 -g 25 -keyint_min 25 -sc_threshold 0".split(" "),
  hevc: "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25:min-keyint=25:scenecut=0:bframes=2".split(
    " "
  ),
  vp9: "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -keyint_min 25".split(" "),
  av1: "-c:v libaom-av1 -usage realtime -cpu-used 8 -g 25 -keyint_min 25".split(" "),
  vp8: "-c:v libvpx -deadline realtime -cpu-used 8 -g 25 -keyint_min 25".split(" ")
}

const lie: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  /** Without the table of key pictures, every picture is one. */
  mp4: (bytes) => {
    bytes.write("free", bytes.indexOf("stss"))
    return bytes
  },
  /** The flag of every block. */
  mkv: (bytes) => {
    for (let i = bytes.indexOf(Buffer.from("1f43b675", "hex")); i + 8 < bytes.length; i++)
      // a block of track 1, in a cluster of at most 5 s, with no flags but "discardable"
      if (bytes[i] === 0xa3 && isBlock(bytes, i)) {
        const flags = i + 1 + sizeBytes(bytes[i + 1] ?? 0) + 3
        bytes[flags] = (bytes[flags] ?? 0) | 0x80
      }
    return bytes
  },
  /** The random access indicator of every picture that has an adaptation field. */
  ts: (bytes) => {
    for (let i = 0; i + 188 <= bytes.length; i += 188)
      if (((bytes[i + 3] ?? 0) & 0x20) !== 0 && (bytes[i + 4] ?? 0) > 0) bytes[i + 5] = (bytes[i + 5] ?? 0) | 0x40
    return bytes
  }
}

const sizeBytes = (first: number): number => Math.clz32(first) - 23
const isBlock = (bytes: Buffer, i: number): boolean => {
  const length = sizeBytes(bytes[i + 1] ?? 0)
  const body = i + 1 + length
  return length <= 4 && bytes[body] === 0x81 && ((bytes[body + 3] ?? 0) & 0x7e) === 0 && (bytes[body + 1] ?? 0) < 20
}

interface Seen {
  readonly timeMs: number
  readonly frameTimeMs: number
  readonly bytes: Uint8Array
}
const seen = async (bytes: Uint8Array, everyMs: number): Promise<ReadonlyArray<Seen>> => {
  const found: Array<Seen> = []
  for await (const frame of decodeFrames(bytes, { everyMs, form: "rgb" })) found.push(frame)
  return found
}

const keyTimes = async (bytes: Uint8Array): Promise<ReadonlyArray<number>> => {
  const video = await openVideo(bytes)
  const found: Array<number> = []
  const all = { kind: "keyframes", fromMs: 0, toMs: Infinity } as const
  for await (const { timeMs } of sampleFrames(video, all, { render: { form: "jpeg", quality: 50 } })) found.push(timeMs)
  await video.close()
  return found
}

const forms: ReadonlyArray<readonly [codec: string, container: string]> = [
  ...["h264", "hevc", "vp9", "av1"].map((codec) => [codec, "mp4"] as const),
  ...["h264", "hevc", "vp8", "vp9", "av1"].map((codec) => [codec, "mkv"] as const),
  ...["h264", "hevc"].map((codec) => [codec, "ts"] as const)
]

describe.skipIf(!hasFfmpeg)("every picture marked as a key picture", () => {
  beforeAll(() => {
    for (const [codec, container] of forms) {
      const more = container === "ts" ? ["-pcr_period", "20"] : []
      ffmpeg(...picture, ...(codecs[codec] ?? []), "-pix_fmt", "yuv420p", ...more, at(`${codec}.${container}`))
    }
  }, 120_000)

  it.each(forms)("%s in %s: the frames, key pictures and parts of the honest file", async (codec, container) => {
    const honest = readFileSync(at(`${codec}.${container}`))
    const lying = lie[container]?.(Buffer.from(honest)) ?? assert.fail("no lie")
    assert.isFalse(lying.equals(honest))
    assert.deepStrictEqual(await seen(lying, 400), await seen(honest, 400))
    assert.deepStrictEqual(await keyTimes(lying), await keyTimes(honest))
    const video = await openVideo(lying)
    let pictures = 0
    for await (const part of splitVideo(video, { bytes: 1e8, ms: 1200 })) {
      pictures += part.pictures
      assert.isNotEmpty(await seen(part.bytes, 500))
    }
    await video.close()
    assert.isAtLeast(pictures, 75)
  })

  it.each(["h264", "hevc"])("%s in fragments: the frames of the honest file", async (codec) => {
    ffmpeg(
      "-i",
      at(`${codec}.mp4`),
      "-c",
      "copy",
      "-movflags",
      "frag_keyframe+empty_moov",
      at(`${codec}-fragments.mp4`)
    )
    const honest = readFileSync(at(`${codec}-fragments.mp4`))
    const lying = Buffer.from(honest)
    // the flags that samples have where they do not say otherwise: none is "not a key picture"
    for (let i = lying.indexOf("tfhd"); i !== -1; i = lying.indexOf("tfhd", i + 1)) {
      const flags = lying.readUInt32BE(i + 4) & 0xffffff
      const before = [1, 2, 8, 16].reduce((sum, bit) => sum + ((flags & bit) === 0 ? 0 : bit === 1 ? 8 : 4), 0)
      if ((flags & 32) !== 0) lying.writeUInt32BE(0x02000000, i + 12 + before)
    }
    assert.isFalse(lying.equals(honest))
    assert.deepStrictEqual(await seen(lying, 400), await seen(honest, 400))
  })
})

describe.skipIf(!hasFfmpeg)("no picture marked as a key picture", () => {
  it.each(["h264", "hevc", "vp9"])("%s: key pictures are found in the bits", async (codec) => {
    const honest = readFileSync(at(`${codec}.mp4`))
    const silent = Buffer.from(honest)
    silent.writeUInt32BE(0, silent.indexOf("stss") + 8)
    writeFileSync(at("silent.mp4"), silent)
    assert.deepStrictEqual(await keyTimes(silent), await keyTimes(honest))
    assert.deepStrictEqual(await seen(silent, 400), await seen(honest, 400))
  })
})
