// Clips with a position, a camera and names in them, in every container: nothing of it is left, and pictures stay as they are.
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { models, sightline } from "@sightline/core"
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { video } from "../../src/index.ts"
import { stripMetadata } from "../../src/strip/strip-metadata.ts"
import { ffmpeg, hasFfmpeg } from "../oracle.ts"
import { bodyOf, service } from "../service.ts"

const hasExiftool = spawnSync("exiftool", ["-ver"]).status === 0
if (!hasExiftool) console.warn("skipped: no exiftool command (apt-get install libimage-exiftool-perl)")

const folder = mkdtempSync(join(tmpdir(), "sightline-strip-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)

/** A word that stands in every private field; and the position, as cameras write it. */
const secret = "Secretcam"
const position = "+55.6761+012.5683/"
const picture = ["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=2"]
const sound = ["-f", "lavfi", "-i", "sine=duration=2"]
const h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10"]
const named = [
  ..."title artist comment make model software description synopsis encoder"
    .split(" ")
    .flatMap((key) => ["-metadata", `${key}=${secret}`]),
  ..."location location-eng com.apple.quicktime.location.ISO6709"
    .split(" ")
    .flatMap((key) => ["-metadata", `${key}=${position}`]),
  ..."com.apple.quicktime.make com.apple.quicktime.model"
    .split(" ")
    .flatMap((key) => ["-metadata", `${key}=${secret}`]),
  "-metadata",
  "creation_time=2024-06-01T12:34:56Z",
  "-metadata:s:v",
  `handler_name=${secret}`,
  "-metadata:s:v",
  `title=${secret}`,
  "-metadata:s:v",
  `encoder=${secret}`
]
const exif = (path: string, ...more: ReadonlyArray<string>) =>
  execFileSync("exiftool", ["-q", "-overwrite_original", "-api", "LargeFileSupport=1", ...more, path])

const subtitles = () => {
  writeFileSync(at("gps.srt"), `1\n00:00:00,000 --> 00:00:02,000\n${secret} GPS ${position}\n`)
  return ["-i", at("gps.srt")]
}

const makers: Record<string, (out: string) => void> = {
  "phone.mp4": (out) => {
    ffmpeg(...picture, ...sound, ...h264, "-c:a", "aac", ...named, out)
    exif(
      out,
      `-Keys:GPSCoordinates=55.6761, 12.5683`,
      `-UserData:GPSCoordinates=55.6761, 12.5683`,
      `-XMP:Creator=${secret}`,
      `-ItemList:Title=${secret}`
    )
  },
  "phone.mov": (out) => {
    ffmpeg(
      ...picture,
      ...sound,
      ...h264,
      "-c:a",
      "pcm_s16le",
      ...named,
      "-movflags",
      "use_metadata_tags",
      "-timecode",
      "12:34:56:00",
      out
    )
    exif(out, `-Keys:GPSCoordinates=55.6761, 12.5683`, `-Keys:Make=${secret}`, `-XMP:Model=${secret}`)
  },
  "header-first.mp4": (out) =>
    ffmpeg(...picture, ...sound, ...h264, "-c:a", "aac", ...named, "-movflags", "+faststart", out),
  "subtitles-with-positions.mp4": (out) =>
    ffmpeg(
      ...picture,
      ...sound,
      ...subtitles(),
      ...h264,
      ..."-map 0 -map 1 -map 2 -c:a aac -c:s mov_text".split(" "),
      ...named,
      out
    ),
  "fragments.mp4": (out) => {
    const inputs = [...picture, ...sound, ...subtitles(), ..."-map 0 -map 1 -map 2 -c:a aac -c:s mov_text".split(" ")]
    ffmpeg(...inputs, ...h264, ...named, "-movflags", "frag_keyframe+empty_moov+default_base_moof", out)
  },
  "trailer-of-a-camera.mp4": (out) => {
    ffmpeg(...picture, ...h264, ...named, at("whole.mp4"))
    const bytes = readFileSync(at("whole.mp4"))
    const data = bytes.indexOf("mdat") - 4
    const box = Buffer.concat([
      Buffer.from([0, 0, 0, 40]),
      Buffer.from("GPRM"),
      Buffer.from(`${secret}${position}`.padEnd(32))
    ])
    writeFileSync(
      out,
      Buffer.concat([
        bytes.subarray(0, data),
        bytes.subarray(data),
        box,
        Buffer.from([0, 0, 0, 3]),
        Buffer.from(`${secret}${position}`)
      ])
    )
  },
  "clip.mkv": (out) => {
    writeFileSync(at("note.txt"), `${secret} ${position}`)
    const inputs = [...picture, ...sound, ...subtitles(), ..."-map 0 -map 1 -map 2 -c:a aac -c:s srt".split(" ")]
    ffmpeg(...inputs, ...h264, ...named, "-attach", at("note.txt"), "-metadata:s:t", "mimetype=text/plain", out)
  },
  "clip.webm": (out) => ffmpeg(...picture, ...sound, "-c:v", "libvpx", "-c:a", "libvorbis", ...named, out),
  "live.webm": (out) => ffmpeg(...picture, "-c:v", "libvpx", ...named, "-live", "1", "-f", "webm", out),
  "stream.ts": (out) => {
    const camera = "17ee8c60-f84d-11d9-8cd6-0800200c9a66+MDPM"
    const names = ["-metadata", `service_name=${secret}`, "-metadata", `service_provider=${secret}`]
    ffmpeg(
      ...picture,
      ...sound,
      ...h264,
      "-c:a",
      "aac",
      ...names,
      "-bsf:v",
      `h264_metadata=sei_user_data=${camera}${secret}${position}`,
      out
    )
  },
  "camcorder.m2ts": (out) =>
    ffmpeg(...picture, ...h264, "-metadata", `service_name=${secret}`, "-mpegts_m2ts_mode", "1", "-f", "mpegts", out),
  "clip.avi": (out) => {
    ffmpeg(...picture, ...sound, "-c:v", "mpeg4", "-c:a", "mp3", ...named, out)
    const bytes = readFileSync(out)
    writeFileSync(
      out,
      Buffer.concat([
        bytes,
        Buffer.from("nctg"),
        Buffer.from([40, 0, 0, 0]),
        Buffer.from(`${secret}${position}`.padEnd(40))
      ])
    )
  },
  "clip.gif": (out) => {
    ffmpeg(...picture.slice(0, 3), "testsrc2=size=32x32:rate=5:duration=1", out)
    exif(out, `-Comment=${secret} ${position}`)
  }
}

/** Hashes of the sounds and pictures of a file: as they are coded, or decoded where metadata is coded with them. */
const hashes = (path: string): string => {
  const pictures = /\.(ts|gif)$/.test(path) ? "rawvideo" : "copy"
  const args = `-map 0:v -map 0:a? -c:v ${pictures} -c:a copy -f streamhash -hash md5 -`.split(" ")
  return execFileSync("ffmpeg", ["-v", "error", "-i", path, ...args]).toString()
}

/** What exiftool says of a file, embedded streams included. */
const reported = (path: string): string =>
  execFileSync("exiftool", ["-ee3", "-a", "-u", "-G1", "-s", "-api", "LargeFileSupport=1", path]).toString()

describe.skipIf(!hasFfmpeg || !hasExiftool)("a clip with private metadata", () => {
  beforeAll(() => {
    for (const [name, make] of Object.entries(makers)) make(at(name))
  }, 120_000)

  it.each(Object.keys(makers))("%s: nothing private is left, and no picture or sound changes", async (name) => {
    const before = readFileSync(at(name))
    assert.isTrue(before.includes(secret) || before.includes(position), "the clip has something to lose")
    const bytes = new Uint8Array(before)
    assert.isTrue(await stripMetadata(bytes))
    assert.strictEqual(bytes.byteLength, before.byteLength)
    const after = at(`stripped-${name}`)
    writeFileSync(after, bytes)
    assert.notInclude(Buffer.from(bytes).toString("latin1"), secret)
    assert.notInclude(Buffer.from(bytes).toString("latin1"), "+55.67")
    assert.strictEqual(hashes(after), hashes(at(name)))
    const report = reported(after)
    assert.notMatch(report, /GPS|Make\b|Model\b|Secretcam|Creator|2024:06:01|Lavf|Lavc|Author|Title|Artist|Software/)
  })

  it("goes to the service without it, whole and in parts, and the plan says so", async () => {
    for (const name of ["phone.mp4", "phone.mov", "fragments.mp4", "clip.mkv"])
      for (const maxVideoMs of [600_000, 1000]) {
        const connection = service({ limits: { maxVideoMs } })
        const app = sightline(connection).use(video({ predict: "remote" }))
        const chain = app.video(readFileSync(at(name))).predict(models.general)
        const plan = await chain.plan()
        if (maxVideoMs > 1000) assert.include(plan.notes.join(), "without its metadata")
        await chain.run()
        assert.isNotEmpty(connection.calls)
        for (const call of connection.calls) {
          const sent = Buffer.from(bodyOf(call).inputs[0]?.data.video?.base64 ?? "", "base64")
          assert.isNotEmpty(sent)
          assert.notInclude(sent.toString("latin1"), secret, name)
          assert.notInclude(sent.toString("latin1"), "+55.67", name)
        }
      }
  })

  it("leaves the caller's bytes as they are", async () => {
    const given = readFileSync(at("phone.mp4"))
    const before = Buffer.from(given)
    await sightline(service())
      .use(video({ predict: "remote" }))
      .video(given)
      .predict(models.general)
      .run()
    assert.isTrue(given.equals(before))
  })

  it("goes byte for byte if the metadata is to stay", async () => {
    const given = readFileSync(at("phone.mp4"))
    const connection = service()
    await sightline(connection)
      .use(video({ predict: "remote", strip: false }))
      .video(given)
      .predict(models.general)
      .run()
    const sent = bodyOf(connection.calls[0] ?? assert.fail("no call")).inputs[0]?.data.video?.base64
    assert.strictEqual(sent, given.toString("base64"))
  })

  it("in a container whose metadata is not known is decoded here, or refused if it may not be", async () => {
    ffmpeg(...picture, "-c:v", "wmv2", ...named, at("clip.wmv"))
    const given = readFileSync(at("clip.wmv"))
    const connection = service()
    await sightline(connection).use(video()).video(given).predict(models.general).run()
    assert.isTrue(connection.calls.every((call) => bodyOf(call).inputs.every(({ data }) => data.image !== undefined)))
    const app = sightline(service()).use(video({ predict: "remote" }))
    const result = await app.video(given).predict(models.general).result()
    assert.propertyVal(result.ok ? undefined : result.error, "reason", "metadata")
  })

  it("that lies in any byte of its header ends stripped or refused", async () => {
    const bytes = readFileSync(at("header-first.mp4"))
    for (let i = 0; i < 1500; i += 3)
      for (const value of [0, 255]) {
        const changed = new Uint8Array(bytes)
        changed[i] = value
        assert.isBoolean(await stripMetadata(changed))
      }
  })
})
