// HDR clips against ffmpeg's own tone mapping.
import { afterAll, assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp from "sharp"
import { decodeFrames } from "../../src/index.ts"
import { toneMap } from "../../src/picture/tone-map.ts"
import { ffmpeg, hasFfmpeg } from "../oracle.ts"

const folder = mkdtempSync(join(tmpdir(), "sightline-hdr-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)

// without halved colours: the two scale those in different ways
const colours = (transfer: string) =>
  `-vf scale=out_color_matrix=bt2020nc:out_range=tv,format=yuv444p10le -color_trc ${transfer} -color_primaries bt2020 -colorspace bt2020nc`.split(
    " "
  )
/** What ffmpeg makes of the first frame, packed RGB. */
const reference = (path: string, peak: number): Buffer =>
  execFileSync(
    "ffmpeg",
    [
      "-v",
      "error",
      "-i",
      path,
      "-frames:v",
      "1",
      "-vf",
      `zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0:peak=${peak},zscale=t=bt709:m=bt709:r=pc,format=rgb24`,
      "-f",
      "rawvideo",
      "-"
    ],
    { maxBuffer: 1 << 26 }
  )

const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length

describe.skipIf(!hasFfmpeg)("an HDR clip", () => {
  const makers: Record<string, readonly [peak: number, ...coding: ReadonlyArray<string>]> = {
    "HLG in HEVC": [10, ..."-c:v libx265 -x265-params log-level=none".split(" "), ...colours("arib-std-b67")],
    "HLG in H.264": [10, "-c:v", "libx264", ...colours("arib-std-b67")],
    "PQ in HEVC": [100, ..."-c:v libx265 -x265-params log-level=none".split(" "), ...colours("smpte2084")],
    "PQ that states its brightest light": [
      10,
      ..."-c:v libx265 -x265-params log-level=none:hdr10=1:max-cll=1000,400:master-display=G(8500,39850)B(6550,2300)R(35400,14600)WP(15635,16450)L(10000000,1)".split(
        " "
      ),
      ...colours("smpte2084")
    ]
  }
  it.each(Object.entries(makers))(
    "%s: as ffmpeg maps it, and the same as JPEG and turned",
    async (name, [peak, ...coding]) => {
      const path = at(`${name.replaceAll(/\W/g, "-")}.mp4`)
      ffmpeg(..."-f lavfi -i testsrc=size=128x96:rate=5:duration=1".split(" "), ...coding, path)
      const expected = reference(path, peak)
      for await (const { bytes } of decodeFrames(readFileSync(path), { form: "rgb" }))
        assert.isBelow(difference(bytes, expected), 3)
      for await (const { bytes } of decodeFrames(readFileSync(path), { quality: 100 }))
        assert.isBelow(difference(await sharp(bytes).raw().toBuffer(), expected), 12) // a JPEG halves its colours
      ffmpeg("-i", path, "-c", "copy", "-metadata:s:v:0", "rotate=180", at("turned.mp4"))
      for await (const { bytes } of decodeFrames(readFileSync(at("turned.mp4")), { form: "rgb" })) {
        const turned = await sharp(bytes, { raw: { width: 128, height: 96, channels: 3 } })
          .rotate(180)
          .raw()
          .toBuffer()
        assert.isBelow(difference(turned, expected), 3)
      }
    }
  )
})

describe("tone mapping", () => {
  it.each(["hlg", "pq"] as const)("%s: keeps the order of greys up to the brightest, and black black", (transfer) => {
    const greys = Uint16Array.from({ length: 64 * 3 }, (_, i) => Math.round((Math.floor(i / 3) / 63) * 65_535))
    const mapped = toneMap(greys, { transfer, wide: true })
    const levels = Array.from({ length: 64 }, (_, i) => mapped[i * 3] ?? 0)
    assert.strictEqual(levels[0], 0)
    assert.isAtLeast(levels[63] ?? 0, 253)
    assert.deepStrictEqual(
      levels,
      levels.toSorted((a, b) => a - b)
    )
    // eight steps of a test chart stay apart
    for (let i = 9; i < 64; i += 9) assert.isAtLeast((levels[i] ?? 0) - (levels[i - 9] ?? 0), 2)
  })
})
