/**
 * Products of matrices of 32-bit floats, four numbers at a time: about eight times as fast as loops in JavaScript.
 * The kernel keeps a tile of 4 × 8 sums in registers. WebAssembly defines each operation to the bit, so results are
 * the same on every machine.
 */
import type { Code } from "./assembler.ts"
import {
  add,
  addFloats,
  code,
  countUp,
  constant,
  get,
  increase,
  load,
  loadSplat,
  moduleOf,
  multiply,
  multiplyFloats,
  set,
  store
} from "./assembler.ts"

/** Rows are worked on in fours and columns in eights: round counts up to these, and leave zeros beyond. */
export const rowTile = 4
export const columnTile = 8

/** The next multiple of `tile`. */
export const roundUp = (count: number, tile: number): number => Math.ceil(count / tile) * tile

// Parameters, then locals, by number.
const [a, aRow, aStep, b, bStep, c, cRow, rows, inner, columns] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
const [i, j, p, bAt, cAt, aAt] = [10, 11, 12, 13, 14, 15] // aAt: four of them
const integers = 9
const sums = 19 // eight of them
const [b0, b1, splat] = [27, 28, 29]
const four = [0, 1, 2, 3]

const product = (from: number, local: number): Code => code(get(from), get(local), multiply)

// One step of all 4 × 8 sums: two vectors of the right matrix, and one number from each of four rows of the left.
const step: Code = code(
  code(get(bAt), load(0), set(b0), get(bAt), load(16), set(b1)),
  ...four.map((r) =>
    code(
      code(get(aAt + r), loadSplat(0), set(splat)),
      code(get(sums + 2 * r), get(splat), get(b0), multiplyFloats, addFloats, set(sums + 2 * r)),
      code(get(sums + 2 * r + 1), get(splat), get(b1), multiplyFloats, addFloats, set(sums + 2 * r + 1)),
      increase(aAt + r, get(aStep))
    )
  ),
  increase(bAt, get(bStep))
)

// Visits the four rows of a tile of the result, its address in `cAt`.
const rowsOfC = (use: (r: number) => Code): Code =>
  code(
    code(get(c), product(i, cRow), add, get(j), constant(4), multiply, add, set(cAt)),
    ...four.map((r) => code(use(r), increase(cAt, get(cRow))))
  )

const tile: Code = code(
  rowsOfC((r) => code(get(cAt), load(0), set(sums + 2 * r), get(cAt), load(16), set(sums + 2 * r + 1))),
  ...four.map((r) => code(get(a), get(i), constant(r), add, get(aRow), multiply, add, set(aAt + r))),
  code(get(b), get(j), constant(4), multiply, add, set(bAt)),
  countUp(p, inner, 1, step),
  rowsOfC((r) => code(get(cAt), get(sums + 2 * r), store(0), get(cAt), get(sums + 2 * r + 1), store(16)))
)

const kernel = moduleOf(10, integers, 11, countUp(i, rows, rowTile, countUp(j, columns, columnTile, tile)))

const compiled = new WebAssembly.Module(kernel)

/** A matrix inside a workspace. Element (r, c) is `numbers[r * stride + c]`. */
export interface Matrix {
  /** Where it begins, in numbers from the start of the workspace. */
  readonly at: number
  readonly stride: number
  readonly numbers: Float32Array
}

/** One product to add: `into += left · right`, `left` read as its transpose when `transposed`. */
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
  /** A new matrix of zeros. Throws a `RangeError` when the workspace has no room left. */
  readonly matrix: (rows: number, stride: number) => Matrix
  readonly multiply: (product: Product) => void
}

/** A workspace with room for so many numbers. */
export const makeWorkspace = (room: number): Workspace => {
  const memory = new WebAssembly.Memory({ initial: Math.ceil((room * 4) / 65536) + 1 })
  const { run } = new WebAssembly.Instance(compiled, { env: { memory } }).exports
  if (typeof run !== "function") throw new Error("the matrix kernel has no function")
  let next = 0
  return {
    matrix: (rows, stride) => {
      const at = next
      next += roundUp(rows * stride, 4)
      return { at, stride, numbers: new Float32Array(memory.buffer, at * 4, rows * stride) }
    },
    multiply: ({ columns, inner, into, left, right, rows, transposed = false }) => {
      const [row, step] = transposed ? [4, left.stride * 4] : [left.stride * 4, 4]
      run(left.at * 4, row, step, right.at * 4, right.stride * 4, into.at * 4, into.stride * 4, rows, inner, columns)
    }
  }
}
