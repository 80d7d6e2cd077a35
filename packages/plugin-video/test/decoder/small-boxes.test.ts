// Clips that hold very many boxes or chunks with nothing in them: few reads, and the event loop gets its turn.
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type ByteSource, fromBytes } from "../../src/bytes/byte-source.ts"
import { readFragmentTables } from "../../src/container/fragment-tables.ts"
import { readStructure } from "../../src/container/structure.ts"
import { decodeFrames, openVideo } from "../../src/index.ts"
import { stripMetadata } from "../../src/strip/strip-metadata.ts"
import { ffmpeg, hasFfmpeg } from "../oracle.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-boxes-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const read = (name: string) => readFileSync(join(folder, name))

beforeAll(() => {
  if (!hasFfmpeg) return
  const pictures = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=3"]
  ffmpeg(...pictures, "-c:v", "libx264", join(folder, "plain.mp4"))
  const fragmented = ["-movflags", "frag_keyframe+empty_moov+default_base_moof"]
  ffmpeg(...pictures, "-c:v", "libx264", "-g", "10", ...fragmented, join(folder, "fragments.mp4"))
  ffmpeg(...pictures, "-c:v", "mpeg4", join(folder, "clip.avi"))
  ffmpeg(...pictures, "-c:v", "libx264", join(folder, "clip.ts"))
  ffmpeg(...pictures, "-c:v", "mpeg2video", join(folder, "clip.mpg"))
  ffmpeg(...pictures, "-c:v", "libx264", "-f", "matroska", "-live", "1", join(folder, "clip.mkv"))
  ffmpeg(...pictures, join(folder, "clip.gif"))
})

const emptyFragment = Buffer.from([0, 0, 0, 8, ...Buffer.from("moof")])
const emptyBox = Buffer.from([0, 0, 0, 8, ...Buffer.from("free")])
const emptyChunk = Buffer.from("00dc\0\0\0\0", "latin1")
const emptyElement = Buffer.from([0xec, 0x80])
const emptyPadding = Buffer.from([0, 0, 1, 0xbe, 0, 0])
const emptyExtension = Buffer.from([0x21, 0xfe, 0])
const nullPacket = Buffer.alloc(188, 0xff).fill(Buffer.from([0x47, 0x1f, 0xff, 0x10]), 0, 4)

/** The bytes with `count` times `piece` at a place. */
const inserted = (bytes: Buffer, at: number, piece: Buffer, count: number): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.alloc(piece.byteLength * count, piece), bytes.subarray(at)])

const withFragments = (count: number): Buffer => {
  const bytes = read("fragments.mp4")
  return inserted(bytes, bytes.indexOf("moof") - 4, emptyFragment, count)
}

const aviWithChunks = (count: number): Buffer => {
  const bytes = read("clip.avi")
  const list = bytes.indexOf("movi")
  const made = inserted(bytes, list + 4, emptyChunk, count)
  for (const at of [4, list - 4]) made.writeUInt32LE(bytes.readUInt32LE(at) + emptyChunk.byteLength * count, at)
  return made
}

/** A source that counts how often it is read. */
const counted = (bytes: Uint8Array): { readonly source: ByteSource; readonly reads: () => number } => {
  const inner = fromBytes(bytes)
  let reads = 0
  return {
    source: {
      ...inner,
      read: (start, end) => {
        reads++
        return inner.read(start, end)
      }
    },
    reads: () => reads
  }
}

describe.skipIf(!hasFfmpeg)("very many small boxes", () => {
  it("fragments without pictures cost few reads, and those behind them are shown", async () => {
    const bytes = withFragments(30_000)
    const { reads, source } = counted(bytes)
    assert.strictEqual((await readFragmentTables(source, 1))?.count, 30)
    assert.isBelow(reads(), 200)
    let frames = 0
    for await (const _ of decodeFrames(bytes, { everyMs: 100, maxSide: 32 })) frames++
    assert.strictEqual(frames, 30)
  })

  it("opening in this process sees an abort, though all bytes are there", async () => {
    const giveUp = new AbortController()
    setImmediate(() => giveUp.abort(new Error("given up")))
    const opened = await openVideo(withFragments(100_000), { isolate: false, signal: giveUp.signal }).then(
      () => undefined,
      (cause: unknown) => cause
    )
    assert.strictEqual(String(opened), "Error: given up")
  })

  it("boxes in front of the movie header are counted, and too many of them refused by that name", async () => {
    const bytes = read("plain.mp4")
    const at = bytes.indexOf("mdat") - 4
    const { reads, source } = counted(inserted(bytes, at, emptyBox, 6000))
    assert.isTrue((await readStructure(source)).hasIndex)
    assert.isBelow(reads(), 100)
    const refused = await openVideo(inserted(bytes, at, emptyBox, 100_000)).catch((cause: unknown) => cause)
    assert.propertyVal(refused, "reason", "corrupt")
    assert.include(String(refused), "more than 20000 boxes stand before the part that says where its pictures are")
  })

  it.each(["moov", "trak", "stbl"])("boxes in the movie header are counted too: in %s", async (parent) => {
    const bytes = read("plain.mp4")
    const path = ["moov", "trak", "mdia", "minf", "stbl"]
    const made = inserted(bytes, bytes.indexOf(parent) + 4, emptyBox, 100_000)
    for (const name of path.slice(0, path.indexOf(parent) + 1)) {
      const at = made.indexOf(name) - 4
      made.writeUInt32BE(made.readUInt32BE(at) + 100_000 * emptyBox.byteLength, at)
    }
    const refused = await openVideo(made, { isolate: false }).catch((cause: unknown) => cause)
    assert.propertyVal(refused, "reason", "corrupt")
    assert.include(String(refused), "more than 20000 boxes are in the part that says where its pictures are")
    assert.isFalse(await stripMetadata(new Uint8Array(made)))
  })

  it.each<readonly [string, () => Buffer]>([
    ["boxes of an MP4 file", () => inserted(read("plain.mp4"), 32, emptyBox, 300_000)],
    ["fragments", () => withFragments(50_000)],
    ["chunks of an AVI file", () => aviWithChunks(200_000)],
    ["packets of a transport stream", () => inserted(read("clip.ts"), 1880, nullPacket, 200_000)],
    ["packets of a program stream", () => inserted(read("clip.mpg"), 2048, emptyPadding, 1_000_000)],
    ["extensions of a GIF", () => inserted(read("clip.gif"), read("clip.gif").length - 1, emptyExtension, 1_000_000)],
    [
      "elements of a Matroska file",
      () => inserted(read("clip.mkv"), read("clip.mkv").indexOf("1f43b675", "hex"), emptyElement, 1_000_000)
    ]
  ])("timers run while metadata is removed from very many %s", async (_, make) => {
    const bytes = new Uint8Array(make())
    let turns = 0
    let isDone = false
    const turn = (): void => {
      turns++
      if (!isDone) setImmediate(turn)
    }
    setImmediate(turn)
    assert.isTrue(await stripMetadata(bytes))
    isDone = true
    assert.isAbove(turns, 2)
  })
})
