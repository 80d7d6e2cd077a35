import { assert, describe, it } from "@effect/vitest"
import { file, inFrame, models, pixelsOf, sightline, sizeOf } from "@sightline/core"
import type { Media } from "@sightline/core/plugin"
import { type FakeCall, fakeConnection } from "@sightline/core/testing"
import { Effect } from "effect"
import sharp from "sharp"
import { codecFrom, exif, ImageUndecodable } from "../../src/index.ts"
import { jpegOf } from "../support.ts"

/** The base64 pictures of a call's inputs. */
const picturesOf = (call: FakeCall | undefined): ReadonlyArray<Buffer> => {
  // The body is what core's own encoder wrote.
  const body = call?.body as {
    readonly inputs: ReadonlyArray<{ readonly data: { readonly image: { base64?: string } } }>
  }
  return body.inputs.map(({ data }) => Buffer.from(data.image.base64 ?? "", "base64"))
}

/** Answers each input with one region in its left top quarter. */
const answerRegions = ({ body }: FakeCall) => {
  const box = { top_row: 0, left_col: 0, bottom_row: 0.5, right_col: 0.25 }
  const regions = [{ id: "r", region_info: { bounding_box: box }, data: { concepts: [{ name: "face", value: 0.9 }] } }]
  const { inputs } = body as { readonly inputs: ReadonlyArray<unknown> } // as above
  return {
    status: { code: 10_000, description: "Ok" },
    outputs: inputs.map((_, i) => ({ id: String(i), status: { code: 10_000 }, data: { regions } }))
  }
}

const photo = async (orientation: number, width = 64, height = 48) =>
  new Uint8Array(
    await sharp(await jpegOf(width, height, 3))
      .withMetadata({ orientation })
      .withExifMerge({ IFD0: { Make: "Maker" } })
      .jpeg()
      .toBuffer()
  )

describe("the hook", () => {
  it("sends every picture upright, without metadata, and maps boxes to the requested frame", async () => {
    const connection = fakeConnection(answerRegions)
    const app = sightline(connection).use(exif())
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const source = await photo(orientation)
      const answer = await app.input(source).predict(models.faces).run()
      const [sent] = picturesOf(connection.calls.at(-1))
      const metadata = await sharp(sent).metadata()
      assert.isUndefined(metadata.exif)
      assert.deepStrictEqual([metadata.width, metadata.height], orientation >= 5 ? [48, 64] : [64, 48])
      const placed = (frame: "original" | "sent") => {
        const [region] = inFrame(answer, frame).regions
        const size = sizeOf(answer, frame)
        if (region === undefined || size === undefined) throw new Error("a region and a size are known here")
        return pixelsOf(region.box, size)
      }
      // The same box cut from the stored and from the sent picture holds the same colours, turned.
      const cut = async (bytes: Uint8Array, box: { left: number; top: number; right: number; bottom: number }) => {
        const [left, top] = [Math.round(box.left), Math.round(box.top)]
        const size = { width: Math.round(box.right) - left, height: Math.round(box.bottom) - top }
        const { channels } = await sharp(
          await sharp(bytes)
            .extract({ left, top, ...size })
            .png()
            .toBuffer()
        ).stats()
        return channels.map(({ mean }) => mean)
      }
      const a = await cut(source, placed("original"))
      const b = await cut(sent ?? source, placed("sent"))
      a.forEach((value, i) => assert.closeTo(value, b[i] ?? 0, 1.5))
    }
  })

  it("prepares the inputs of a batch separately: a corrupt one fails alone", async () => {
    const app = sightline(fakeConnection(answerRegions)).use(exif())
    const inputs = [await photo(6), Uint8Array.of(1, 2, 3), await photo(1)]
    const outcomes = await app.inputs(inputs).predict(models.faces).run()
    assert.deepStrictEqual(
      outcomes.map(({ ok }) => ok),
      [true, false, true]
    )
    const [, broken] = outcomes
    assert.isTrue(broken !== undefined && !broken.ok && broken.error._tag === "MediaUnreadable")
  })

  it("leaves URLs to the server and says so in the plan, unless they are downloaded", async () => {
    const connection = fakeConnection(answerRegions)
    const chain = sightline(connection)
      .use(exif())
      .inputs(["https://images.test/a.jpg?token=secret"])
      .predict(models.faces)
    const plan = await chain.plan()
    assert.match(plan.notes.join(" "), /URL inputs are sent as URLs/)
    await chain.run()
    assert.include(JSON.stringify(connection.calls[0]?.body), "https://images.test/a.jpg")

    const source = await photo(6)
    const fetched = sightline(connection).use(
      exif({ fetchUrls: { fetch: async () => new Response(Uint8Array.from(source)) } })
    )
    await fetched.input("https://images.test/a.jpg").predict(models.faces).run()
    const { height, width } = await sharp(picturesOf(connection.calls.at(-1))[0]).metadata()
    assert.deepStrictEqual([width, height], [48, 64])
  })

  it("says why a URL could not be downloaded, without its query", async () => {
    const fetch = async () => new Response("no", { status: 404 })
    const app = sightline(fakeConnection(answerRegions)).use(exif({ fetchUrls: { fetch } }))
    const result = await app.input("https://images.test/a.jpg?token=secret").predict(models.faces).result()
    assert.isFalse(result.ok)
    if (result.ok) return
    assert.match(result.error.message, /HTTP 404/)
    assert.notInclude(result.error.message, "secret")
  })

  it("can be turned off, and made to keep pictures small", async () => {
    const connection = fakeConnection(answerRegions)
    const source = await photo(6)
    await sightline(connection)
      .use(exif({ automatic: false }))
      .input(source)
      .predict(models.faces)
      .run()
    assert.deepStrictEqual(picturesOf(connection.calls[0])[0], Buffer.from(source))
    const answer = await sightline(connection)
      .use(exif({ maxSide: 32 }))
      .input(source)
      .predict(models.faces)
      .run()
    const { height, width } = await sharp(picturesOf(connection.calls[1])[0]).metadata()
    assert.deepStrictEqual([width, height], [24, 32])
    const [region] = inFrame(answer, "original").regions
    const size = sizeOf(answer, "original")
    assert.isDefined(size)
    if (region && size) assert.deepStrictEqual(pixelsOf(region.box, size), { left: 0, top: 36, right: 32, bottom: 48 })
  })

  it("uses another codec when given one", async () => {
    const png = new Uint8Array(
      await sharp(await jpegOf(8, 8, 3))
        .png()
        .toBuffer()
    )
    const codec = codecFrom("mine", async () => ({ bytes: png, width: 8, height: 8 }))
    const refusing = codecFrom("refusing", () => Promise.reject(new Error("not today")))
    const source = await photo(6, 70, 50)
    const connection = fakeConnection(answerRegions)
    await sightline(connection).use(exif({ codec })).input(source).predict(models.faces).run()
    assert.deepStrictEqual(picturesOf(connection.calls[0])[0], Buffer.from(png))
    const error = await Effect.runPromise(
      Effect.flip(
        sightline(connection)
          .use(exif({ codec: refusing, automatic: false }))
          .input(source)
          .upright()
      )
    )
    assert.instanceOf(error, ImageUndecodable)
    assert.match(error.message, /not today/)
  })
})

