// A program without the optional package node-av.
import { afterAll, assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { ffmpeg, hasFfmpeg } from "../oracle.ts"

const folder = mkdtempSync(join(import.meta.dirname, ".without-node-av-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)

/** Imports of node-av fail as they do where it is not installed. */
const hooks = `
import { registerHooks } from "node:module"
registerHooks({
  resolve(name, context, next) {
    if (!name.startsWith("node-av")) return next(name, context)
    throw Object.assign(new Error("Cannot find package 'node-av' imported from " + context.parentURL), { code: "ERR_MODULE_NOT_FOUND" })
  }
})`

const door = pathToFileURL(join(import.meta.dirname, "../../src/index.ts")).href

const program = `
import { models, sightline } from "@sightline/core"
import { fakeConnection } from "@sightline/core/testing"
import { readFileSync } from "node:fs"
import { Decoder, decodeFrames, openVideo, splitVideo, video } from "${door}"

const ok = { code: 10000, description: "Ok" }
const [mp4, avi] = process.argv.slice(2).map((path) => readFileSync(path))
const failure = async (work) => work().then(() => undefined, (error) => ({ tag: error._tag, reason: error.reason, message: error.message }))
const decode = async (bytes) => {
  for await (const _ of decodeFrames(bytes, { isolate: false }));
}
const sent = async (bytes) => {
  const connection = fakeConnection(async () => ({ status: ok, outputs: [{ id: "o", status: ok, data: { frames: [] } }] }))
  const app = sightline(connection).use(video({ decoder: Decoder.layerInProcess }))
  await app.video(bytes).predict(models.general).run()
  return Object.keys(connection.calls[0].body.inputs[0].data)
}
const opened = await openVideo(mp4, { isolate: false })
let parts = 0
for await (const _ of splitVideo(opened, { bytes: 1e7, ms: 1000 })) parts++
console.log(JSON.stringify({ mp4: await failure(() => decode(mp4)), avi: await failure(() => decode(avi)), parts, whole: [await sent(mp4), await sent(avi)] }))
`

describe.skipIf(!hasFfmpeg)("without node-av", () => {
  it("clips are split and sent whole; decoding says what to install", () => {
    const pattern = ["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=10:duration=3"]
    ffmpeg(...pattern, "-c:v", "libx264", "-g", "10", at("clip.mp4"))
    ffmpeg(...pattern, "-c:v", "mpeg4", at("clip.avi"))
    writeFileSync(at("hooks.mjs"), hooks)
    writeFileSync(at("program.mjs"), program)
    const output = execFileSync(
      process.execPath,
      [
        "--no-warnings",
        "--import",
        pathToFileURL(at("hooks.mjs")).href,
        at("program.mjs"),
        at("clip.mp4"),
        at("clip.avi")
      ],
      { encoding: "utf8" }
    )
    const { avi, mp4, parts, whole }: Record<string, unknown> = JSON.parse(output)
    for (const error of [mp4, avi]) {
      assert.propertyVal(error, "reason", "no-decoder")
      assert.match(String(Object(error).message), /npm install node-av/)
    }
    assert.strictEqual(parts, 3)
    assert.deepStrictEqual(whole, [["video"], ["video"]])
  })
})
