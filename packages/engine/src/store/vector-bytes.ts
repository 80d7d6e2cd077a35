/** Vectors as SQLite blobs: little-endian float32, as every machine that runs Node lays them out. */

/** The bytes of a vector, without copying. */
export const fromVector = (vector: Float32Array): Uint8Array =>
  new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)

/** The vector in a blob. Copies when the blob does not begin at a multiple of four. */
export const toVector = (bytes: Uint8Array): Float32Array => {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Float32Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / 4))
}
