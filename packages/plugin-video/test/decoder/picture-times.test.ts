// Clips that say impossible times of their pictures: what cannot be shown is reported, never left out in silence.
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { decodeFrames, type DecodeOptions, openVideo, sampleFrames, type VideoInput } from "../../src/index.ts"
import { ffmpeg, hasFfmpeg } from "../oracle.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-times-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const read = (name: string) => readFileSync(join(folder, name))

beforeAll(() => {
  if (!hasFfmpeg) return
  const coding = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=3", "-c:v", "libx264", "-g", "10"]
  ffmpeg(...coding, join(folder, "plain.mp4"))
  ffmpeg(...coding, "-movflags", "frag_keyframe+empty_moov", join(folder, "fragments.mp4"))
})

/** How many pictures are shown, and the error after them. */
const shown = async (input: VideoInput, options: DecodeOptions = {}) => {
  let count = 0
  const video = await openVideo(input, options)
  const render = { form: "jpeg", quality: 50, maxSide: 32 } as const
  try {
    for await (const _ of sampleFrames(video, { kind: "all", fromMs: 0, toMs: Infinity }, { render })) count++
    return { count, error: undefined }
  } catch (error) {
    return { count, error }
  } finally {
    await video.close()
  }
}

const sampled = async (input: VideoInput, options: DecodeOptions = {}): Promise<unknown> => {
  try {
    for await (const _ of decodeFrames(input, { everyMs: 100, maxSide: 32, ...options }));
    return undefined
  } catch (error) {
    return error
  }
}

/** Serves bytes by ranges, as a server of files does. */
const served = (bytes: Buffer): DecodeOptions => ({
  fetch: async (_, init) => {
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get("range") ?? "") ?? []
    const headers = { "content-range": `bytes ${from}-${to}/${bytes.byteLength}` }
    return new Response(new Uint8Array(bytes.subarray(Number(from), Number(to) + 1)), { status: 206, headers })
  }
})

/** Gives `length` pictures no time after the one before, neither in decoding nor on screen. */
const withoutLengths = (bytes: Buffer, length: number): void => {
  const table = bytes.indexOf("stts")
  bytes.writeUInt32BE(length, table + 12)
  bytes.writeUInt32BE(0, table + 16)
  bytes.write("free", bytes.indexOf("ctts"), "latin1")
}

const assertUncountable = (error: unknown) => {
  assert.propertyVal(error, "_tag", "VideoDamaged")
  assert.propertyVal(error, "reason", "corrupt")
  assert.include(String(error), "a time that cannot be counted")
}

describe.skipIf(!hasFfmpeg)("times of pictures", () => {
  it.each([2n ** 63n - 10n, 2n ** 64n - 1n])("fragments that begin at %s ticks are refused", async (ticks) => {
    const bytes = read("fragments.mp4")
    for (let at = bytes.indexOf("tfdt"); at > 0; at = bytes.indexOf("tfdt", at + 1))
      bytes.writeBigUInt64BE(ticks, at + 8)
    assertUncountable(await sampled(bytes))
    assertUncountable(await sampled("http://127.0.0.1/clip.mp4", served(bytes)))
  })

  it("so is one fragment of several, read from memory or by URL", async () => {
    const bytes = read("fragments.mp4")
    bytes.writeBigUInt64BE(2n ** 63n - 10n, bytes.indexOf("tfdt") + 8)
    assertUncountable(await sampled(bytes))
    assertUncountable(await sampled("http://127.0.0.1/clip.mp4", served(bytes)))
  })

  it("a clock without ticks is refused", async () => {
    const bytes = read("plain.mp4")
    bytes.writeUInt32BE(0, bytes.indexOf("mdhd") + 16)
    assertUncountable(await sampled(bytes))
  })

  it.each([30, 2 ** 32 - 1])("%d pictures without a length: one is shown, and the error says so", async (length) => {
    const bytes = read("plain.mp4")
    withoutLengths(bytes, length)
    bytes.write("free", bytes.indexOf("edts"), "latin1")
    const { count, error } = await shown(bytes)
    assert.strictEqual(count, 1)
    assert.propertyVal(error, "reason", "corrupt")
    assert.include(String(error), "three or more pictures have one time")
    assert.include(String(await sampled(bytes)), "three or more pictures have one time")
  })

  it("2^32 - 1 pictures of which the edit list shows none are not looked for", async () => {
    const bytes = read("plain.mp4")
    withoutLengths(bytes, 2 ** 32 - 1)
    const before = process.cpuUsage()
    const error = await sampled(bytes, { isolate: false })
    assert.propertyVal(error, "reason", "corrupt")
    assert.include(String(error), "its tables list more pictures than it has bytes")
    assert.isBelow(process.cpuUsage(before).user, 2_000_000)
  })

  it.each([
    ["more pictures than there are", 2 ** 32 - 1],
    ["fewer pictures than there are", 12]
  ])("a table of steps for %s: all are shown", async (_, length) => {
    const bytes = read("plain.mp4")
    bytes.writeUInt32BE(length, bytes.indexOf("stts") + 12)
    assert.deepStrictEqual(await shown(bytes), { count: 30, error: undefined })
  })
})
