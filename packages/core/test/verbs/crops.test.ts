import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as fc from "fast-check"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { areaOf, type Box, inFrame, models, type Orientation, pixelsOf, sightline } from "../../src/index.ts"
import { addStep, definePlugin, ImageCodec, Urls } from "../../src/plugin.ts"
import { Downloads } from "../../src/media/download-options.ts"
import { type FakeCall, fakeConnection } from "../../src/testing.ts"
import { inputsOf } from "../run/answers.ts"
import { runs } from "../wire/runs.ts"
import { brightest, fromBytes, type Raw, rawCodec, toBytes, upright } from "./raw-picture.ts"

const bytesIn = (input: { readonly data: unknown }): Uint8Array => {
  const { image } = input.data as { readonly image: { readonly base64?: string } } // what our encoder writes
  return Uint8Array.from(Buffer.from(image.base64 ?? "", "base64"))
}

const regionWire = ({ bottom, left, right, top }: Box) => ({
  region_info: { bounding_box: { top_row: top, left_col: left, bottom_row: bottom, right_col: right } },
  data: { concepts: [{ id: "thing", name: "thing", value: 0.9 }] }
})

const answer = (call: FakeCall, regionsOf: (input: { readonly data: unknown }) => ReadonlyArray<Box>) => ({
  status: { code: 10000, description: "Ok", req_id: "r" },
  outputs: inputsOf(call).map((input) => ({
    status: { code: 10000 },
    input,
    data: { regions: regionsOf(input).map(regionWire) }
  }))
})

/** Finds faces where it is told to, and everything else at the one bright pixel of what it was sent. */
const detector = (boxes: ReadonlyArray<Box>) => (call: FakeCall) =>
  call.path.includes("face-detection")
    ? answer(call, () => boxes)
    : answer(call, (input) => {
        const raw = fromBytes(bytesIn(input))
        const found = brightest(raw)
        if (found === undefined) return []
        const [x, y] = found
        return [{ left: x / raw.width, top: y / raw.height, right: (x + 1) / raw.width, bottom: (y + 1) / raw.height }]
      })

const raws = (count?: { opened: number; closed: number }) =>
  definePlugin({ name: "raws", version: 1, layer: Layer.succeed(ImageCodec, rawCodec(count)) })

/** Makes pictures upright just before they are sent, as a plugin for EXIF does; crops are upright already. */
const turning = (orientation: Orientation) =>
  definePlugin({
    name: "turning",
    version: 1,
    hooks: {
      prepare: (media) => {
        if (media.source.from !== "bytes" || media.facts.reference !== undefined) return Effect.succeed(media)
        const raw = fromBytes(media.source.bytes)
        const reference = addStep(undefined, { step: "orient", orientation }, { width: raw.width, height: raw.height })
        return Effect.succeed(media.withBytes(toBytes(upright(raw, orientation)), { reference }))
      }
    }
  })

const dark = (width: number, height: number, lit?: readonly [number, number]): Raw => ({
  width,
  height,
  at: (x, y) => (lit !== undefined && x === lit[0] && y === lit[1] ? 200 : 0)
})
const thing = models.detection

