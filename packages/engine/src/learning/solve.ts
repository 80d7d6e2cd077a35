/**
 * Ridge regression for many examples, with a bias: by normal equations if vectors are short, by conjugate
 * gradients when they are long. Rows are read tile by tile, so that memory does not grow with their number.
 */
import { columnTile, makeWorkspace, roundUp } from "../vision/matrix/matrix.ts"
import type { Matrix, Workspace } from "../vision/matrix/matrix.ts"
import { factor, substitute } from "./cholesky.ts"
import type { Rows } from "./rows.ts"
import { readVector } from "./rows.ts"

/** Rows, and `concepts` targets for each of them. */
export interface System {
  readonly rows: Rows
  readonly targets: Float64Array
  readonly concepts: number
}

/** Accumulates rows and solves for those accumulated so far. */
export interface Solver {
  readonly learn: (chosen: Uint32Array) => void
  /** Weights with the bias last: `size + 1` rows of `concepts` numbers; within about a thousandth if only `tried`. */
  readonly solve: (lambda: number, tried?: boolean) => Float64Array
}

const tileRows = 256

/** Calls `use` with tiles of the chosen rows, each followed by a 1, and their targets; the rest of a tile is zero. */
const eachTile = (system: System, chosen: Uint32Array, x: Matrix, y: Matrix, use: () => void): void => {
  const { concepts, rows, targets } = system
  const { size } = rows
  for (let from = 0; from < chosen.length; from += tileRows) {
    x.numbers.fill(0)
    y.numbers.fill(0)
    for (let i = 0; i < Math.min(tileRows, chosen.length - from); i++) {
      const row = chosen[from + i] ?? 0
      readVector(rows, rows.places[row] ?? 0, x.numbers, { at: i * x.stride })
      x.numbers[i * x.stride + size] = 1
      for (let c = 0; c < concepts; c++) y.numbers[i * y.stride + c] = targets[row * concepts + c] ?? 0
    }
    use()
  }
}

const enough = 1e-3

interface Descent {
  readonly work: Workspace
  readonly wide: number
  readonly columns: number
  readonly rounds: number
  /** `product += A · direction`, for the matrix without its lambda. */
  readonly apply: (direction: Matrix, product: Matrix) => void
}

/**
 * Conjugate gradients for (A + lambda) · weights = moments, all columns side by side, until each residual is a thousandth
 * of its first value.
 */
const makeDescent = ({ apply, columns, rounds, wide, work }: Descent) => {
  const [direction, product] = [work.matrix(wide, columns), work.matrix(wide, columns)]
  // sums over each column, one for each concept
  const dots = (a: Float64Array, b: Float64Array | Float32Array): Float64Array => {
    const out = new Float64Array(columns)
    for (let row = 0, i = 0; row < wide; row++) {
      for (let c = 0; c < columns; c++, i++) out[c] = (out[c] ?? 0) + (a[i] ?? 0) * (b[i] ?? 0)
    }
    return out
  }
  return (moments: Float64Array, lambda: number): Float64Array => {
    const weights = new Float64Array(wide * columns)
    const curved = new Float64Array(wide * columns)
    const residual = moments.slice()
    const p = direction.numbers
    p.set(residual)
    let left = dots(residual, residual)
    const goal = left.map((value) => value * enough * enough)
    for (let round = 0; round < rounds && left.some((value, c) => value > (goal[c] ?? 0)); round++) {
      product.numbers.fill(0)
      apply(direction, product)
      for (let i = 0; i < curved.length; i++) curved[i] = (product.numbers[i] ?? 0) + lambda * (p[i] ?? 0)
      const curve = dots(curved, p)
      const step = left.map((value, c) => ((curve[c] ?? 0) > 0 ? value / (curve[c] ?? 1) : 0))
      for (let row = 0, i = 0; row < wide; row++) {
        for (let c = 0; c < columns; c++, i++) {
          weights[i] = (weights[i] ?? 0) + (step[c] ?? 0) * (p[i] ?? 0)
          residual[i] = (residual[i] ?? 0) - (step[c] ?? 0) * (curved[i] ?? 0)
        }
      }
      const next = dots(residual, residual)
      const turn = next.map((value, c) => ((left[c] ?? 0) > 0 ? value / (left[c] ?? 1) : 0))
      for (let row = 0, i = 0; row < wide; row++) {
        for (let c = 0; c < columns; c++, i++) p[i] = (residual[i] ?? 0) + (turn[c] ?? 0) * (p[i] ?? 0)
      }
      left = next
    }
    return weights
  }
}

