/**
 * Products of matrices of 32-bit floats, four numbers at a time: about eight times as fast as loops in JavaScript.
 * WebAssembly defines each operation to the bit, so results are the same on every machine.
 */
import { noteWords, startKernels } from "./kernels.ts"

export { columnTile, rowTile } from "./kernels.ts"

/** The next multiple of `tile`. */
export const roundUp = (count: number, tile: number): number => Math.ceil(count / tile) * tile

/** A matrix inside a workspace. Element (r, c) is `numbers[r * stride + c]`. */
export interface Matrix {
  /** Its first number's index within the workspace. */
  readonly at: number
  readonly stride: number
  readonly numbers: Float32Array
}

/** One product to add: `into += left · right`, with `left` read as its transpose if `transposed`. */
export interface Product {
  readonly left: Matrix
  readonly transposed?: boolean
  readonly right: Matrix
  readonly into: Matrix
  /** Rows of the result (a multiple of 4), numbers summed over, and columns of the result (a multiple of 8). */
  readonly rows: number
  readonly inner: number
  readonly columns: number
}

/** Memory for matrices, and products among them. */
export interface Workspace {
  /** A new matrix of zeros. Throws a `RangeError` if the workspace has no room left. */
  readonly matrix: (rows: number, stride: number) => Matrix
  readonly multiply: (product: Product) => void
  /** Adds scaled rows of `from` to rows of `into`, as they are noted. Takes room in the workspace. */
  readonly adder: (from: Matrix, into: Matrix, columns: number) => Adder
  /** Finds the numbers of each row that are at most `below` less than its largest. Takes room in the workspace. */
  readonly finder: (from: Matrix, rows: number, columns: number, below: number) => Finder
}

/** Calls back for each of the first `count` rows, with its largest number and the columns of the numbers near to it. */
export type Finder = (
  count: number,
  onRow: (row: number, top: number, near: Uint32Array, found: number) => void
) => void

/** Collects additions and does them together. */
export interface Adder {
  /** `into[target] += share · from[row]`, by the next `flush` at the latest. */
  readonly note: (target: number, row: number, share: number) => void
  readonly flush: () => void
}

const maxNotes = 1024

/** Numbers that an adder takes in its workspace. */
export const adderRoom: number = maxNotes * noteWords

/** Words that a finder writes for a row: its largest number four times, and a byte of four bits for each four columns. */
const markWords = (columns: number): number => 4 + Math.ceil(columns / 16)

/** Numbers that a finder takes in its workspace. */
export const finderRoom = (rows: number, columns: number): number => rows * markWords(columns) + 8

/** Makes a workspace with room for `room` numbers. */
export const makeWorkspace = (room: number): Workspace => {
  const memory = new WebAssembly.Memory({ initial: Math.ceil((room * 4) / 65536) + 1 })
  const { addRows, findNear, product } = startKernels(memory)
  let next = 0
  const matrix = (rows: number, stride: number): Matrix => {
    const at = next
    next += roundUp(rows * stride, 4)
    return { at, stride, numbers: new Float32Array(memory.buffer, at * 4, rows * stride) }
  }
  return {
    matrix,
    adder: (from, into, columns) => {
      const { at, numbers } = matrix(maxNotes, noteWords)
      const addresses = new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length)
      let count = 0
      const flush = () => {
        addRows(at * 4, count, columns * 4)
        count = 0
      }
      return {
        note: (target, row, share) => {
          const to = count++ * noteWords
          addresses[to] = (into.at + target * into.stride) * 4
          addresses[to + 1] = (from.at + row * from.stride) * 4
          numbers[to + 2] = share
          if (count === maxNotes) flush()
        },
        flush
      }
    },
    finder: (from, rows, columns, below) => {
      const limit = matrix(1, 1)
      limit.numbers[0] = below
      const { at, numbers, stride } = matrix(rows, markWords(columns))
      const marks = new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length)
      const near = new Uint32Array(columns)
      return (count, onRow) => {
        findNear(from.at * 4, count, columns * 4, at * 4, stride * 4, limit.at * 4)
        for (let row = 0, begin = 0; row < count; row++, begin += stride) {
          let found = 0
          for (let word = 4; word < stride; word++) {
            for (let bits = marks[begin + word] ?? 0; bits !== 0; bits &= bits - 1) {
              const bit = 31 - Math.clz32(bits & -bits) // of four bits in each byte
              near[found++] = (word - 4) * 16 + (bit >> 3) * 4 + (bit & 7)
            }
          }
          onRow(row, numbers[begin] ?? 0, near, found)
        }
      }
    },
    multiply: ({ columns, inner, into, left, right, rows, transposed = false }) => {
      const [row, step] = transposed ? [4, left.stride * 4] : [left.stride * 4, 4]
      product(
        left.at * 4,
        row,
        step,
        right.at * 4,
        right.stride * 4,
        into.at * 4,
        into.stride * 4,
        rows,
        inner,
        columns
      )
    }
  }
}