describe("crops", () => {
  it("are cut from what was sent and answered in the first image's own pixels, exactly", async () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        part,
        part,
        fc.constantFrom<Orientation>(1, 2, 3, 4, 5, 6, 7, 8),
        fc.tuple(part, part, part, part),
        fc.constantFrom(0, 0.25),
        async (width, height, across, down, orientation, [a, b, c, d], padding) => {
          const lit = [Math.floor(across * (width - 1)), Math.floor(down * (height - 1))] as const
          const face = { left: Math.min(a, b), right: Math.max(a, b), top: Math.min(c, d), bottom: Math.max(c, d) }
          const app = sightline(fakeConnection(detector([face, { top: 0, left: 0, bottom: 1, right: 1 }])))
            .use(raws())
            .use(turning(orientation))
          const outcomes = await app
            .input(toBytes(dark(width, height, lit)))
            .predict(models.faces)
            .crops({ padding })
            .predict(thing)
            .run()
          const [cut, whole] = outcomes
          assert.isTrue(whole?.ok)
          for (const outcome of [cut, whole]) {
            if (outcome?.ok !== true) {
              // an empty box has no pixels
              assert.isTrue(
                face.left === face.right ||
                  face.top === face.bottom ||
                  Math.abs(face.right - face.left) * 40 < 1 ||
                  Math.abs(face.bottom - face.top) * 40 < 1
              )
              continue
            }
            const stored = inFrame(outcome.value, "original")
            const [region] = stored.regions
            if (region === undefined) continue // the bright pixel is not in this crop
            assert.deepStrictEqual(pixelsOf(region.box, { width, height }), {
              left: lit[0],
              top: lit[1],
              right: lit[0] + 1,
              bottom: lit[1] + 1
            })
            const back = inFrame(stored, "sent").regions[0]?.box
            assert.closeTo(back?.left ?? -1, outcome.value.regions[0]?.box.left ?? 0, 1e-9)
          }
          // the whole picture always holds the bright pixel
          assert.strictEqual(whole?.ok ? whole.value.regions.length : 0, 1)
        }
      ),
      { numRuns: runs(50) }
    )
  })

  it("know the part of the first image that they are", async () => {
    const face = { top: 0.25, left: 0.5, bottom: 0.75, right: 1 }
    const app = sightline(fakeConnection(detector([face]))).use(raws())
    const [outcome] = await app
      .input(toBytes(dark(8, 4)))
      .predict(models.faces)
      .crops()
      .predict(thing)
      .run()
    assert.deepStrictEqual(outcome?.ok === true && areaOf(outcome.value, "original"), face)
  })

  it("of a series are outcomes in outcomes; the picture is decoded once and closed, calls are shared", async () => {
    const count = { opened: 0, closed: 0 }
    const face = { top: 0, left: 0, bottom: 0.5, right: 0.5 }
    const connection = fakeConnection(detector([face, face, face]))
    const app = sightline(connection).use(raws(count))
    const pictures = [dark(8, 8), dark(6, 6), dark(4, 4)].map(toBytes)
    const outcomes = await app.inputs(pictures).predict(models.faces).crops().predict(thing).run()
    assert.deepStrictEqual(
      outcomes.map((outcome) => outcome.ok && outcome.value.map((crop) => crop.ok)),
      [0, 1, 2].map(() => [true, true, true])
    )
    assert.deepStrictEqual(count, { opened: 3, closed: 3 })
    assert.isAtMost(connection.calls.length, 4) // one for the pictures, and one at most for each one's crops
  })

  it("of a region outside of the picture fail alone", async () => {
    const app = sightline(
      fakeConnection(
        detector([
          { top: 0, left: 0, bottom: 1, right: 1 },
          { top: 2, left: 2, bottom: 3, right: 3 }
        ])
      )
    ).use(raws())
    const outcomes = await app
      .input(toBytes(dark(4, 4, [1, 1])))
      .predict(models.faces)
      .crops()
      .predict(thing)
      .run()
    assert.deepStrictEqual(
      outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error._tag)),
      ["ok", "MediaUnreadable"]
    )
  })

  it("of nothing found are none, and nothing is decoded", async () => {
    const count = { opened: 0, closed: 0 }
    const app = sightline(fakeConnection(detector([]))).use(raws(count))
    assert.deepStrictEqual(
      await app.input("https://images.test/a.jpg").predict(models.faces).crops().predict(thing).run(),
      []
    )
    assert.strictEqual(count.opened, 0)
  })

  it("say which plugin to add where nothing decodes pictures", async () => {
    const app = sightline(fakeConnection(detector([{ top: 0, left: 0, bottom: 1, right: 1 }])))
    const outcomes = await app
      .input(toBytes(dark(4, 4)))
      .predict(models.faces)
      .crops()
      .predict(thing)
      .run()
    const [outcome] = outcomes
    assert.match(String(outcome?.ok === false && outcome.error), /add @sightline\/plugin-exif/)
  })

  it("are planned without asking anybody: what depends on answers is a note", async () => {
    const connection = fakeConnection(detector([{ top: 0, left: 0, bottom: 1, right: 1 }]))
    const app = sightline(connection).use(raws())
    const plan = await app
      .input(toBytes(dark(4, 4)))
      .predict(models.faces)
      .crops()
      .predict(thing)
      .plan()
    assert.strictEqual(connection.calls.length, 0)
    assert.strictEqual(plan.calls.length, 1)
    assert.match(plan.notes.join(), /depend on its answers/)
  })
})

describe("crops of a URL", () => {
  const serve = async (body: Uint8Array, status = 200) => {
    let requests = 0
    const server = createServer((_, response) => {
      requests++
      response.writeHead(status).end(body)
    })
    await new Promise<void>((done) => {
      server.listen(0, "127.0.0.1", done)
    })
    const { port } = server.address() as AddressInfo // listening on TCP
    return { url: `http://127.0.0.1:${port}/a.raw?token=secret`, close: () => server.close(), requests: () => requests }
  }
  const connection = fakeConnection(detector([{ top: 0, left: 0, bottom: 1, right: 1 }]))
  const app = sightline(connection, { downloads: { allowPrivate: true } }).use(raws())

  it("are cut from what the platform's fetch gives", async () => {
    const server = await serve(toBytes(dark(4, 4, [2, 1])))
    const [outcome] = await app.input(server.url).predict(models.faces).crops().predict(thing).run()
    server.close()
    const [region] = outcome?.ok === true ? inFrame(outcome.value, "original").regions : []
    assert.deepStrictEqual(region && pixelsOf(region.box, { width: 4, height: 4 }), {
      left: 2,
      top: 1,
      right: 3,
      bottom: 2
    })
  })

  it("fail with a line that has no query when it cannot be fetched", async () => {
    const server = await serve(new Uint8Array(), 403)
    const [outcome] = await app.input(server.url).predict(models.faces).crops().run()
    server.close()
    assert.match(String(outcome?.ok === false && outcome.error), /HTTP 403/)
    assert.notInclude(String(outcome?.ok === false && outcome.error), "secret")
  })

  it("read no more than is allowed", async () => {
    const server = await serve(new Uint8Array(1000))
    const problem = await Effect.runPromise(
      Effect.flatMap(Urls, (urls) => urls.read(server.url, 100)).pipe(
        Effect.flip,
        Effect.provideService(Downloads, { allowPrivate: true })
      )
    )
    server.close()
    assert.match(problem, /more than 100 bytes/)
  })

  it("are fetched from public addresses only, unless the app says otherwise", async () => {
    const server = await serve(new Uint8Array(100))
    const careful = sightline(connection).use(raws())
    const asked: Array<string> = []
    const choosing = sightline(connection, {
      downloads: {
        allowPrivate: ({ pathname }) => {
          asked.push(pathname)
          return false
        }
      }
    }).use(raws())
    for (const each of [careful, choosing])
      for (const url of [server.url, "http://169.254.169.254/latest/meta-data", "http://[::1]:1/a.jpg"]) {
        const [outcome] = await each.input(url).predict(models.faces).crops().run()
        assert.match(String(outcome?.ok === false && outcome.error), /is not a public address; sightline\(.*downloads/)
      }
    server.close()
    assert.strictEqual(server.requests(), 0)
    assert.strictEqual(asked.length, 3)
  })
})
