import { deflateSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { seeded } from "@sightline/fixtures/drawing"
import { FormatError } from "../../src/bytes/format-error.ts"
import { inflate } from "../../src/bytes/inflate.ts"

const random = seeded(7)
const noise = Uint8Array.from({ length: 20_000 }, () => Math.floor(random() * 256))

describe("inflate", () => {
  it("gives back what was deflated, of every length and level, wherever the pieces of input end", () => {
    for (const size of [0, 1, 3, 4080, 4085, 4086, 4087, 4088, 4089, 4090, 4096, 8180, 8192, 20_000]) {
      for (const level of [0, 1, 9]) {
        const source = noise.subarray(0, size)
        assert.deepStrictEqual(
          inflate(deflateSync(source, { level }), 1 << 20),
          source,
          `${size} bytes, level ${level}`
        )
      }
    }
    const zeros = new Uint8Array(300_000)
    assert.deepStrictEqual(inflate(deflateSync(zeros), 1 << 20), zeros)
  })

  it("cuts a bomb at the limit, in bounded time and memory", () => {
    const bomb = deflateSync(new Uint8Array(256 << 20))
    const began = performance.now()
    const before = process.memoryUsage().arrayBuffers
    assert.strictEqual(inflate(bomb, 1 << 20).length, 1 << 20)
    assert.isBelow(performance.now() - began, 2000)
    assert.isBelow(process.memoryUsage().arrayBuffers - before, 64 << 20)
  })

  it("passes over bytes behind the stream", () => {
    const packed = deflateSync(noise.subarray(0, 100))
    assert.deepStrictEqual(inflate(Buffer.concat([packed, noise]), 1 << 20), noise.subarray(0, 100))
  })

  it("refuses what is no stream, and one that is cut short", () => {
    const packed = deflateSync(noise)
    for (const bytes of [new Uint8Array(0), noise, packed.subarray(0, 1), packed.subarray(0, 9000)])
      assert.throws(() => inflate(bytes, 1 << 20), FormatError)
  })
})