describe("the verbs", () => {
  const app = sightline(fakeConnection(answerRegions)).use(exif({ automatic: false }))
  const bytesIn = (media: Media) => (media.source.from === "bytes" ? media.source.bytes : new Uint8Array())

  it("turn, strip and resize by hand", async () => {
    const source = await photo(8)
    const upright = await app.input(source).upright().run()
    assert.deepStrictEqual((await sharp(bytesIn(upright)).metadata()).width, 48)
    const stripped = await app
      .input(await photo(1))
      .strip()
      .run()
    assert.isUndefined((await sharp(bytesIn(stripped)).metadata()).exif)
    const small = await app.input(source).resize({ maxSide: 16 }).run()
    assert.deepStrictEqual(small.facts.reference?.steps, [
      { step: "orient", orientation: 8 },
      { step: "resize", size: { width: 12, height: 16 } }
    ])
  })
  it("read metadata", async () => {
    const metadata = await app
      .input(await photo(6))
      .metadata()
      .run()
    assert.strictEqual(metadata.orientation, 6)
    assert.strictEqual(metadata.exif?.make, "Maker")
  })
  it("count a turn once, however often they are called", async () => {
    const media = await app
      .input(await photo(6))
      .upright()
      .upright()
      .strip()
      .run()
    assert.deepStrictEqual(media.facts.reference?.steps, [{ step: "orient", orientation: 6 }])
  })
  it("fail for an invalid size before anything is read", async () => {
    const result = await app.input(file("nowhere.jpg")).resize({ maxSide: 0 }).result()
    assert.isTrue(!result.ok && result.error._tag === "InvalidOption")
  })
  it("travel as plain data", async () => {
    const form = app
      .input("https://images.test/a.jpg")
      .upright()
      .strip({ keep: ["icc"] })
      .resize({ maxSide: 640 })
      .predict(models.faces)
      .toPortable()
    assert.deepStrictEqual(form.plugins, { exif: 1 })
    assert.deepStrictEqual(
      form.steps.map(({ verb }) => verb),
      ["upright", "strip", "resize", "predict"]
    )
  })
})
