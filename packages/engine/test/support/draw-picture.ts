/** Pictures that tests draw themselves: seeded, small, of two or more kinds that a head can tell apart. */
import sharp from "sharp"

/** A small seeded generator (mulberry32), so that a failing test fails again. */
export const seeded = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** What can be drawn: stripes across, stripes down, or blobs. */
export type Motif = "across" | "down" | "blobs"

/** A noisy 64 × 64 PNG of a motif in colours of its own. */
export const drawPicture = async (motif: Motif, seed: number): Promise<Uint8Array> => {
  const random = seeded(seed * 7 + motif.length)
  const size = 64
  const period = 6 + random() * 6
  const phase = random() * period
  const tint = [random(), random(), random()]
  const [centerX, centerY] = [16 + random() * 32, 16 + random() * 32]
  const pixels = new Uint8Array(size * size * 3)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const wave =
        motif === "across"
          ? Math.sin(((y + phase) / period) * 2 * Math.PI)
          : motif === "down"
            ? Math.sin(((x + phase) / period) * 2 * Math.PI)
            : Math.hypot(x - centerX, y - centerY) < 14
              ? 1
              : -1
      for (let channel = 0; channel < 3; channel++) {
        const value = 128 + wave * 70 * (0.5 + (tint[channel] ?? 0) / 2) + (random() - 0.5) * 40
        pixels[(y * size + x) * 3 + channel] = Math.max(0, Math.min(255, value))
      }
    }
  }
  return new Uint8Array(
    await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
      .png()
      .toBuffer()
  )
}

/** The same as base64. */
export const drawBase64 = async (motif: Motif, seed: number): Promise<string> =>
  Buffer.from(await drawPicture(motif, seed)).toString("base64")
