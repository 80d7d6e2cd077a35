// Files made to hang or exhaust their reader: deadlines hold, the event loop stays free, errors are typed.
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { models, sightline } from "@sightline/core"
import { childCommands } from "@sightline/fixtures/child-commands"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Stream } from "effect"
import { isVideoError } from "../../src/errors.ts"
import { Decoder, decodeFrames, type DecodeOptions, openVideo, sampleFrames, video } from "../../src/index.ts"
import { ffmpeg, hasFfmpeg } from "../oracle.ts"
import { service } from "../service.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-isolation-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The longest time that the event loop was blocked while `work` ran, in milliseconds. */
const loopGapMs = async (work: () => Promise<void>): Promise<number> => {
  let longest = 0
  let last = performance.now()
  const tick = () => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }
  const timer = setInterval(tick, 5)
  await work()
  tick()
  clearInterval(timer)
  return longest
}

const outcome = async (bytes: Uint8Array, options: DecodeOptions) => {
  let frames = 0
  try {
    for await (const _ of decodeFrames(bytes, { maxSide: 16, ...options })) frames++
    return { frames, error: undefined }
  } catch (error) {
    return { frames, error }
  }
}

let mp4 = Buffer.alloc(0)
let webm = Buffer.alloc(0)

beforeAll(() => {
  if (!hasFfmpeg) return
  const two = ["-f", "lavfi", "-i", "color=red:s=16x16:r=1:d=2"]
  ffmpeg(...two, "-c:v", "libx264", "-preset", "ultrafast", "-movflags", "+faststart", join(folder, "two.mp4"))
  ffmpeg("-f", "lavfi", "-i", "color=red:s=16x16:r=10:d=2", "-c:v", "libvpx", "-g", "5", join(folder, "base.webm"))
  mp4 = readFileSync(join(folder, "two.mp4"))
  webm = readFileSync(join(folder, "base.webm"))
})

/** Two pictures, the second one `gap` seconds after the first. */
const withGap = (gap: number): Buffer => {
  const bytes = Buffer.from(mp4)
  const at = (name: string) => bytes.indexOf(name)
  bytes.writeUInt32BE(2, at("stts") + 12)
  bytes.writeUInt32BE(gap, at("stts") + 16)
  bytes.writeUInt32BE(1, at("mdhd") + 16)
  bytes.writeUInt32BE(gap * 2, at("mdhd") + 20)
  bytes.write("free", at("edts"))
  return bytes
}

const idOf = (id: string) => Buffer.from(id, "hex")
/** The headers of a WebM file, with 1.2 MB of something else in place of its clusters. */
const withClusters = (fill: string | number): Buffer => {
  const head = webm.subarray(0, webm.indexOf(idOf("1f43b675")))
  return Buffer.concat([
    head,
    typeof fill === "number" ? Buffer.alloc(1_200_000, fill) : Buffer.alloc(1_200_000, idOf(fill))
  ])
}

/** What is wrong with each file, and how it is made. */
const hostile: Record<string, () => Uint8Array> = {
  "an MP4 with a picture shown for 68 years": () => withGap(0x7fffffff),
  "an MP4 with a picture shown for ten days": () => withGap(864_000),
  "a WebM of zeros": () => withClusters(0),
  "a WebM of ones": () => withClusters(0xff),
  "a WebM of empty elements": () => withClusters("ec80"),
  "a WebM of clusters without pictures": () => withClusters("1f43b67583e78100"),
  "a WebM of clusters of unknown size": () => withClusters("1f43b67501ffffffffffffffe78100"),
  "a WebM of pictures that do not decode": () => withClusters("1f43b6758ae78100a3858100008010"),
  "a WebM that ends inside of each element": () => withClusters("a3ffa3ff")
}

