import { assert, describe, it } from "@effect/vitest"
import { areaOf, inFrame, models, pixelsOf, sightline } from "@sightline/core"
import { type FakeCall, fakeConnection } from "@sightline/core/testing"
import sharp from "sharp"
import { exif } from "../../src/index.ts"

const [width, height] = [64, 48]

/** A picture whose colours encode the position: red grows to the right, green downwards. */
const gradient = async (orientation: number): Promise<Uint8Array> => {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3)
    return i % 3 === 0 ? (pixel % width) * 4 : i % 3 === 1 ? Math.floor(pixel / width) * 5 : 0
  })
  return new Uint8Array(
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .withMetadata({ orientation })
      .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
      .toBuffer()
  )
}

const picturesOf = (call: FakeCall | undefined): ReadonlyArray<Buffer> => {
  // the body is what core's own encoder wrote
  const body = call?.body as {
    readonly inputs: ReadonlyArray<{ readonly data: { readonly image: { base64?: string } } }>
  }
  return body.inputs.map(({ data }) => Buffer.from(data.image.base64 ?? "", "base64"))
}

/** Finds one region in whatever it is sent. */
const found = (call: FakeCall) => {
  const box = { top_row: 0.25, left_col: 0.25, bottom_row: 0.75, right_col: 0.5 }
  return {
    status: { code: 10_000, description: "Ok" },
    outputs: picturesOf(call).map(() => ({
      status: { code: 10_000 },
      data: { regions: [{ id: "r", region_info: { bounding_box: box }, data: {} }] }
    }))
  }
}

describe("crops with the exif plugin", () => {
  it("are cut by sharp from the upright pixels and resolve in the stored ones", async () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const connection = fakeConnection(found)
      const app = sightline(connection).use(exif())
      const chain = app
        .input(await gradient(orientation))
        .predict(models.faces)
        .crops()
        .predict(models.detection)
      const [outcome] = await chain.run()
      assert.isTrue(outcome?.ok, String(outcome?.ok === false && outcome.error))
      if (!outcome.ok) return
      const area = pixelsOf(areaOf(outcome.value, "original"), { width, height })
      const [sent] = picturesOf(connection.calls.at(-1))
      const { data, info } = await sharp(sent).raw().toBuffer({ resolveWithObject: true })
      const turned = orientation >= 5
      const size = { width: area.right - area.left, height: area.bottom - area.top }
      assert.deepStrictEqual(
        turned ? [info.height, info.width] : [info.width, info.height],
        [size.width, size.height],
        `orientation ${orientation}`
      )
      // the colours of the crop are those of its area in the stored picture
      const reds = Array.from({ length: info.width * info.height }, (_, i) => data[i * 3] ?? 0)
      assert.closeTo(Math.min(...reds), area.left * 4, 9, `orientation ${orientation}`)
      assert.closeTo(Math.max(...reds), (area.right - 1) * 4, 9, `orientation ${orientation}`)
      // and what was found in the crop lies inside that area
      const [region] = inFrame(outcome.value, "original").regions
      const inner = region && pixelsOf(region.box, { width, height })
      assert.isTrue(inner && inner.left >= area.left && inner.right <= area.right && inner.top >= area.top)
      assert.strictEqual((inner?.right ?? 0) - (inner?.left ?? 0), turned ? size.width / 2 : size.width / 4)
    }
  })
})
