/** The WebAssembly kernels of `matrix.wat`, compiled once per process. */
import { kernelBytes } from "./kernel-bytes.ts"

/** The product takes rows in fours and columns in eights: round counts up to these, with zeros for the rest. */
export const rowTile = 4
export const columnTile = 8

/** Words of a note of `addRows`: the address of a sum, the address of a row to add to it, and the factor of the row. */
export const noteWords = 3

/** The kernels. Counts are of rows and numbers; addresses, rows and steps are in bytes. */
export interface Kernels {
  /** `c += a · b`. */
  readonly product: (
    ...arguments_: [
      a: number,
      aRow: number,
      aStep: number,
      b: number,
      bRow: number,
      c: number,
      cRow: number,
      rows: number,
      inner: number,
      columns: number
    ]
  ) => void
  /** Adds scaled rows to sums, as a list of notes says. */
  readonly addRows: (list: number, notes: number, rowBytes: number) => void
  /** Writes each row's largest number, and bits for the numbers that are near to it. */
  readonly findNear: (
    ...arguments_: [from: number, rows: number, rowBytes: number, out: number, outBytes: number, limit: number]
  ) => void
}

const compiled = new WebAssembly.Module(Buffer.from(kernelBytes, "base64"))

/** The kernels on a memory. */
export const startKernels = (memory: WebAssembly.Memory): Kernels =>
  // The cast: the module exports these functions, as its test runs them.
  new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as Kernels
