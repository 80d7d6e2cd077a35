/** Packs data for the page: JSON deflated and in base64, pictures in base64, in blocks that are read when needed. */
import { deflateRawSync } from "node:zlib"

/** Rows whose details share a block. */
export const rowsPerBlock = 200
/** Pictures that share a block. */
export const picturesPerBlock = 100

/** JSON text, deflated and in base64. The same text gives the same bytes. */
export const packJson = (json: string): string => deflateRawSync(json, { level: 9 }).toString("base64")

/** Bytes in base64. */
export const toBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")

/** Parts of a list, `size` items each. */
export const blocksOf = <A>(items: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
