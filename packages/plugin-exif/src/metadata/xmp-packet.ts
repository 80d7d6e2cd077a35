/** Reads the few properties of an XMP packet that matter here, with regular expressions: no XML is parsed. */

/** Properties of a packet. */
export interface Xmp {
  /** `tiff:Orientation`, when stated. */
  readonly orientation?: number
  readonly hasGps: boolean
}

/** How much of a packet is read. */
const maxBytes = 1 << 20

/** The encoding, by the byte order mark or by which byte of the first (ASCII) character is zero. */
const encodingOf = (packet: Uint8Array): string => {
  if (packet[0] === 0xfe || packet[0] === 0) return "utf-16be"
  return packet[0] === 0xff || packet[1] === 0 ? "utf-16le" : "utf-8"
}

/** Reads a packet in UTF-8 or UTF-16. */
export const readXmp = (packet: Uint8Array): Xmp => {
  const part = packet.subarray(0, maxBytes)
  const text = new TextDecoder(encodingOf(part)).decode(part)
  const stated = /tiff:Orientation\s*(?:=\s*["']|>)\s*(\d{1,4})\b/.exec(text)?.[1]
  return {
    ...(stated === undefined ? {} : { orientation: Number(stated) }),
    hasGps: /exif:GPS(?:Latitude|Longitude)\b/.test(text)
  }
}
