/** Small media with nothing in them, to check that a model answers. */
import { crc32, deflateSync } from "node:zlib"

const side = 64

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const whole = Buffer.alloc(body.length + 8)
  whole.writeUInt32BE(data.length)
  body.copy(whole, 4)
  whole.writeUInt32BE(crc32(body), body.length + 4)
  return whole
}

/** A grey PNG of 64 × 64 pixels. */
export const neutralImage = (): Uint8Array => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header.set([8, 2, 0, 0, 0], 8) // 8 bits, RGB
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(side * 3, 128)])
  const pixels = Buffer.concat(Array.from({ length: side }, () => row))
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1")
  return new Uint8Array(
    Buffer.concat([
      signature,
      chunk("IHDR", header),
      chunk("IDAT", deflateSync(pixels)),
      chunk("IEND", Buffer.alloc(0))
    ])
  )
}

const sampleRate = 16_000

/** Half a second of silence as a WAV file: 16 kHz, mono, 16 bits. */
export const neutralSound = (): Uint8Array => {
  const samples = sampleRate / 2
  const file = Buffer.alloc(44 + samples * 2)
  file.write("RIFF", 0, "latin1")
  file.writeUInt32LE(file.length - 8, 4)
  file.write("WAVEfmt ", 8, "latin1")
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(sampleRate, 24)
  file.writeUInt32LE(sampleRate * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write("data", 36, "latin1")
  file.writeUInt32LE(samples * 2, 40)
  return new Uint8Array(file)
}
