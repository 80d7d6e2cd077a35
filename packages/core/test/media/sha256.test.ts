import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { createHash, randomBytes } from "node:crypto"
import { sha256 } from "../../src/media/sha256.ts"

describe("sha256", () => {
  it.effect("is the hash that node:crypto gives, in hexadecimal", () =>
    Effect.gen(function* () {
      for (const length of [0, 1, 63, 64, 1000]) {
        const bytes = new Uint8Array(randomBytes(length))
        const expected = createHash("sha256").update(bytes).digest("hex")
        assert.strictEqual(yield* sha256(bytes), expected)
      }
    })
  )
})
