/** Estimates the quality that a JPEG was encoded with from its quantisation tables. */
import { FormatError } from "@sightline/platform/bytes/format-error"
import { readFrame, readQuantTables } from "./frame-header.ts"
import { headerSegments, isFrame, marker } from "./segments.ts"

/** The example luminance table that encoders scale by their quality setting, in zigzag order (ITU T.81, table K.1). */
const luminance = [
  16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61,
  60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121,
  112, 100, 120, 92, 101, 103, 99
]

/** How a JPEG was encoded. */
export interface JpegSettings {
  /** 1 to 100 on the scale of libjpeg. */
  readonly quality: number
  /** `"4:4:4"` when chroma has the resolution of luma, else `"4:2:0"` (the nearest that encoders offer). */
  readonly chroma: "4:4:4" | "4:2:0"
}

/** Used where tables cannot be read. */
export const fallbackSettings: JpegSettings = { quality: 90, chroma: "4:2:0" }

/** The quality whose scaled luminance table is nearest to `table`. */
const qualityOf = (table: Uint16Array): number => {
  // Values at the end of their range are clipped, and say little about the scale.
  const scales = [...table].flatMap((value, i) => (value >= 255 ? [] : [(100 * value) / (luminance[i] ?? 1)]))
  const scale = scales.length === 0 ? 5000 : scales.reduce((sum, each) => sum + each, 0) / scales.length
  return Math.round(Math.min(100, Math.max(1, scale <= 100 ? (200 - scale) / 2 : 5000 / scale)))
}

/** Estimates how a JPEG was encoded; `fallbackSettings` where its headers cannot be read. Never fails. */
export const estimateJpegSettings = (bytes: Uint8Array): JpegSettings => {
  const tables = new Map<number, Uint16Array>()
  try {
    const segments = headerSegments(bytes)
    for (const segment of segments) if (segment.code === marker.dqt) readQuantTables(bytes, segment, tables)
    const header = segments.find(({ code }) => isFrame(code))
    const frame = header === undefined ? undefined : readFrame(bytes, header)
    const [luma, chroma] = frame?.components ?? []
    const table = tables.get(luma?.quantTable ?? 0)
    if (luma === undefined || table === undefined) return fallbackSettings
    const full = chroma === undefined || (chroma.h === luma.h && chroma.v === luma.v)
    return { quality: qualityOf(table), chroma: full ? "4:4:4" : "4:2:0" }
  } catch (cause) {
    if (cause instanceof FormatError) return fallbackSettings
    throw cause
  }
}
