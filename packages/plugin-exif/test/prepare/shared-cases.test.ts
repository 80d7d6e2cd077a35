import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { models, sightline } from "@sightline/core"
import { fakeConnection } from "@sightline/core/testing"
import { dataRoot } from "@sightline/fixtures"
import { Effect } from "effect"
import { exif, readMetadata } from "../../src/index.ts"
import { prepared } from "../dataset.ts"
import { includesText, pixelsOf } from "../support.ts"

/** A grid of colours that cover the picture evenly, row by row. */
interface Fields {
  readonly size: readonly [number, number]
  readonly fields: ReadonlyArray<ReadonlyArray<readonly [number, number, number]>>
  readonly tolerance: number
}
interface Sent {
  readonly maxBytes?: number
  readonly endsAtFirstEndOfImage?: boolean
  readonly mustNotContainHex?: ReadonlyArray<string>
  readonly mustNotContainText?: ReadonlyArray<string>
  readonly pixels?: Fields
}
interface Case {
  readonly input: { readonly file: string; readonly gunzipTo?: string }
  readonly expect: {
    readonly size?: readonly [number, number]
    readonly touch?: string
    readonly orientation?: number
    readonly sentSize?: readonly [number, number]
    readonly sent?: Sent
    readonly metadata?: { readonly hasTrailer?: boolean }
    readonly pixels?: Fields
    readonly either?: ReadonlyArray<{ readonly sent?: Sent }>
  }
}

const folder = resolve(dataRoot, "../cases/media")
const names = existsSync(folder)
  ? readdirSync(folder).filter((name) => /^(bmp|gif|jpeg|png|webp|tiff|heic|avif)-/.test(name))
  : []
if (names.length === 0) console.warn("skipped: no shared cases beside the test data")

const read = (name: string) => {
  // The files of one set, all of this shape.
  const found = JSON.parse(readFileSync(join(folder, name, "case.json"), "utf8")) as Case
  const bytes = readFileSync(join(folder, name, found.input.file))
  return { ...found, bytes: new Uint8Array(found.input.gunzipTo === undefined ? bytes : gunzipSync(bytes)) }
}

const checkFields = async (bytes: Uint8Array, { fields, size, tolerance }: Fields) => {
  const { channels, data, height, width } = await pixelsOf(bytes)
  assert.deepStrictEqual([width, height], [...size])
  fields.forEach((row, r) =>
    row.forEach((colour, c) => {
      const x = Math.floor(((c + 0.5) * width) / row.length)
      const y = Math.floor(((r + 0.5) * height) / fields.length)
      colour.forEach((value, i) => assert.closeTo(data[(y * width + x) * channels + i] ?? -1, value, tolerance))
    })
  )
}

const checkSent = async (bytes: Uint8Array, sent: Sent) => {
  if (sent.maxBytes !== undefined) assert.isAtMost(bytes.length, sent.maxBytes)
  for (const hex of sent.mustNotContainHex ?? []) assert.isFalse(Buffer.from(bytes).includes(hex, 0, "hex"), hex)
  for (const text of sent.mustNotContainText ?? []) assert.isFalse(includesText(bytes, text), text)
  if (sent.endsAtFirstEndOfImage === true)
    assert.strictEqual(Buffer.from(bytes).indexOf("ffd9", 0, "hex"), bytes.length - 2)
  if (sent.pixels !== undefined) await checkFields(bytes, sent.pixels)
}

describe.skipIf(names.length === 0)("shared cases", () => {
  it.live.each(names)("%s: what is prepared and what an app sends are as expected", (name) =>
    Effect.gen(function* () {
      const { bytes, expect } = read(name)
      const done = yield* prepared(bytes)
      const connection = fakeConnection(() => ({ status: { code: 10_000 }, outputs: [{ status: { code: 10_000 } }] }))
      const app = sightline(connection).use(exif())
      yield* Effect.promise(() => app.input(bytes).predict(models.general).run())
      // The body is what core's own encoder wrote.
      const body = connection.calls[0]?.body as
        | { readonly inputs: ReadonlyArray<{ readonly data: { readonly image: { readonly base64: string } } }> }
        | undefined
      const sent = Buffer.from(body?.inputs[0]?.data.image.base64 ?? "", "base64")
      assert.isTrue(sent.equals(done.bytes))

      const metadata = readMetadata(bytes)
      if (!metadata.ok) throw metadata.error
      const { size } = expect
      if (size !== undefined) {
        assert.deepStrictEqual([metadata.value.stored.width, metadata.value.stored.height], [...size])
        assert.deepStrictEqual([done.sent.width, done.sent.height], [...size])
      }
      if (expect.touch !== undefined) assert.strictEqual(done.touch, expect.touch)
      if (expect.orientation !== undefined) assert.strictEqual(metadata.value.orientation, expect.orientation)
      if (expect.sentSize !== undefined)
        assert.deepStrictEqual([done.sent.width, done.sent.height], [...expect.sentSize])
      if (expect.metadata?.hasTrailer !== undefined)
        assert.strictEqual(metadata.value.hasTrailer, expect.metadata.hasTrailer)
      const sentExpected = expect.sent ?? expect.either?.find((each) => each.sent !== undefined)?.sent
      if (sentExpected !== undefined) yield* Effect.promise(() => checkSent(done.bytes, sentExpected))
      // Where the decoded picture is described, it must also come out of a decoder that this package calls.
      const { pixels } = expect
      if (pixels !== undefined) {
        const decoded = yield* prepared(bytes, { accepts: ["png"] })
        yield* Effect.promise(() => checkFields(decoded.bytes, pixels))
      }
    })
  )
})
