import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { InputRejected, InvalidRequest, NotFound, ServiceUnavailable } from "../../src/errors/errors.ts"
import { bisect, isHopeless, type PendingCall } from "../../src/predict/bisect.ts"
import type { ItemResult } from "../../src/predict/parse-outputs.ts"

const rejected = (code = 30001): ItemResult => Result.fail(new InputRejected({ code, retryable: false }))
const invalid = (code?: number): ItemResult => Result.fail(new InvalidRequest(code === undefined ? {} : { code }))
const good: ItemResult = Result.succeed({})
const positionsOf = (calls: ReadonlyArray<PendingCall>) => calls.map(({ positions }) => positions)
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

describe("a refused call", () => {
  it("is cut into two halves where each input may be at fault, the first one larger", () => {
    const calls = bisect(upTo(5), { itemised: false, items: upTo(5).map(() => invalid()) })
    assert.deepStrictEqual(positionsOf(calls), [
      [0, 1, 2],
      [3, 4]
    ])
    assert.isTrue(calls.every(({ round, waitMs }) => round === 1 && waitMs === 0))
  })
  it("goes on with the inputs that could not be processed, without those that are at fault", () => {
    const items = [rejected(30001), rejected(30002), rejected(30002)]
    assert.deepStrictEqual(positionsOf(bisect([4, 5, 6], { itemised: true, items })), [[5, 6]])
  })
  it("is halved where all of its inputs could not be processed", () => {
    const items = upTo(4).map(() => rejected(30002))
    assert.deepStrictEqual(positionsOf(bisect(upTo(4), { itemised: true, items })), [
      [0, 1],
      [2, 3]
    ])
  })
  it("goes on with the suspects alone where some inputs failed for another reason", () => {
    const items = [Result.fail(new NotFound({})), rejected(), rejected()]
    assert.deepStrictEqual(positionsOf(bisect([7, 8, 9], { itemised: true, items })), [[8, 9]])
  })
  it("is not followed where no input is a suspect", () => {
    const items = [Result.fail(new ServiceUnavailable({})), Result.fail(new NotFound({}))]
    assert.deepStrictEqual(bisect([0, 1], { itemised: true, items }), [])
  })
  it("has speculative parts unless an input was certainly rejected", () => {
    const speculative = (itemised: boolean, item: ItemResult) =>
      bisect([0, 1], { itemised, items: [item, item] }).map((call) => call.speculative)
    assert.deepStrictEqual(speculative(false, rejected()), [false, false])
    assert.deepStrictEqual(speculative(false, invalid()), [true, true])
    assert.deepStrictEqual(speculative(true, rejected()), [true, true])
  })
  it("is never followed by an input that was not in it, nor by one twice, and each part is smaller", () => {
    const item = fc.constantFrom(
      rejected(),
      rejected(30002),
      invalid(),
      invalid(11102),
      Result.fail(new NotFound({})),
      good
    )
    fc.assert(
      fc.property(fc.array(item, { minLength: 2, maxLength: 20 }), fc.boolean(), (items, itemised) => {
        const positions = items.map((_, i) => i + 10)
        const calls = bisect(positions, { itemised, items })
        const followed = positionsOf(calls).flat()
        assert.strictEqual(new Set(followed).size, followed.length)
        assert.isTrue(followed.every((at) => positions.includes(at)))
        for (const call of calls) assert.isTrue(call.positions.length > 0 && call.positions.length < items.length)
      })
    )
  })
})

describe("the search for one bad input", () => {
  const parts = (count: number, speculative: boolean): ReadonlyArray<PendingCall> =>
    upTo(count).map((at) => ({ positions: [at], round: 1, waitMs: 0, speculative }))
  it("ends when sixteen speculative parts were all refused", () => {
    assert.isTrue(isHopeless(false, parts(16, true)))
    assert.isFalse(isHopeless(false, parts(15, true)))
  })
  it("goes on once something was answered, or while a part is certain", () => {
    assert.isFalse(isHopeless(true, parts(16, true)))
    assert.isFalse(isHopeless(false, [...parts(16, true), ...parts(1, false)]))
  })
})
