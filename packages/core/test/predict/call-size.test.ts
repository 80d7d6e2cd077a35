import { assert, describe, it } from "@effect/vitest"
import { makeLimits } from "../../src/connection/limits.ts"
import { fitsInCall } from "../../src/predict/call-size.ts"

const limits = makeLimits({ inputsPerCall: { image: 3, video: 1 }, targetBodyBytes: 100 })

describe("a medium fits into a call", () => {
  it("that is empty, however large it is", () => {
    assert.isTrue(fitsInCall(limits, "image", { items: 0, bytes: 0 }, 1000))
    assert.isTrue(fitsInCall(limits, "video", { items: 0, bytes: 0 }, 101))
  })
  it("up to the count of its kind", () => {
    assert.isTrue(fitsInCall(limits, "image", { items: 2, bytes: 0 }, 1))
    assert.isFalse(fitsInCall(limits, "image", { items: 3, bytes: 0 }, 1))
    assert.isFalse(fitsInCall(limits, "video", { items: 1, bytes: 0 }, 1))
  })
  it("up to the size at which a body is full", () => {
    assert.isTrue(fitsInCall(limits, "image", { items: 1, bytes: 60 }, 40))
    assert.isFalse(fitsInCall(limits, "image", { items: 1, bytes: 60 }, 41))
  })
})
