/** Colour profiles: their description, and whether their colours are those of sRGB. */
import { View } from "@sightline/platform/bytes/view"

/** A colour profile. */
export interface Icc {
  readonly description?: string
  /** The colour space in its header, trimmed: `RGB`, `GRAY`, `CMYK` … */
  readonly colorSpace: string
  /** True when its primaries are those of sRGB, or it is grey, so that dropping it changes little. */
  readonly isSrgb: boolean
  readonly sizeBytes: number
}

/** The colorants of sRGB adapted to D50. Source: IEC 61966-2-1 and the ICC's sRGB2014.icc. */
const srgbColorants: Readonly<Record<string, readonly [number, number, number]>> = {
  rXYZ: [0.436, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141]
}

/** The tolerance for colorants: profiles round them, and adapt white in slightly different ways. */
const tolerance = 0.006

const maxTags = 100

interface Tag {
  readonly name: string
  readonly at: number
  readonly size: number
}

const tagsOf = (view: View): ReadonlyArray<Tag> => {
  if (!view.has(128, 4)) return []
  const count = Math.min(view.u32(128), maxTags)
  const tags: Array<Tag> = []
  for (let i = 0; i < count && view.has(132 + 12 * i, 12); i++) {
    const at = 132 + 12 * i
    const tag = { name: view.text(at, 4), at: view.u32(at + 4), size: view.u32(at + 8) }
    if (view.has(tag.at, tag.size)) tags.push(tag)
  }
  return tags
}

const describedBy = (view: View, tag: Tag | undefined): string | undefined => {
  if (tag === undefined || tag.size < 12) return undefined
  const kind = view.text(tag.at, 4)
  if (kind === "desc") {
    const length = Math.min(view.u32(tag.at + 8), tag.size - 12, 256)
    return (
      view
        .text(tag.at + 12, length)
        .replace(/\0.*$/s, "")
        .trim() || undefined
    )
  }
  if (kind !== "mluc" || tag.size < 28 || view.u32(tag.at + 8) === 0) return undefined
  const length = Math.min(view.u32(tag.at + 20), 512)
  const at = tag.at + view.u32(tag.at + 24)
  return view.has(at, length)
    ? new TextDecoder("utf-16be").decode(view.bytes.subarray(at, at + length)).trim() || undefined
    : undefined
}

const hasSrgbColorants = (view: View, tags: ReadonlyArray<Tag>): boolean =>
  Object.entries(srgbColorants).every(([name, expected]) => {
    const tag = tags.find((t) => t.name === name)
    if (tag === undefined || tag.size < 20) return false
    return expected.every((value, i) => Math.abs(view.i32(tag.at + 8 + 4 * i) / 65_536 - value) <= tolerance)
  })

/** Reads a profile. One that is cut short or damaged has the fields that can be read, and does not count as sRGB. */
export const readIcc = (profile: Uint8Array): Icc => {
  const view = new View(profile, "ICC profile")
  const colorSpace = view.has(16, 4) ? view.text(16, 4).trim() : ""
  const tags = tagsOf(view)
  const description = describedBy(
    view,
    tags.find(({ name }) => name === "desc")
  )
  return {
    ...(description === undefined ? {} : { description }),
    colorSpace,
    isSrgb: colorSpace === "GRAY" || (colorSpace === "RGB" && hasSrgbColorants(view, tags)),
    sizeBytes: profile.length
  }
}
