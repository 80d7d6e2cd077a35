/** A BMP of one color, 8 by 8. */
export const picture = (red: number, green: number, blue: number): Uint8Array => {
  const [size, header] = [8, 54]
  const bytes = new Uint8Array(header + size * size * 3)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, 0x4d42, true)
  view.setUint32(2, bytes.length, true)
  view.setUint32(10, header, true)
  view.setUint32(14, 40, true)
  view.setInt32(18, size, true)
  view.setInt32(22, size, true)
  view.setUint16(26, 1, true)
  view.setUint16(28, 24, true)
  for (let at = header; at < bytes.length; at += 3) bytes.set([blue, green, red], at)
  return bytes
}
