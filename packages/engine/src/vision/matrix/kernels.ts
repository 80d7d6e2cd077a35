/** What runs in WebAssembly, in a workspace's memory. All counts are integers, all addresses bytes. */
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
  loadInteger,
  loadSplat,
  maxFloats,
  moduleOf,
  multiply,
  multiplyFloats,
  notBelow,
  reorder,
  set,
  store,
  storeByte,
  subtractFloats
} from "./assembler.ts"

/** Rows are worked on in fours and columns in eights: round counts up to these, and leave zeros beyond. */
export const rowTile = 4
export const columnTile = 8

// Parameters, then locals, by number.
const [a, aRow, aStep, b, bStep, c, cRow, rows, inner, columns] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
const [i, j, p, bAt, cAt, aAt] = [10, 11, 12, 13, 14, 15] // aAt: four of them
const integers = 9
const sums = 19 // eight of them
const [b0, b1, splat] = [27, 28, 29]
const four = [0, 1, 2, 3]

const times = (from: number, local: number): Code => code(get(from), get(local), multiply)

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
    code(get(c), times(i, cRow), add, get(j), constant(4), multiply, add, set(cAt)),
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

/** Adds a product of matrices; a tile of 4 × 8 sums is kept in registers. */
export const product: WebAssembly.Module = new WebAssembly.Module(kernel)

/** Words of a note: the address of a sum, that of a row to add to it, and how much of the row. */
export const noteWords = 3
const [list, notes, rowBytes] = [0, 1, 2]
const [note, offset, at, sum, row, part] = [3, 4, 5, 6, 7, 8]
const addPart: Code = code(
  code(get(sum), get(sum), load(0)),
  code(get(row), load(0), get(part), multiplyFloats, addFloats, store(0)),
  code(increase(sum, constant(16)), increase(row, constant(16)))
)
const addNote: Code = code(
  code(get(at), loadInteger(0), set(sum), get(at), loadInteger(4), set(row), get(at), loadSplat(8), set(part)),
  countUp(offset, rowBytes, 16, addPart),
  increase(at, constant(noteWords * 4))
)

/** Does what a list of notes says. */
export const addRows: WebAssembly.Module = new WebAssembly.Module(
  moduleOf(3, 5, 1, code(get(list), set(at), countUp(note, notes, 1, addNote)))
)

const [from, count, bytes, out, outBytes, limit] = [0, 1, 2, 3, 4, 5]
const [n, place, mark] = [6, 7, 8]
const [top, below] = [9, 10]
const findTop: Code = code(
  code(get(from), load(0), set(top)),
  countUp(place, bytes, 16, code(get(top), get(from), get(place), add, load(0), maxFloats, set(top))),
  code(get(top), reorder(top, [2, 3, 0, 1]), maxFloats, set(top)),
  code(get(top), reorder(top, [1, 0, 3, 2]), maxFloats, set(top)),
  code(get(out), get(top), store(0), get(top), get(limit), loadSplat(0), subtractFloats, set(below))
)
const markLikely: Code = code(
  code(get(out), set(mark)),
  countUp(
    place,
    bytes,
    16,
    code(
      code(get(mark), get(from), get(place), add, load(0), get(below), notBelow, storeByte(16)),
      increase(mark, constant(1))
    )
  )
)
const nextRow: Code = code(increase(from, get(bytes)), increase(out, get(outBytes)))

/** For each row: its largest number, four times, and for each four numbers a byte that tells which are near to it. */
export const findLikely: WebAssembly.Module = new WebAssembly.Module(
  moduleOf(6, 3, 2, countUp(n, count, 1, code(findTop, markLikely, nextRow)))
)
