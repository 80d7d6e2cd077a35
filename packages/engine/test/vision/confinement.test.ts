/** Processes that decode or run models may read their code and what they are given, and nothing else. */
import { assert, describe, it } from "@effect/vitest"
import { dataBytes, hasData } from "@sightline/fixtures"
import { childCommands } from "@sightline/fixtures/child-commands"
import { addDrawn, freshEngine, poll } from "../support/fresh-engine.ts"
import { drawBase64 } from "../support/draw-picture.ts"
import { ofVideo, withClassifier } from "../support/video-files.ts"

const assertConfined = (program: string): void => {
  const commands = childCommands(program)
  assert.isAbove(commands.length, 0, program)
  for (const command of commands) {
    assert.include(command, "--permission")
    assert.notMatch(command, /--allow-(child-process|worker|fs-write|wasi)/)
    assert.notInclude(command, "--allow-fs-read=* ")
  }
}

describe.skipIf(process.platform !== "linux")("processes of the engine are confined", () => {
  it("when they decode images", async () => {
    await using local = freshEngine()
    await addDrawn(local.fetch, ["down"], 1)
    const { body } = await poll(
      () => local.ask("GET /v2/inputs/down-0"),
      ({ body }) => ![30001, 30003].includes(body.input.status.code)
    )
    assert.strictEqual(body.input.status.code, 30000)
    assertConfined("decode-program")
  })

  it("when they run models, and decode videos", { timeout: 60_000 }, async () => {
    await using local = withClassifier()
    const image = { data: { image: { base64: await drawBase64("down", 1) } } }
    const predicted = await local.ask("POST /v2/models/tiny/outputs", { inputs: [image] })
    assert.strictEqual(predicted.body.status.code, 10000)
    assertConfined("model-program")
    if (!hasData("video")) return
    const bytes = dataBytes("video", "clarifai-sample_h264_no-audio.mp4")
    const frames = await local.ask("POST /v2/models/tiny/outputs", ofVideo(bytes, { sample_ms: 1000 }))
    assert.strictEqual(frames.body.status.code, 10000, JSON.stringify(frames.body.status))
    assertConfined("video-program")
  })
})
