import { assert, describe, it } from "vitest"
import { readMetadata } from "../../src/index.ts"

const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
const said = (bytes: Uint8Array) => {
  const read = readMetadata(bytes)
  return read.ok ? "" : read.error.message
}

describe("what is no picture", () => {
  it("is named, with the way to send it", () => {
    assert.include(said(bytesOf("\0\0\0\u0018ftypisom\0\0\0\0")), "it is a video (video/mp4): start with app.video(..)")
    assert.include(said(bytesOf("RIFF\0\0\0\0WAVEfmt ")), "it is sound (audio/wav): start with app.audio(..)")
  })
  it("is refused by its first bytes where it is not", () => {
    assert.include(said(bytesOf("hello")), "first bytes are those of no known image format; send JPEG")
    assert.include(said(new Uint8Array()), "it is empty")
  })
})
