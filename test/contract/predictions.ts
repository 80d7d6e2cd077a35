/** Predictions: what a chain gives for one input and for many. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { file, inFrame, model, models, type CallEvent } from "@sightline/core"
import { dataBytes, dataPath, hasData } from "@sightline/fixtures"
import { Effect } from "effect"
import { assert } from "vitest"
import { drawPicture } from "../../packages/engine/test/support/draw-picture.ts"
import { writeWav } from "../../packages/engine/src/models/pretrained/audio/wav.ts"
import { type Case, named, plain } from "./case.ts"
import { fromPortable } from "@sightline/core/portable"

const pictures = await Promise.all([1, 2, 3, 4, 5].map((seed) => drawPicture("blobs", seed)))
const [picture = new Uint8Array()] = pictures
/** Whole to look at, and not to decode: its pixels are rubbish. */
export const broken = picture.map((byte, at) => (at > 120 && at < picture.length - 30 ? 170 : byte))

/** Gives the picture out for as long as the tests run: its address is the same for every service. */
const host = createServer((_, response) => response.writeHead(200, { "content-type": "image/png" }).end(picture))
await new Promise<void>((done) => host.listen(0, "127.0.0.1", done))
host.unref()
const address = host.address()
const url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/a.png`

const filed = async <A>(use: (path: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "contract-file-"))
  try {
    writeFileSync(join(folder, "a.png"), picture)
    return await use(join(folder, "a.png"))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const one: ReadonlyArray<Case> = [
  {
    name: "one input has typed concepts, best first, within what was asked for",
    check: async ({ app }) => {
      const all = await app.input(picture).predict(models.general).run()
      assert.lengthOf(all.concepts, 3)
      assert.deepStrictEqual(
        all.concepts.map(({ score }) => score),
        all.concepts.map(({ score }) => score).toSorted((a, b) => b - a)
      )
      const top = await app.input(picture).top(1).predict(models.general).run()
      assert.deepStrictEqual(named(top.concepts), named(all.concepts).slice(0, 1))
      const [, middle] = all.concepts
      const high = await app
        .input(picture)
        .atLeast(middle?.score ?? 0)
        .predict(models.general)
        .run()
      assert.lengthOf(high.concepts, 2)
      const selected = await app.input(picture).concepts("blue", "red").predict(models.general).run()
      selected.concepts[0]?.name satisfies "blue" | "red" | undefined
      assert.sameMembers(
        selected.concepts.map(({ name }) => name),
        ["blue", "red"]
      )
      return named(all.concepts)
    }
  },
  {
    name: "an input may be bytes, a Blob, a buffer, a data: or http: address, a URL, a stream or a file: the answer is one",
    check: ({ app }) =>
      filed(async (path) => {
        const base64 = Buffer.from(picture).toString("base64")
        const inputs = [
          picture,
          new Blob([Uint8Array.from(picture)]),
          Uint8Array.from(picture).buffer,
          new Blob([Uint8Array.from(picture)]).stream(),
          `data:image/png;base64,${base64}`,
          url,
          new URL(url),
          file(path)
        ]
        const answers = []
        for (const input of inputs) answers.push(named((await app.input(input).predict(models.general).run()).concepts))
        for (const answer of answers) assert.deepStrictEqual(answer, answers[0])
        return answers[0]
      })
  },
  {
    name: "a model may be a handle, an id, an old id or the address of a page",
    check: async ({ app }) => {
      const byHandle = await app.input(picture).predict(models.general).run()
      const byId = await app.input(picture).predict("general-image-recognition").run()
      const page = "https://clarifai.com/clarifai/main/models/general-image-recognition"
      const byPage = await app.input(picture).predict(page).run()
      assert.deepStrictEqual(plain(byId.concepts), plain(byPage.concepts))
      return named(byHandle.concepts)
    }
  },
  {
    name: "boxes are fractions of what was sent, and pixels of the original on request",
    check: async ({ app }) => {
      const answer = await app.input(picture).predict(models.faces).run()
      assert.lengthOf(answer.regions, 2)
      assert.deepStrictEqual(answer.regions[0]?.box, { top: 0.375, left: 0.25, bottom: 0.625, right: 0.75 })
      const original = inFrame(answer, "original")
      return original.regions.map(({ box, concepts }) => [box, named(concepts)])
    }
  },
  {
    name: "crops of what was found are inputs of their own, and know where they were",
    check: async ({ app }) => {
      const outcomes = await app.input(picture).predict(models.faces).crops().predict(models.general).run()
      assert.lengthOf(outcomes, 2)
      return outcomes.map((outcome) => (outcome.ok ? named(outcome.value.concepts) : outcome.error._tag))
    }
  },
  {
    name: "masks have the size of the picture and cover it together",
    check: async ({ app }) => {
      const { regions } = await app.input(picture).predict(models.segmentation).run()
      assert.isAbove(regions.length, 0)
      assert.closeTo(
        regions.reduce((sum, { score }) => sum + score, 0),
        1,
        1e-5
      )
      return regions.map(({ concepts, score }) => [named(concepts), score])
    }
  },
  {
    name: "embeddings have the length that they say",
    check: async ({ app }) => {
      const vector = model({ id: "vector", task: "visual-embedder" })
      const { embedding } = await app
        .input(picture)
        .predict({ ...vector, accepts: ["image"] })
        .run()
      assert.lengthOf(embedding.vector, embedding.dimensions)
      return embedding.vector
    }
  },
  {
    name: "a picture on its side is answered upright, and its boxes lie in either picture",
    check: async ({ app }) => {
      if (!hasData("exif")) return undefined
      const path = dataPath("exif", "orientation-landscape", "Landscape_6.jpg")
      const upright = await app.input(file(path)).upright().predict(models.faces).run()
      const boxes = inFrame(upright, "original").regions.map(({ box }) => box)
      assert.lengthOf(boxes, 2)
      return boxes
    }
  }
]

const many: ReadonlyArray<Case> = [
  {
    name: "many inputs: one outcome each, in their order, with their keys; one that is bad fails alone",
    check: async ({ app }) => {
      const inputs = pictures.toSpliced(2, 0, broken)
      const outcomes = await app
        .inputs(inputs, { key: (_, index) => `k${index}` })
        .predict(models.general)
        .run()
      assert.deepStrictEqual(
        outcomes.map(({ index, key }) => [index, key]),
        inputs.map((_, index) => [index, `k${index}`])
      )
      assert.deepStrictEqual(
        outcomes.map(({ ok }) => ok),
        inputs.map((_, index) => index !== 2)
      )
      const bad = outcomes[2]
      assert.strictEqual(bad && !bad.ok && bad.error._tag, "InputRejected")
      assert.isTrue(outcomes.every(({ attempts }) => attempts >= 1))
      return outcomes.map((outcome) => (outcome.ok ? named(outcome.value.concepts) : outcome.error.code))
    }
  },
  {
    name: "out of order, each input still comes once",
    check: async ({ app }) => {
      const seen: Array<number> = []
      const lot = Array.from({ length: 40 }, (_, i) => pictures[i % 5] ?? picture)
      const chain = app.inputs(lot).predict(models.general)
      for await (const outcome of chain.stream({ ordered: false, concurrency: 4 })) seen.push(outcome.index)
      assert.deepStrictEqual(
        seen.toSorted((a, b) => a - b),
        lot.map((_, i) => i)
      )
      return seen.length
    }
  },
  {
    name: "a source without an end is read as it is needed, and closed when the loop is left",
    check: async ({ app }) => {
      const state = { read: 0, closed: false }
      const endless = async function* () {
        try {
          for (;;) yield pictures[state.read++ % 5] ?? picture
        } finally {
          state.closed = true
        }
      }
      let taken = 0
      for await (const outcome of app.inputs(endless()).predict(models.general).stream({ concurrency: 2 })) {
        assert.isTrue(outcome.ok)
        if (++taken === 3) break
      }
      assert.isTrue(state.closed)
      assert.isBelow(state.read, 400)
      return taken
    }
  },
  {
    name: "the calls that are planned are the calls that are made",
    check: async ({ watched }) => {
      const made: Array<number> = []
      const onEvent = (event: CallEvent) => {
        if (event.type === "call") made.push(event.call.bytes)
      }
      const lot = Array.from({ length: 60 }, (_, i) => pictures[i % 5] ?? picture)
      const chain = watched(onEvent).inputs(lot).top(2).predict(models.general)
      const plan = await chain.plan()
      assert.lengthOf(made, 0)
      const outcomes = await chain.run()
      assert.lengthOf(outcomes, 60)
      assert.isTrue(outcomes.every(({ ok }) => ok))
      assert.sameMembers(
        made,
        plan.calls.map(({ bytes }) => bytes)
      )
      // how many a call holds is the connection's to say: fewer where a call costs nothing
      return plan.calls.reduce((sum, { items }) => sum + items, 0)
    }
  },
  {
    name: "a chain is a value: it runs twice, at once, and as an Effect, with the same answer",
    check: async ({ app }) => {
      const chain = app.input(picture).predict(models.general)
      const program = Effect.map(chain, ({ concepts }) => named(concepts))
      const [first, second, third] = await Promise.all([chain.run(), chain.run(), Effect.runPromise(program)])
      assert.deepStrictEqual(plain(first.concepts), plain(second.concepts))
      assert.deepStrictEqual(third, named(first.concepts))
      return third
    }
  },
  {
    name: "a chain of data travels as JSON and gives the same answers",
    check: async ({ app }) => {
      const chain = app.input(url).top(2).predict(models.general)
      const back = fromPortable(app, JSON.parse(JSON.stringify(chain.toPortable())))
      const [here, there] = [await chain.run(), await back.run()]
      assert.deepStrictEqual(plain(Object(there).concepts), plain(here.concepts))
      return named(here.concepts)
    }
  }
]

const letters = model({ id: "letters", task: "text-to-text" })
const wav = writeWav({
  samples: Float32Array.from({ length: 3200 }, (_, i) => (i < 1600 ? 0.9 : 0.01)),
  sampleRate: 16_000
})

const others: ReadonlyArray<Case> = [
  {
    name: "texts are classified, and become vectors",
    check: async ({ app }) => {
      const tone = model({ id: "tone", task: "text-classifier" })
      const { concepts } = await app.text("good good").predict(tone).run()
      assert.strictEqual(concepts[0]?.name, "positive")
      const meaning = await app
        .text("good")
        .predict(model({ id: "meaning", task: "text-embedder" }))
        .run()
      return [named(concepts), meaning.embedding.vector]
    }
  },
  {
    name: "texts are written, whole or piece by piece",
    check: async ({ app }) => {
      const whole = await app.text("a").params({ max_tokens: 8 }).predict(letters).run()
      assert.strictEqual(whole.text.replaceAll(/\s/g, ""), "bcd")
      const pieces: Array<string> = []
      for await (const { text } of app.text("a").generate(letters)) pieces.push(text)
      assert.isAbove(pieces.length, 1)
      assert.strictEqual(pieces.join("").replaceAll(/\s/g, ""), "bcd")
      return whole.text
    }
  },
  {
    name: "speech is written down, and texts are said",
    check: async ({ app }) => {
      const heard = await app
        .audio(wav)
        .predict(model({ id: "listener", task: "audio-to-text" }))
        .run()
      assert.strictEqual(heard.text, "ab")
      const said = await app
        .text("good bad")
        .predict(model({ id: "speaker", task: "text-to-audio" }))
        .run()
      assert.strictEqual(said.audio.format, "WAV")
      return said.audio.bytes.length
    }
  },
  {
    name: "videos are answered frame by frame, here and by the service",
    check: async ({ app }) => {
      if (!hasData("video")) return undefined
      const clip = dataBytes("video", "clarifai-sample_h264_no-audio.mp4")
      const sampled = await app.video(clip).sampleEvery({ ms: 3000 }).predict(models.general).run()
      assert.isAbove(sampled.frames.length, 1)
      // frames that are decoded here travel as JPEGs: their scores differ in the fourth digit
      return sampled.frames.map(({ concepts, index, timeMs }) => [index, timeMs, concepts[0]?.name])
    }
  }
]

/** All of them. */
export const predictions: ReadonlyArray<Case> = [...one, ...many, ...others]
