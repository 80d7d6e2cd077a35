/** Compares screenshots with stored pictures, at a smaller size and within a tolerance: fonts differ between machines. */
import { existsSync, mkdirSync } from "node:fs"
import { dirname, join } from "node:path"
import sharp from "sharp"

const folder = join(import.meta.dirname, "stored")

/** Set to write the stored pictures anew; look at them before you commit them. */
const storing = process.env["SIGHTLINE_STORE_PICTURES"] === "1"

/** How far a screenshot is from the stored picture. */
export interface Difference {
  /** Mean distance of channels, of 255. */
  readonly mean: number
  /** The share of pixels of which any channel differs by more than 48. */
  readonly share: number
}

const pixelsOf = async (picture: Buffer | string, width: number, height: number): Promise<Buffer> =>
  sharp(picture).resize({ width, height, fit: "fill" }).removeAlpha().raw().toBuffer()

/** The difference between a screenshot and the stored picture of that name, `width` pixels wide. */
export const differenceFrom = async (name: string, screenshot: Buffer, width: number): Promise<Difference> => {
  const path = join(folder, `${name}.webp`)
  const { height: fullHeight, width: fullWidth } = await sharp(screenshot).metadata()
  const height = Math.round((width * fullHeight) / fullWidth)
  if (storing || !existsSync(path)) {
    if (!storing) throw new Error(`there is no stored picture ${name}: run with SIGHTLINE_STORE_PICTURES=1`)
    mkdirSync(dirname(path), { recursive: true })
    await sharp(screenshot).resize({ width, height, fit: "fill" }).webp({ quality: 82 }).toFile(path)
  }
  const [now, stored] = [await pixelsOf(screenshot, width, height), await pixelsOf(path, width, height)]
  let [sum, far] = [0, 0]
  for (let at = 0; at < now.length; at += 3) {
    let most = 0
    for (let channel = 0; channel < 3; channel++) {
      const distance = Math.abs((now[at + channel] ?? 0) - (stored[at + channel] ?? 0))
      sum += distance
      most = Math.max(most, distance)
    }
    if (most > 48) far++
  }
  return { mean: sum / now.length, share: far / (now.length / 3) }
}