// The first `concepts` of `columns` numbers of each row.
const narrow = (weights: Float64Array, count: number, concepts: number, columns: number): Float64Array => {
  const out = new Float64Array(count * concepts)
  for (let row = 0, i = 0; row < count; row++) {
    for (let c = 0; c < concepts; c++, i++) out[i] = weights[row * columns + c] ?? 0
  }
  return out
}

const panel = 64

const from = (matrix: Matrix, offset: number): Matrix => ({ ...matrix, at: matrix.at + offset })

/** Solves by normal equations, accumulated once: conjugate gradients while trying strengths, a factorisation at the end. */
export const normalEquations = (system: System): Solver => {
  const { concepts } = system
  const { size } = system.rows
  const [wide, columns] = [roundUp(size + 1, columnTile), roundUp(concepts, columnTile)]
  const work = makeWorkspace(tileRows * (wide + columns) + wide * (wide + 3 * columns) + 64)
  const [x, y] = [work.matrix(tileRows, wide), work.matrix(tileRows, columns)]
  const [products, moments] = [work.matrix(wide, wide), work.matrix(wide, columns)]
  const learn = (chosen: Uint32Array): void => {
    eachTile(system, chosen, x, y, () => {
      const turned = { transposed: true, inner: tileRows }
      // the products are symmetric: for each panel of rows, only the columns from its first one on
      for (let at = 0; at < wide; at += panel) {
        const part = { rows: Math.min(panel, wide - at), columns: wide - at, into: from(products, at * wide + at) }
        work.multiply({ ...turned, ...part, left: from(x, at), right: from(x, at) })
      }
      work.multiply({ ...turned, left: x, right: y, into: moments, rows: wide, columns })
    })
    const all = products.numbers
    for (let i = 0; i < wide; i++) for (let j = i + 1; j < wide; j++) all[j * wide + i] = all[i * wide + j] ?? 0
  }
  const descend = makeDescent({
    work,
    wide,
    columns,
    rounds: 300,
    apply: (right, into) => work.multiply({ left: products, right, into, rows: wide, inner: wide, columns })
  })
  const count = size + 1
  const exact = (lambda: number): Float64Array => {
    const matrix = new Float64Array(count * count)
    for (let i = 0; i < count; i++) {
      matrix.set(products.numbers.subarray(i * wide, i * wide + count), i * count)
      matrix[i * count + i] = (matrix[i * count + i] ?? 0) + lambda
    }
    factor(matrix, count)
    const out = new Float64Array(count * concepts)
    const column = new Float64Array(count)
    for (let c = 0; c < concepts; c++) {
      for (let i = 0; i < count; i++) column[i] = moments.numbers[i * columns + c] ?? 0
      substitute(matrix, count, column)
      for (let i = 0; i < count; i++) out[i * concepts + c] = column[i] ?? 0
    }
    return out
  }
  const solve = (lambda: number, tried = false): Float64Array =>
    tried ? narrow(descend(Float64Array.from(moments.numbers), lambda), count, concepts, columns) : exact(lambda)
  return { learn, solve }
}

/** Solves by conjugate gradients on the rows themselves, for vectors too long for normal equations. */
export const conjugateGradients = (system: System): Solver => {
  const { concepts } = system
  const { size } = system.rows
  const [wide, columns] = [roundUp(size + 1, columnTile), roundUp(concepts, columnTile)]
  const work = makeWorkspace(tileRows * (wide + 2 * columns) + 3 * wide * columns + 64)
  const [x, y, margins] = [work.matrix(tileRows, wide), work.matrix(tileRows, columns), work.matrix(tileRows, columns)]
  const moments = work.matrix(wide, columns)
  let seen = new Uint32Array()
  const learn = (chosen: Uint32Array): void => {
    const both = new Uint32Array(seen.length + chosen.length)
    both.set(seen)
    both.set(chosen, seen.length)
    seen = both
    eachTile(system, chosen, x, y, () => {
      work.multiply({ left: x, transposed: true, right: y, into: moments, rows: wide, inner: tileRows, columns })
    })
  }
  const descend = makeDescent({
    work,
    wide,
    columns,
    rounds: 60,
    apply: (right, into) =>
      eachTile(system, seen, x, y, () => {
        margins.numbers.fill(0)
        work.multiply({ left: x, right, into: margins, rows: tileRows, inner: wide, columns })
        work.multiply({ left: x, transposed: true, right: margins, into, rows: wide, inner: tileRows, columns })
      })
  })
  const solve = (lambda: number): Float64Array =>
    narrow(descend(Float64Array.from(moments.numbers), lambda), size + 1, concepts, columns)
  return { learn, solve }
}