describe.skipIf(!hasFfmpeg)("a hostile file", () => {
  it.each(Object.entries(hostile))(
    "%s ends by its deadline, with the event loop free and a typed error or the signal's reason",
    async (_, make) => {
      const signal = AbortSignal.timeout(3000)
      const startMs = performance.now()
      const gapMs = await loopGapMs(async () => {
        const { error } = await outcome(make(), { everyMs: 100, signal })
        assert.isTrue(error === undefined || isVideoError(error) || error === signal.reason, String(error))
      })
      assert.isBelow(performance.now() - startMs, 10_000)
      assert.isBelow(gapMs, 1000) // 300 on a machine that does nothing else
    }
  )
  it("that its demuxer never finishes with ends without a deadline too", { timeout: 120_000 }, async () => {
    const { error } = await outcome(withClusters(0), {})
    assert.propertyVal(error, "_tag", "VideoTooLarge")
    assert.propertyVal(error, "limit", "work")
  })
  it("takes no more memory than it may", async () => {
    const { error } = await outcome(mp4, { memoryMiB: 1 })
    assert.propertyVal(error, "limit", "memory")
  })
  it("ends a chain by its timeout", async () => {
    const app = sightline(service()).use(video({ predict: "local" }))
    const startMs = performance.now()
    const result = await app.video(withClusters(0)).predict(models.general).result({ timeoutMs: 1000 })
    assert.isFalse(result.ok)
    assert.isBelow(performance.now() - startMs, 5000)
  })
  it("ends an interrupted stream of the service", async () => {
    const work = Effect.gen(function* () {
      const decoder = yield* Decoder
      const opened = yield* decoder.open(withGap(864_000))
      const all = { kind: "every", everyMs: 100, fromMs: 0, toMs: Infinity } as const
      yield* Stream.runDrain(decoder.frames(opened, all, { render: { form: "jpeg", quality: 50 } }))
    })
    const startMs = performance.now()
    const result = await Effect.runPromise(
      Effect.scoped(work).pipe(Effect.provide(Decoder.layer), Effect.timeoutOption("1 second"))
    )
    assert.strictEqual(result._tag, "None")
    assert.isBelow(performance.now() - startMs, 5000)
  })
  it("decoded in this process obeys the signal between pieces of work", async () => {
    const stop = new AbortController()
    const frames = decodeFrames(withGap(864_000), { everyMs: 100, maxSide: 16, isolate: false, signal: stop.signal })
    let seen = 0
    const drain = async () => {
      for await (const _ of frames) if (seen++ === 0) setTimeout(() => stop.abort(new Error("enough")), 100)
    }
    const error = await drain().catch((cause: unknown) => cause)
    assert.strictEqual(error, stop.signal.reason)
    assert.isAbove(seen, 0)
  })
})

describe.skipIf(!hasFfmpeg)("a decoder process", () => {
  it.skipIf(process.platform !== "linux")(
    "may read its code, and may not write, start programs or use threads",
    async () => {
      const opened = await openVideo(mp4)
      const all = { kind: "every", everyMs: 500, fromMs: 0, toMs: Infinity } as const
      let frames = 0
      for await (const _ of sampleFrames(opened, all, { render: { form: "jpeg", quality: 50 } })) frames++
      const commands = childCommands("decoder-program")
      await opened.close()
      assert.strictEqual(frames, 4)
      assert.isAbove(commands.length, 0)
      for (const command of commands) {
        assert.include(command, "--permission")
        assert.notMatch(command, /--allow-(child-process|worker|fs-write|wasi|net)/)
        assert.notInclude(command, "--allow-fs-read=* ")
        assert.notInclude(command, `--allow-fs-read=${tmpdir()} `)
      }
    }
  )
  it("shows two selections of one video at once", async () => {
    const opened = await openVideo(mp4)
    const render = { form: "jpeg", quality: 50 } as const
    const times = async (everyMs: number) => {
      const found: Array<number> = []
      const all = { kind: "every", everyMs, fromMs: 0, toMs: Infinity } as const
      for await (const { timeMs } of sampleFrames(opened, all, { render })) found.push(timeMs)
      return found
    }
    const [fine, coarse] = await Promise.all([times(500), times(1000)])
    await opened.close()
    assert.deepStrictEqual(fine, [0, 500, 1000, 1500])
    assert.deepStrictEqual(coarse, [0, 1000])
  })
  it("is used again after a video that cannot be read", async () => {
    for (let i = 0; i < 12; i++) {
      const { error } = await outcome(
        Uint8Array.from({ length: 5000 }, (_, at) => (at * 7919) % 251),
        {}
      )
      assert.propertyVal(error, "reason", "not-a-video")
    }
  })
})
