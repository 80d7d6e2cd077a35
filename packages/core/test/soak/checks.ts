import { assert } from "@effect/vitest"
import type { SoakReport } from "./child.ts"

const MB = 1_000_000

/** Nothing is left: no socket, timer, listener or fibre, and the heap is where it was after a tenth of the work. */
export const assertClean = ({ fibres, heapEarly, heapLate, left, listeners, sockets }: SoakReport): void => {
  assert.deepStrictEqual(left, [])
  assert.strictEqual(listeners, 0)
  assert.strictEqual(sockets, 0)
  assert.strictEqual(fibres, 0)
  if (heapEarly > 0) assert.isAtMost(heapLate - heapEarly, 3 * MB)
}
