/** The few things an XMP packet is asked about. No XML is parsed: no entity, no nesting, no surprise. */

/** What a packet says. */
export interface Xmp {
  /** `tiff:Orientation` as a number, when stated. */
  readonly orientation?: number
  readonly hasGps: boolean
}

/** Most of a packet that is looked at. */
const maxBytes = 1 << 20

/** By byte order mark, or by which byte of the first (ASCII) character is zero. */
const encodingOf = (packet: Uint8Array): string => {
  if (packet[0] === 0xfe || packet[0] === 0) return "utf-16be"
  return packet[0] === 0xff || packet[1] === 0 ? "utf-16le" : "utf-8"
}

/** Reads an XMP packet, in UTF-8 or UTF-16. */
export const readXmp = (packet: Uint8Array): Xmp => {
  const part = packet.subarray(0, maxBytes)
  const text = new TextDecoder(encodingOf(part)).decode(part)
  const stated = /tiff:Orientation\s*(?:=\s*["']|>)\s*(\d{1,4})\b/.exec(text)?.[1]
  return {
    ...(stated === undefined ? {} : { orientation: Number(stated) }),
    hasGps: /exif:GPS(?:Latitude|Longitude)\b/.test(text)
  }
}
