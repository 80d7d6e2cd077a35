import { assert, describe, it } from "@effect/vitest"
import { dataBytes, dataJson, hasData } from "@sightline/fixtures"
import { Effect, Exit } from "effect"
import { ImageBroken, isImageError } from "../../src/errors.ts"
import { readMetadata } from "../../src/file/image-metadata.ts"
import { strip } from "../../src/file/strip-metadata.ts"
import { turn } from "../../src/file/turn-upright.ts"
import { prepared } from "../dataset.ts"

interface Hostile {
  readonly expect: "error" | "decodes" | "either" | "bounded"
  readonly magic: string
}

const there = hasData("hostile")
// The file's own `about` states this shape.
const all = there
  ? (dataJson("hostile", "expected.json") as { readonly files: Readonly<Record<string, Hostile>> })
  : { files: {} }
const readable = new Set(["image/jpeg", "image/png", "image/webp", "image/tiff", "image/gif", "image/bmp"])
const mebibyte = 1 << 20

describe.skipIf(!there)("hostile files", () => {
  it.live.each(Object.entries(all.files))(
    "end in a typed result: %s",
    ([name, { expect, magic }]) =>
      Effect.gen(function* () {
        const bytes = dataBytes("hostile", name)
        const before = process.memoryUsage().rss
        const exit = yield* Effect.exit(prepared(bytes))
        assert.isBelow(process.memoryUsage().rss - before, 512 * mebibyte)
        const reason = Exit.isFailure(exit) ? exit.cause.reasons[0] : undefined
        if (reason !== undefined) assert.isTrue(reason._tag === "Fail" && isImageError(reason.error), String(reason))
        const error = reason?._tag === "Fail" ? reason.error : undefined
        // Sound pictures are not called broken, whatever their metadata is like.
        if (expect === "decodes" && readable.has(magic)) assert.notInstanceOf(error, ImageBroken)
        if (expect === "error") assert.isTrue(isImageError(error), "it passed")
        for (const read of [
          readMetadata(bytes),
          strip(bytes),
          turn(bytes, { orientation: 6, partialBlocks: "trim" })
        ]) {
          if (!read.ok) assert.isTrue(isImageError(read.error))
        }
      }),
    5000
  )
})
