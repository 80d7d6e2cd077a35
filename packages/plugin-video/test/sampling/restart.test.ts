// Recordings put one after the other, as recorders and `cat` make them: what follows the first is not lost without a word.
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { decodeFrames, openVideo, splitVideo } from "../../src/index.ts"
import { stripMetadata } from "../../src/strip/strip-metadata.ts"
import { ffmpeg, hasFfmpeg } from "../oracle.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-restart-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)
const source = (seconds: number) => ["-f", "lavfi", "-i", `testsrc2=size=96x64:rate=25:duration=${seconds}`]
const codings: Readonly<Record<string, string>> = {
  "clip.ts": "-c:v libx264 -preset ultrafast -g 10",
  "clip.mpg": "-c:v mpeg2video -g 10",
  "clip.webm": "-c:v libvpx -g 10"
}

const failure = async (run: () => Promise<unknown>): Promise<unknown> =>
  run().then(
    () => undefined,
    (cause: unknown) => cause
  )

describe.skipIf(!hasFfmpeg)("two recordings in one file", () => {
  beforeAll(() => {
    for (const [name, args] of Object.entries(codings)) {
      ffmpeg(...source(1), ...args.split(" "), at(name))
      ffmpeg(...source(2), ...args.split(" "), at(`long-${name}`))
    }
  }, 60_000)

  it.each(
    Object.keys(codings).flatMap((name) => [
      [name, name],
      [name, `long-${name}`]
    ])
  )("%s and %s: the first is answered, then an error says that times begin again", async (first, second) => {
    const bytes = Buffer.concat([readFileSync(at(first)), readFileSync(at(second))])
    for (const everyMs of [100, 250, 500]) {
      let frames = 0
      const error = await failure(async () => {
        for await (const { timeMs } of decodeFrames(bytes, { everyMs })) frames += Number(timeMs < 950)
      })
      // a search by time may end in the second recording; steps as close as key pictures need none
      assert.isAtLeast(frames, everyMs === 100 ? 10 : 1)
      assert.propertyVal(error, "_tag", "VideoDamaged")
      if (everyMs === 100) assert.include(String(error), "begin again")
    }
  })

  it("one recording is read to its end without an error", async () => {
    for (const name of Object.keys(codings)) {
      let frames = 0
      for await (const { timeMs } of decodeFrames(readFileSync(at(`long-${name}`)), { everyMs: 250 }))
        frames += Number(timeMs >= 0)
      assert.strictEqual(frames, 8, name)
    }
  })

  it("is split up to where the second begins, and says why it ends", async () => {
    const bytes = Buffer.concat([readFileSync(at("clip.ts")), readFileSync(at("clip.ts"))])
    const video = await openVideo(bytes)
    let pictures = 0
    const error = await failure(async () => {
      for await (const part of splitVideo(video, { bytes: 1e7, ms: 600 })) pictures += part.pictures
    })
    await video.close()
    assert.strictEqual(pictures, 25)
    assert.propertyVal(error, "_tag", "VideoDamaged")
    assert.include(String(error), "begin again")
  })

  it("keeps the second when metadata is removed, or is refused", async () => {
    const one = readFileSync(at("clip.webm"))
    assert.isTrue(await stripMetadata(new Uint8Array(one)))
    assert.isFalse(await stripMetadata(new Uint8Array(Buffer.concat([one, one]))))
  })
})
