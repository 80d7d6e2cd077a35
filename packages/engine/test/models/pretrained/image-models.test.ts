/** Models of transformers.js that see, through the engine: what comes out, where, and what is refused. */
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import sharp from "sharp"
import { freshEngine, type Reply } from "../../support/fresh-engine.ts"
import { putListener } from "./tiny-models.ts"
import { putCaptioner, putSegformer, putYolos } from "./tiny-image-models.ts"

/** Left half one colour, right half another. */
const halves = async (left: ReadonlyArray<number>, right: ReadonlyArray<number>) => {
  const pixels = Uint8Array.from(
    { length: 64 * 32 * 3 },
    (_, i) => (Math.floor(i / 3) % 64 < 32 ? left : right)[i % 3] ?? 0
  )
  const png = await sharp(pixels, { raw: { width: 64, height: 32, channels: 3 } })
    .png()
    .toBuffer()
  return png.toString("base64")
}
const [red, green, blue] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255]
]

const predict = async (put: (folder: string, id: string) => void, base64: string): Promise<Reply> => {
  await using local = freshEngine({ limits: { modelTimeoutMs: 60_000 } })
  put(join(local.directory, "models"), "tiny")
  return await local.ask("POST /v2/models/tiny/outputs", { inputs: [{ data: { image: { base64 } } }] })
}

describe("a transformers.js model", () => {
  it("finds things, as fractions of the picture, without its background", async () => {
    const { body, http } = await predict(putYolos, await halves(green ?? [], green ?? []))
    assert.strictEqual(http, 200)
    const { regions } = body.outputs[0].data
    assert.lengthOf(regions, 1)
    const { bottom_row: bottom, left_col: left, right_col: right, top_row: top } = regions[0].region_info.bounding_box
    for (const [found, expected] of [
      [top, 0.375],
      [left, 0.25],
      [bottom, 0.625],
      [right, 0.75]
    ])
      assert.closeTo(found, expected ?? 0, 1e-5)
    const [concept] = regions[0].data.concepts
    assert.strictEqual(concept.id, "green")
    assert.isAbove(concept.value, 0.99)
  })

  it("tells which pixels are whose, at the size of the picture", async () => {
    const { body } = await predict(putSegformer, await halves(red ?? [], blue ?? []))
    const { regions } = body.outputs[0].data
    const byName = new Map<
      string,
      { readonly region_info: { readonly mask: { readonly image: { readonly base64: string } } } }
    >(
      regions.map((region: { readonly data: { readonly concepts: ReadonlyArray<{ readonly id: string }> } }) => [
        region.data.concepts[0]?.id,
        region
      ])
    )
    assert.sameMembers([...byName.keys()], ["red", "blue"])
    const base64 = byName.get("red")?.region_info.mask.image.base64 ?? ""
    const { data, info } = await sharp(Buffer.from(base64, "base64")).raw().toBuffer({ resolveWithObject: true })
    assert.strictEqual(info.width / info.height, 2)
    const at = (x: number) => data[Math.floor(x * info.width) * info.channels]
    assert.deepStrictEqual([at(0.2), at(0.8)], [255, 0])
  })

  it("describes pictures", async () => {
    for (const [color, word] of [
      [red, "red"],
      [blue, "blue"]
    ] as const) {
      const { body, http } = await predict(putCaptioner, await halves(color ?? [], color ?? []))
      assert.strictEqual(http, 200)
      assert.strictEqual(body.outputs[0].data.text.raw, word)
    }
  })

  it("refuses what has the head of a recording and is none", async () => {
    await using local = freshEngine({ limits: { modelTimeoutMs: 60_000 } })
    putListener(join(local.directory, "models"), "tiny")
    const heads: ReadonlyArray<readonly [string, ReadonlyArray<number>]> = [
      ["MP3", [0x49, 0x44, 0x33, 4, 0, 0]],
      ["MP3 without a tag", [0xff, 0xfb, 0x90, 0x64]],
      ["Ogg", [0x4f, 0x67, 0x67, 0x53, 0, 2]],
      ["M4A", [0, 0, 0, 32, 0x66, 0x74, 0x79, 0x70, 0x4d, 0x34, 0x41, 0x20]]
    ]
    const { body } = await local.ask("POST /v2/models/tiny/outputs", {
      inputs: heads.map(([, head]) => {
        const bytes = Buffer.concat([Buffer.from(head), Buffer.alloc(4000, 7)])
        return { data: { audio: { base64: bytes.toString("base64") } } }
      })
    })
    assert.lengthOf(body.outputs, heads.length)
    for (const [i, { status }] of body.outputs.entries()) {
      assert.include([30101, 30300], status.code, heads[i]?.[0])
      assert.include(status.details, "the audio cannot be used")
    }
  })
})
