// Cases beside the test data: small clips that once failed, with what is right.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { models, sightline } from "@sightline/core"
import { dataRoot } from "@sightline/fixtures"
import { decodeFrames, type Frame, openVideo, splitVideo, video } from "../../src/index.ts"
import { bodyOf, service } from "../service.ts"

interface Case {
  readonly input: { readonly file: string }
  readonly expect: {
    readonly timesMs?: ReadonlyArray<number>
    readonly frameTimesMs?: ReadonlyArray<number>
    readonly toleranceMs?: number
    readonly size?: readonly [number, number]
    readonly splitPictures?: number
    readonly error?: null | { readonly _tag: string; readonly mentions: string }
    readonly levels?: { readonly lastTwoDifferBy: number }
    readonly sent?: { readonly mustNotContainText: ReadonlyArray<string> }
  }
}

const folder = resolve(dataRoot, "../cases/media")
const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^(hlg|interlaced|mp4|ts)-/.test(name)) : []
if (names.length === 0) console.warn("skipped: no shared cases beside the test data")

const read = (name: string) => {
  // The files of one set, all of this shape.
  const { expect, input } = JSON.parse(readFileSync(join(folder, name, "case.json"), "utf8")) as Case
  return { expect, bytes: new Uint8Array(readFileSync(join(folder, name, input.file))) }
}

const shown = async (bytes: Uint8Array, everyMs: number) => {
  const frames: Array<Frame> = []
  try {
    for await (const frame of decodeFrames(bytes, { everyMs, form: "rgb" })) frames.push(frame)
    return { frames, error: undefined }
  } catch (error) {
    return { frames, error }
  }
}

/** Grey levels of eight fields, left to right. */
const levelsOf = ({ bytes, width }: Frame) =>
  Array.from({ length: 8 }, (_, i) => bytes[(32 * width + 8 + 16 * i) * 3] ?? 0)

const picturesOf = async (bytes: Uint8Array): Promise<number> => {
  const opened = await openVideo(bytes)
  let pictures = 0
  try {
    for await (const part of splitVideo(opened, { bytes: 1e7, ms: 6e5 })) pictures += part.pictures
  } finally {
    await opened.close()
  }
  return pictures
}

describe.skipIf(names.length === 0)("shared cases", () => {
  it.each(names)("%s: frames, parts and what is sent are as expected", { timeout: 120_000 }, async (name) => {
    const { bytes, expect } = read(name)
    const { error, frames } = await shown(bytes, expect.levels === undefined ? 250 : 1000)
    if (expect.error) {
      for (const thrown of [error, await picturesOf(bytes).catch((cause: unknown) => cause)]) {
        assert.propertyVal(thrown, "_tag", expect.error._tag)
        assert.include(String(thrown), expect.error.mentions)
      }
      return
    }
    assert.isUndefined(error)
    if (expect.timesMs !== undefined) {
      assert.deepStrictEqual(
        frames.map(({ timeMs }) => timeMs),
        [...expect.timesMs]
      )
      const app = sightline(service()).use(video({ predict: "local" }))
      const answer = await app.video(bytes).sampleEvery({ ms: 250 }).predict(models.general).run()
      assert.deepStrictEqual(
        answer.frames.map(({ timeMs }) => timeMs),
        [...expect.timesMs]
      )
    }
    expect.frameTimesMs?.forEach((timeMs, i) =>
      assert.approximately(frames[i]?.frameTimeMs ?? -1, timeMs, expect.toleranceMs ?? 1)
    )
    if (expect.size !== undefined)
      for (const { height, width } of frames) assert.deepStrictEqual([width, height], [...expect.size])
    if (expect.splitPictures !== undefined) assert.strictEqual(await picturesOf(bytes), expect.splitPictures)
    if (expect.levels !== undefined && frames[0] !== undefined) {
      const levels = levelsOf(frames[0])
      levels.forEach((level, i) => assert.isTrue(i === 0 || level > (levels[i - 1] ?? 0), levels.join(" ")))
      assert.isAtLeast((levels[7] ?? 0) - (levels[6] ?? 0), expect.levels.lastTwoDifferBy)
    }
    if (expect.sent !== undefined) {
      const connection = service()
      await sightline(connection)
        .use(video({ predict: "remote" }))
        .video(bytes)
        .predict(models.general)
        .run()
      const sent = Buffer.from(
        connection.calls.map((call) => bodyOf(call).inputs[0]?.data.video?.base64 ?? "").join(""),
        "base64"
      )
      assert.isAbove(sent.byteLength, 0)
      for (const text of expect.sent.mustNotContainText) assert.isFalse(sent.includes(text))
    }
  })
})
