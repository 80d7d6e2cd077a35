/** Audio inputs are known by their first bytes. */
import { assert, describe, it } from "@effect/vitest"
import { freshEngine, poll } from "../support/fresh-engine.ts"

const bytesOf: Readonly<Record<string, string>> = {
  flac: "fLaC\0\0\0\x22",
  aiff: "FORM\0\0\0\x10AIFFCOMM",
  rf64: "RF64\xff\xff\xff\xffWAVEds64",
  wav: "RIFF\x10\0\0\0WAVEfmt ",
  mp3: "ID3\x04\0",
  none: "a text"
}

describe("an audio input", () => {
  it("in FLAC, AIFF or RF64 is accepted and served with its type", async () => {
    await using local = freshEngine()
    const inputs = Object.entries(bytesOf).map(([id, text]) => ({
      id,
      data: { audio: { base64: Buffer.from(text, "latin1").toString("base64") } }
    }))
    await local.ask("POST /v2/inputs", { inputs })
    const { body } = await poll(
      () => local.ask("GET /v2/inputs"),
      ({ body }) =>
        body.inputs.every(({ status }: { status: { code: number } }) => ![30001, 30003].includes(status.code))
    )
    const types: Record<string, unknown> = {}
    for (const { data, id, status } of body.inputs)
      types[id] = status.code === 30000 ? (await local.fetch(data.audio.url)).headers.get("content-type") : status.code
    assert.deepStrictEqual(types, {
      flac: "audio/flac",
      aiff: "audio/aiff",
      rf64: "audio/wav",
      wav: "audio/wav",
      mp3: "audio/mpeg",
      none: 30101
    })
  })
})
