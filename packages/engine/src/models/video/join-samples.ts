/** Joins pieces of sound. Imports nothing, because the confined process of videos uses it. */
export const joinSamples = (parts: ReadonlyArray<Float32Array>): Float32Array => {
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
