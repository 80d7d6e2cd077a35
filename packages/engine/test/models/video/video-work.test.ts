/** Videos on a busy machine, and videos that are nothing but work: limits count work, not waiting. */
import { readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { dataBytes, hasData } from "@sightline/fixtures"
import { ofVideo, withClassifier } from "../../support/video-files.ts"
import { flatGif } from "../../support/flat-gif.ts"
import { processorMs } from "../../../../platform/src/processes/work-clock.ts"

/** The process that decodes for this one. */
const decoderPid = (): number => {
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, "latin1"))?.[1]
      const command = readFileSync(`/proc/${name}/cmdline`, "latin1")
      if (Number(parent) === process.pid && command.includes("video-program")) return Number(name)
    } catch {
      // it ended while it was looked at
    }
  }
  throw new Error("there is no decoder")
}

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms))

describe.skipIf(process.platform !== "linux" || !hasData("video"))("a video on a busy machine", () => {
  it("is answered though its decoder waits far longer for a processor than it may work", async () => {
    await using local = withClassifier({ limits: { decodeTimeoutMs: 1000 } })
    const bytes = dataBytes("video", "clarifai-sample_h264_no-audio.mp4")
    const ask = () => local.ask("POST /v2/models/tiny/outputs", ofVideo(bytes, { sample_ms: 100 }))
    const calm = await ask()
    const pid = decoderPid()
    const before = processorMs(pid) ?? 0
    const state = { answered: false }
    const asked = ask().finally(() => {
      state.answered = true
    })
    while (!state.answered && (processorMs(pid) ?? 0) < before + 50) await wait(5)
    process.kill(pid, "SIGSTOP")
    assert.isFalse(state.answered, "it is in the middle of the video")
    await wait(4000)
    process.kill(pid, "SIGCONT")
    const { body, http } = await asked
    assert.strictEqual(http, 200)
    assert.strictEqual(body.outputs[0].data.frames.length, calm.body.outputs[0].data.frames.length)
  })
})

describe("a small file that decodes to far more than it should", () => {
  it("is ended when it has worked for its limit, and the next video is decoded", { timeout: 120_000 }, async () => {
    await using local = withClassifier({ limits: { decodeTimeoutMs: 300 } })
    // a second of a hundred pictures of 16 megapixels in a few hundred kilobytes: far more than a second of work
    const bomb = flatGif(4000, 4000, 100)
    assert.isBelow(bomb.byteLength, 1_000_000)
    const ended = await local.ask("POST /v2/models/tiny/outputs", ofVideo(bomb, { sample_ms: 1000 }))
    assert.strictEqual(ended.body.status.code, 30002)
    assert.match(ended.body.status.details, /takes too long/)
    const next = await local.ask("POST /v2/models/tiny/outputs", ofVideo(flatGif(40, 40, 100), { sample_ms: 500 }))
    assert.strictEqual(next.body.outputs[0].data.frames.length, 2)
  })
})
