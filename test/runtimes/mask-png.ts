/** A picture of two pixels, black and white, as PNG in base64. */
import { crc32, deflateSync } from "node:zlib"

const chunk = (name: string, data: Uint8Array): Buffer => {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

export const maskPng: string = Buffer.concat([
  Buffer.from("89504e470d0a1a0a", "hex"),
  chunk("IHDR", Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 1, 8, 0, 0, 0, 0)),
  chunk("IDAT", deflateSync(Uint8Array.of(0, 0, 255))),
  chunk("IEND", new Uint8Array())
]).toString("base64")
