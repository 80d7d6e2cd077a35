// What the bytes of a medium can be given to.
import { expectTypeOf, it } from "vitest"
import type { bytesOf } from "../src/index.ts"

it("bytes of a medium are taken by Blob and Response as they are", () => {
  expectTypeOf<Awaited<ReturnType<typeof bytesOf>>>().toExtend<BlobPart>()
  expectTypeOf<Awaited<ReturnType<typeof bytesOf>>>().toExtend<BodyInit>()
})
