/** A photo to measure with: 12 megapixels with the detail of one, EXIF with a position, lying on its side. */
import sharp from "sharp"

/** Soft shapes with grain: compresses as photos do, about 2 to 4 bits a pixel at the usual qualities. */
const pixels = (width: number, height: number): Uint8Array => {
  const data = new Uint8Array(width * height * 3)
  let state = 1
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const shape = Math.sin(x / 37) * Math.cos(y / 53) * 60 + Math.sin((x + y) / 211) * 50 + ((x >> 7) ^ (y >> 7)) * 2
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
      const grain = (state >>> 28) - 8
      for (let channel = 0; channel < 3; channel++) {
        data[at++] = Math.min(255, Math.max(0, 110 + shape * (1 - channel * 0.2) + grain))
      }
    }
  }
  return data
}

/** A JPEG of `width` × `height` in orientation 6, with camera, position and colour profile. */
export const photo = async (width: number, height: number, quality: number): Promise<Uint8Array> => {
  const gps = { GPSLatitudeRef: "N", GPSLatitude: "43/1 28/1 2/1", GPSLongitudeRef: "E", GPSLongitude: "11/1 53/1 6/1" }
  const file = await sharp(pixels(width, height), { raw: { width, height, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD0: { Make: "Maker", Model: "Model" }, IFD3: gps })
    .jpeg({ quality, chromaSubsampling: "4:2:0" })
    .toBuffer()
  return Uint8Array.from(file)
}

/** Times of one contender in milliseconds, sorted: by the clock, and of processors (all threads together). */
export interface Times {
  readonly wall: Array<number>
  readonly cpu: Array<number>
}

/** Runs contenders in turn, each `rounds` times. On a shared machine processor time is the one to believe. */
export const timed = async (
  rounds: number,
  contenders: Readonly<Record<string, () => unknown>>
): Promise<Readonly<Record<string, Times>>> => {
  const all: Record<string, Times> = {}
  for (const name of Object.keys(contenders)) all[name] = { wall: [], cpu: [] }
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const start = performance.now()
      const busy = process.cpuUsage()
      await run()
      const { system, user } = process.cpuUsage(busy)
      all[name]?.wall.push(performance.now() - start)
      all[name]?.cpu.push((user + system) / 1000)
    }
  }
  for (const { cpu, wall } of Object.values(all)) for (const list of [cpu, wall]) list.sort((a, b) => a - b)
  return all
}

/** `a / b`, to two places. */
export const ratio = (a: number, b: number): number => Math.round((a / b) * 100) / 100

/** The middle of sorted numbers. */
export const middle = (sorted: ReadonlyArray<number> | undefined): number => sorted?.[sorted.length >> 1] ?? Number.NaN
