/**
 * Draws small photographs of four kinds of objects, with camera noise, lighting and rotation, for demos without images.
 * Deterministic for a seed.
 */
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import sharp from "sharp"

/** A stream of numbers in 0..1 (mulberry32, a public-domain generator by Tommy Ettinger). */
const numbers = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Random = () => number
const between = (random: Random, low: number, high: number): number => low + (high - low) * random()
const hsl = (hue: number, saturation: number, light: number): string =>
  `hsl(${hue.toFixed(0)} ${saturation.toFixed(0)}% ${light.toFixed(0)}%)`

/** One SVG drawing per kind of object, centred in a 100 × 100 square. */
const objects: Readonly<Record<string, (random: Random) => string>> = {
  key: (random) => {
    const color = hsl(between(random, 35, 55), 45, between(random, 40, 65))
    const teeth = Array.from({ length: 3 }, (_, i) => {
      const height = between(random, 6, 13).toFixed(1)
      return `<rect x="${62 + i * 9}" y="52" width="5" height="${height}"/>`
    })
    return `<g fill="${color}"><path fill-rule="evenodd" d="M28 32a18 18 0 1 0 .1 0M28 42a8 8 0 1 1 -.1 0"/><rect x="42" y="46" width="48" height="7"/>${teeth.join("")}</g>`
  },
  leaf: (random) => {
    const color = hsl(between(random, 80, 140), between(random, 40, 70), between(random, 25, 45))
    const width = between(random, 22, 34).toFixed(1)
    const veins = Array.from({ length: 5 }, (_, i) => {
      const y = 30 + i * 10
      return `M50 ${y + 6}L${34 - i} ${y - 4}M50 ${y + 6}L${66 + i} ${y - 4}`
    })
    return `<path fill="${color}" d="M50 8C${50 + Number(width)} 30 ${50 + Number(width)} 70 50 90C${50 - Number(width)} 70 ${50 - Number(width)} 30 50 8Z"/><path stroke="#e8f0d0" stroke-opacity=".5" stroke-width="1.5" fill="none" d="M50 10V96${veins.join("")}"/>`
  },
  mug: (random) => {
    const hue = between(random, 0, 360)
    const color = hsl(hue, between(random, 20, 70), between(random, 35, 75))
    return `<path fill="none" stroke="${color}" stroke-width="8" d="M68 36c26 -6 26 40 0 34"/><path fill="${color}" d="M22 22h48v56a8 8 0 0 1 -8 8h-32a8 8 0 0 1 -8 -8z"/><ellipse cx="46" cy="22" rx="24" ry="6" fill="${hsl(hue, 30, 20)}"/>`
  },
  scissors: (random) => {
    const open = between(random, 8, 20).toFixed(0)
    const grip = hsl(between(random, 0, 360), 70, between(random, 35, 55))
    const blade = `<path fill="#b9c0c8" d="M47 55L50 4L55 55z"/><circle cx="46" cy="78" r="13" fill="none" stroke="${grip}" stroke-width="7"/>`
    return `<g transform="rotate(${open} 50 55)">${blade}</g><g transform="rotate(-${open} 50 55) translate(100 0) scale(-1 1)">${blade}</g><circle cx="50" cy="54" r="3" fill="#555"/>`
  }
}

/** The concepts that can be drawn. */
export const drawn: ReadonlyArray<string> = Object.keys(objects)

/** One photograph: the object on a table, rotated, moved, lit from one side, noisy, JPEG-compressed. */
const photograph = async (kind: string, random: Random): Promise<Buffer> => {
  const size = 192
  const turn = between(random, -40, 40).toFixed(1)
  const scale = between(random, 0.75, 1.15).toFixed(2)
  const x = between(random, -10, 10).toFixed(1)
  const y = between(random, -10, 10).toFixed(1)
  const table = between(random, 15, 45)
  const clutter = Array.from({ length: 5 }, () => {
    const at = `cx="${between(random, 0, 100).toFixed(0)}" cy="${between(random, 0, 100).toFixed(0)}"`
    return `<ellipse ${at} rx="${between(random, 3, 16).toFixed(0)}" ry="${between(random, 2, 9).toFixed(0)}" fill="${hsl(between(random, 0, 360), 20, between(random, 30, 80))}" opacity=".35"/>`
  })
  const draw = objects[kind]
  if (draw === undefined) throw new RangeError(`unknown object: ${kind}`)
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 100 100">
    <defs><linearGradient id="light" x1="${random().toFixed(2)}" y1="0" x2="${random().toFixed(2)}" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".35"/><stop offset="1" stop-color="#000" stop-opacity=".4"/></linearGradient></defs>
    <rect width="100" height="100" fill="${hsl(table, between(random, 10, 40), between(random, 35, 75))}"/>${clutter.join("")}
    <g transform="translate(${x} ${y}) translate(52 54) rotate(${turn}) scale(${scale}) translate(-50 -50)" opacity=".3" fill="#000">${draw(random)}</g>
    <g transform="translate(${x} ${y}) translate(50 50) rotate(${turn}) scale(${scale}) translate(-50 -50)">${draw(random)}</g>
    <rect width="100" height="100" fill="url(#light)"/></svg>`
  const { data, info } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const noise = between(random, 5, 22)
  for (let i = 0; i < data.length; i++) {
    const grain = (random() + random() - 1) * noise
    data[i] = Math.max(0, Math.min(255, (data[i] ?? 0) + grain))
  }
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
    .blur(between(random, 0.3, 1))
    .jpeg({ quality: Math.round(between(random, 60, 90)) })
    .toBuffer()
}

/** Draws `each` photographs of each kind into sub-folders of `path`. */
export const drawPhotos = async (path: string, each: number, seed: number): Promise<void> => {
  const random = numbers(seed)
  for (const kind of drawn) {
    await mkdir(join(path, kind), { recursive: true })
    for (let i = 0; i < each; i++)
      await writeFile(join(path, kind, `${kind}-${String(i + 1).padStart(2, "0")}.jpg`), await photograph(kind, random))
  }
}
