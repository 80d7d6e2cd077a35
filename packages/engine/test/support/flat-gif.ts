/** A GIF of one colour: few bytes, many pixels. Source of the format: GIF89a specification, appendix F for the codes. */

const word = (value: number): ReadonlyArray<number> => [value & 255, value >> 8]

/** LZW codes of `pixels` pixels of colour 0: each code stands for a run that is one longer than the one before it. */
const codesOf = (pixels: number): Array<readonly [code: number, bits: number]> => {
  const [clear, end] = [4, 5]
  const codes: Array<readonly [number, number]> = [[clear, 3]]
  let [left, run, next, bits] = [pixels, 1, end, 3]
  while (left > 0) {
    const length = Math.min(left, run)
    // the code of a run of n is end + n - 1; that of a single pixel is the colour itself
    codes.push([length === 1 ? 0 : end + length - 1, bits])
    left -= length
    if (next < 4095) {
      next++
      if (next === 2 ** bits && bits < 12) bits++
      run++
    }
  }
  codes.push([end, bits])
  return codes
}

const packed = (codes: ReadonlyArray<readonly [number, number]>): Uint8Array => {
  const bytes: Array<number> = []
  let [held, count] = [0, 0]
  for (const [code, bits] of codes) {
    held |= code << count
    count += bits
    while (count >= 8) {
      bytes.push(held & 255)
      held >>>= 8
      count -= 8
    }
  }
  if (count > 0) bytes.push(held)
  return Uint8Array.from(bytes)
}

/** `count` pictures, a hundred in a second. */
export const flatGif = (width: number, height: number, count: number): Uint8Array => {
  const data = packed(codesOf(width * height))
  const blocks: Array<number> = []
  for (let at = 0; at < data.byteLength; at += 255) {
    const block = data.subarray(at, at + 255)
    blocks.push(block.byteLength, ...block)
  }
  // a picture that may be seen through needs the one before it: none can be left out
  const control = [0x21, 0xf9, 4, 1, 1, 0, 1, 0]
  const picture = control.concat(0x2c, 0, 0, 0, 0, word(width), word(height), 0, 2, blocks, 0)
  const head = [...Buffer.from("GIF89a"), ...word(width), ...word(height), 0x80, 0, 0, 200, 40, 40, 0, 0, 0]
  return Uint8Array.from([...head, ...Array.from({ length: count }, () => picture).flat(), 0x3b])
}
