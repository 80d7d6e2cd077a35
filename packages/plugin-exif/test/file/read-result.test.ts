import { assert, describe, it } from "vitest"
import { readMetadata } from "../../src/index.ts"

const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
const said = (bytes: Uint8Array) => {
  const read = readMetadata(bytes)
  return read.ok ? "" : read.error.message
}

describe("bytes that are not an image", () => {
  it("are named if they are other media, with the way to send them", () => {
    assert.include(said(bytesOf("\0\0\0\u0018ftypisom\0\0\0\0")), "it is a video (video/mp4): start with app.video(..)")
    assert.include(said(bytesOf("RIFF\0\0\0\0WAVEfmt ")), "it is sound (audio/wav): start with app.audio(..)")
  })
  it("are refused by their first bytes", () => {
    assert.include(said(bytesOf("hello")), "first bytes are those of no known image format; send JPEG")
    assert.include(said(new Uint8Array()), "it is empty")
  })
})
