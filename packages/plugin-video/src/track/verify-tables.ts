// Checks the key pictures that sample tables mark, before a file is cut at them.
import type { ByteSource } from "../bytes/byte-source.ts"
import type { SampleTables } from "../container/sample-tables.ts"

/** The mark of a key picture is within so many bytes, behind parameter sets and messages. */
const headBytes = 4096
/** By URL each look is a request: only tables that mark suspiciously many pictures are checked. */
const suspiciousShare = 0.25

/** Unmarks the pictures in the tables at which decoding cannot begin. The first one stays: nothing comes before it. */
export const verifyTables = async (
  source: ByteSource,
  tables: SampleTables,
  isKey: ((data: Uint8Array) => boolean) | undefined
): Promise<void> => {
  if (isKey === undefined) return
  const marked = tables.keys.reduce((sum, key) => sum + key, 0)
  if (source.far && marked < tables.count * suspiciousShare) return
  for (let sample = 1; sample < tables.count; sample++) {
    if (tables.keys[sample] !== 1) continue
    const start = tables.offsets[sample] ?? 0
    const size = tables.sizes[sample] ?? 0
    const end = Math.min(start + size, start + headBytes, source.sizeBytes)
    if (end <= start) continue
    if (!isKey(await source.read(start, end))) tables.keys[sample] = 0
  }
}
