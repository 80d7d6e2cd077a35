// Fragmented MP4 files: by their fragments the same pictures as by the tables of a plain file.
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openBytes } from "../../src/bytes/byte-source.ts"
import { readFragmentTables } from "../../src/container/fragment-tables.ts"
import { type LocalVideo, openLocalVideo } from "../../src/decoder/local-video.ts"
import { decodeFrames, openVideo, splitVideo, type VideoInput } from "../../src/index.ts"
import { stripMetadata } from "../../src/strip/strip-metadata.ts"
import { ffmpeg, hasFfmpeg } from "../oracle.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-fragments-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)

/** Times and bytes of all packets, counted from the first picture. */
const packetsOf = async ({ track }: LocalVideo) => {
  if (track.access !== "random") throw new Error("it is not read by tables")
  const found: Array<readonly [us: number, durationUs: number, key: boolean, hidden: boolean, bytes: string]> = []
  for (let packet = await track.first(); packet !== undefined; packet = await track.next(packet)) {
    const bytes = Buffer.from((await packet.data()) ?? []).toString("base64")
    found.push([packet.ptsUs - track.originUs, packet.durationUs, packet.key, packet.hidden, bytes])
  }
  return found
}

const read = async (input: VideoInput) => {
  const bytes = await openBytes(input)
  const video = await openLocalVideo(bytes)
  try {
    const byTables = video.track.access === "random" && video.track.tables !== undefined
    return { byTables, endUs: await video.track.endUs(), packets: await packetsOf(video) }
  } finally {
    await video.close()
    await bytes.close()
  }
}

beforeAll(() => {
  if (!hasFfmpeg) return
  const inputs = ["testsrc2=size=160x120:rate=25:duration=4", "sine=duration=4"].flatMap((of) => [
    "-f",
    "lavfi",
    "-i",
    of
  ])
  ffmpeg(...inputs, ..."-c:v libx264 -preset ultrafast -bf 2 -g 20 -c:a aac".split(" "), at("plain.mp4"))
})

const forms: Record<string, string> = {
  "a fragment for each key picture": "frag_keyframe+empty_moov",
  "counted from each fragment": "frag_keyframe+empty_moov+default_base_moof",
  "with an edit list": "frag_keyframe+delay_moov",
  "a fragment for each picture": "frag_every_frame+empty_moov+default_base_moof",
  "a fragment for each track": "frag_keyframe+empty_moov+separate_moof+default_base_moof",
  "without places of data": "frag_keyframe+empty_moov+omit_tfhd_offset",
  "for players in browsers": "frag_keyframe+empty_moov+default_base_moof+cmaf+global_sidx"
}

describe.skipIf(!hasFfmpeg)("a fragmented file", () => {
  it.each(Object.entries(forms))("%s: the packets of the plain file, each at its time", async (name, flags) => {
    const path = at(`${flags}.mp4`)
    ffmpeg("-i", at("plain.mp4"), "-c", "copy", "-movflags", flags, path)
    const [plain, fragmented] = [await read({ path: at("plain.mp4") }), await read({ path })]
    assert.isTrue(fragmented.byTables, name)
    assert.lengthOf(fragmented.packets, 100)
    assert.deepStrictEqual(
      fragmented.packets.map(([us, , key, , bytes]) => [us, key, bytes]),
      plain.packets.map(([us, , key, , bytes]) => [us, key, bytes])
    )
    assert.closeTo(fragmented.endUs, plain.endUs, 1000)
  })

  it("given as bytes is read the same, and by URL, where no fragment is looked at before it is needed", async () => {
    const bytes = readFileSync(at("frag_keyframe+empty_moov.mp4"))
    const given = await read(bytes)
    assert.isTrue(given.byTables)
    const fetch = async (_: unknown, init?: RequestInit) => {
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get("range") ?? "") ?? []
      const part = bytes.subarray(Number(from), Number(to) + 1)
      const headers = { "content-range": `bytes ${from}-${to}/${bytes.byteLength}` }
      return new Response(new Uint8Array(part), { status: 206, headers })
    }
    const far = await openLocalVideo(await openBytes("http://127.0.0.1/clip.mp4", { fetch }))
    assert.isUndefined(far.track.access === "random" ? far.track.tables : undefined)
    assert.deepStrictEqual(
      (await packetsOf(far)).map(([us, , key, , data]) => [us, key, data]),
      given.packets.map(([us, , key, , data]) => [us, key, data])
    )
    await far.close()
  })

  it("is cut into parts that are shown from one multiple of the step to another", async () => {
    const video = await openVideo({ path: at("frag_keyframe+empty_moov.mp4") })
    const limits = { bytes: 1e8, ms: 1500, alignMs: 1000, onGrid: true }
    const starts: Array<number> = []
    for await (const part of splitVideo(video, limits)) {
      starts.push(part.fromMs)
      for await (const { timeMs } of decodeFrames(part.bytes, { everyMs: 1000 })) assert.strictEqual(timeMs % 1000, 0)
    }
    await video.close()
    assert.deepStrictEqual(starts, [0, 1000, 2000, 3000])
  })

  it("that lies in any byte of a fragment's header ends, with an answer or without tables", async () => {
    const bytes = new Uint8Array(readFileSync(at("frag_keyframe+empty_moov.mp4")))
    const start = Buffer.from(bytes).indexOf("moof") - 4
    const length = Buffer.from(bytes).readUInt32BE(start)
    let followed = 0
    for (let i = 0; i < length; i++)
      for (const value of [0, 255, (bytes[start + i] ?? 0) ^ 1]) {
        const changed = bytes.slice()
        changed[start + i] = value
        const tables = await readFragmentTables(await openBytes(changed), 1)
        if (tables === undefined) continue
        followed++
        assert.strictEqual(tables.offsets.length, tables.count)
      }
    assert.isAbove(followed, length)
  })

  it("that lists more pictures than the file has bytes is not followed, and refused at once where metadata is removed", async () => {
    const bytes = readFileSync(at("frag_keyframe+empty_moov.mp4"))
    const run = bytes.indexOf("trun")
    bytes.writeUInt32BE(0, run + 4) // pictures without sizes of their own
    bytes.writeUInt32BE(19_000_000, run + 8)
    assert.isUndefined(await readFragmentTables(await openBytes(new Uint8Array(bytes)), 1))
    const began = performance.now()
    assert.isFalse(await stripMetadata(new Uint8Array(bytes)))
    assert.isBelow(performance.now() - began, 1000)
  })

  it("that is cut off inside is not told by tables", async () => {
    const bytes = new Uint8Array(readFileSync(at("frag_keyframe+empty_moov.mp4")))
    assert.isUndefined(await readFragmentTables(await openBytes(bytes.subarray(0, bytes.byteLength - 2000)), 1))
  })
})
