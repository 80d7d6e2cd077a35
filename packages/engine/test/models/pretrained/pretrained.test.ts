/** Pretrained models of a folder, made by these tests, through onnxruntime-node and transformers.js. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import sharp from "sharp"
import { writeWav } from "../../../src/models/pretrained/audio/wav.ts"
import { freshEngine } from "../../support/fresh-engine.ts"
import * as models from "./tiny-models.ts"

/** Left half one colour, right half another, as base64 PNG. */
const halves = async (left: readonly [number, number, number], right: readonly [number, number, number]) => {
  const pixels = Uint8Array.from(
    { length: 64 * 32 * 3 },
    (_, i) => (Math.floor(i / 3) % 64 < 32 ? left : right)[i % 3] ?? 0
  )
  return (
    await sharp(pixels, { raw: { width: 64, height: 32, channels: 3 } })
      .png()
      .toBuffer()
  ).toString("base64")
}

const red = [255, 0, 0] as const
const blue = [0, 0, 255] as const

/** An engine with one model in its folder. */
const withModel = (put: (folder: string, id: string) => void, id = "tiny") => {
  const local = freshEngine({ limits: { modelTimeoutMs: 60_000 } })
  put(join(local.directory, "models"), id)
  return local
}

const ofImage = (base64: string) => ({ inputs: [{ data: { image: { base64 } } }] })
const ofText = (raw: string) => ({ inputs: [{ data: { text: { raw } } }] })

describe("an ONNX model of the folder", () => {
  it("classifies images, and obeys the options of a call", async () => {
    await using local = withModel((folder, id) =>
      models.putClassifier(folder, id, { aliases: ["aaa03c23b3724a16a56b629203edc62c"], versions: ["aa7f35c01e"] })
    )
    const base64 = await halves(red, [255, 102, 0])
    const { body, http } = await local.ask("POST /v2/models/tiny/outputs", ofImage(base64))
    assert.strictEqual(http, 200)
    const [output] = body.outputs
    assert.strictEqual(output.model.id, "tiny")
    assert.strictEqual(output.model.model_version.status.code, 21100)
    assert.deepStrictEqual(output.data.concepts[0], { id: "red", name: "red", value: 1, app_id: "main" })
    assert.deepStrictEqual(output.data.concepts[2], { id: "blue", name: "blue", value: 0, app_id: "main" })
    assert.closeTo(output.data.concepts[1].value, 0.2, 0.01)
    const some = await local.ask("POST /v2/models/tiny/outputs", {
      ...ofImage(base64),
      model: {
        model_version: { output_info: { output_config: { select_concepts: [{ name: "green" }, { name: "pink" }] } } }
      }
    })
    assert.strictEqual(some.http, 207)
    assert.deepStrictEqual(
      some.body.outputs[0].data.concepts.map(({ id }: { id: string }) => id),
      ["green"]
    )
    const none = await local.ask("POST /v2/models/tiny/outputs", {
      ...ofImage(await halves(blue, red)),
      model: { output_info: { output_config: { min_value: 0.9 } } }
    })
    assert.deepStrictEqual(none.body.outputs[0].data, {}) // empty lists are not written
    const old = await local.ask("POST /v2/models/aaa03c23b3724a16a56b629203edc62c/outputs", ofImage(base64))
    assert.strictEqual(old.body.outputs[0].model.id, "tiny")
    const byVersion = await local.ask("POST /v2/models/tiny/versions/aa7f35c01e/outputs", ofImage(base64))
    assert.strictEqual(byVersion.http, 200)
    const noVersion = await local.ask("POST /v2/models/tiny/versions/bb/outputs", ofImage(base64))
    assert.strictEqual(noVersion.body.status.code, 21200)
    const owned = await local.ask("POST /v2/users/clarifai/apps/main/models/tiny/outputs", ofImage(base64))
    assert.strictEqual(owned.http, 200)
    const info = await local.ask("GET /v2/models/tiny/output_info")
    assert.strictEqual(info.body.model.output_info.data.concepts.length, 3)
    const listed = await local.ask("GET /v2/models?model_type_id=visual-classifier")
    assert.deepStrictEqual(
      listed.body.models.map(({ id }: { id: string }) => id),
      ["tiny"]
    )
  })

  it("finds boxes and puts them back onto the stored picture", async () => {
    await using local = withModel(models.putDetector)
    const { body } = await local.ask("POST /v2/models/tiny/outputs", ofImage(await halves(blue, blue)))
    const { regions } = body.outputs[0].data
    assert.strictEqual(regions.length, 2)
    assert.deepStrictEqual(regions[0].region_info.bounding_box, {
      top_row: 0.375,
      left_col: 0.25,
      bottom_row: 0.625,
      right_col: 0.75
    })
    assert.deepStrictEqual(regions[0].data.concepts, [{ id: "blue", name: "blue", value: 1, app_id: "main" }])
    assert.strictEqual(regions[1].value, 0.5)
    assert.deepStrictEqual(regions[1].region_info.bounding_box, {
      top_row: 0.5,
      left_col: 0,
      bottom_row: 1,
      right_col: 0.5
    })
  })

  it("cuts an image into masks whose values are their share of it", async () => {
    await using local = withModel(models.putSegmenter)
    const { body } = await local.ask("POST /v2/models/tiny/outputs", ofImage(await halves(red, blue)))
    const { regions } = body.outputs[0].data
    assert.deepStrictEqual(
      regions.map((region: { data: { concepts: ReadonlyArray<{ id: string; value: number }> } }) => [
        region.data.concepts[0]?.id,
        region.data.concepts[0]?.value
      ]),
      [
        ["red", 0.5],
        ["blue", 0.5]
      ]
    )
    const png = Buffer.from(regions[0].region_info.mask.image.base64, "base64")
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true })
    assert.strictEqual(info.width, 8)
    assert.strictEqual(data[0], 255)
    assert.strictEqual(data[7 * info.channels], 0)
  })

  it("embeds images", async () => {
    await using local = withModel(models.putEmbedder)
    const { body } = await local.ask("POST /v2/models/tiny/outputs", ofImage(await halves(red, blue)))
    const [{ num_dimensions, vector }] = body.outputs[0].data.embeddings
    assert.strictEqual(num_dimensions, 3)
    for (const [index, expected] of [Math.SQRT1_2, 0, Math.SQRT1_2].entries())
      assert.closeTo(vector[index], expected, 0.01)
  })

  it("refuses what it cannot use, input by input", async () => {
    await using local = withModel(models.putClassifier)
    const { body, http } = await local.ask("POST /v2/models/tiny/outputs", {
      inputs: [
        { data: { image: { base64: await halves(red, red) } } },
        { data: { image: { base64: Buffer.from("not a picture").toString("base64") } } },
        { data: { text: { raw: "red" } } }
      ]
    })
    assert.strictEqual(http, 207)
    assert.deepStrictEqual(
      body.outputs.map(({ status }: { status: { code: number } }) => status.code),
      [10000, 30101, 30104]
    )
  })
})

describe("a transformers.js model of the folder", () => {
  it("classifies images", async () => {
    await using local = withModel(models.putVit)
    const { body } = await local.ask("POST /v2/models/tiny/outputs", ofImage(await halves(blue, blue)))
    assert.strictEqual(body.outputs[0].data.concepts[0].name, "blue")
  })

  it("classifies texts", async () => {
    await using local = withModel(models.putTextClassifier)
    const { body } = await local.ask("POST /v2/models/tiny/outputs", {
      inputs: [...ofText("good good fine").inputs, ...ofText("Bad").inputs]
    })
    assert.strictEqual(body.outputs[0].data.concepts[0].name, "positive")
    assert.strictEqual(body.outputs[1].data.concepts[0].name, "negative")
    assert.deepStrictEqual(body.outputs[0].input.data.text, {
      raw: "good good fine",
      url: "https://samples.clarifai.com/placeholder.gif"
    })
  })

  it("embeds texts", async () => {
    await using local = withModel(models.putTextEmbedder)
    const { body } = await local.ask("POST /v2/models/tiny/outputs", ofText("good"))
    const [{ num_dimensions, vector }] = body.outputs[0].data.embeddings
    assert.strictEqual(num_dimensions, 2)
    assert.closeTo(vector[0], -Math.SQRT1_2, 1e-6)
    assert.closeTo(vector[1], Math.SQRT1_2, 1e-6)
  })

  it("embeds texts with the pooling, the scale and the prefixes of the manifest", async () => {
    await using local = freshEngine({ limits: { modelTimeoutMs: 60_000 } })
    const prefixes = { default: "fine ", query: "bad " }
    for (const [id, pooling, raw, params, expected, extra] of [
      ["mean", "mean", "bad good fine", {}, [0, 1 / 3], {}],
      ["last", "last", "bad good fine", {}, [0, 1], {}],
      ["document", "first", "good", {}, [0, 1], { prefixes }],
      ["query", "first", "good", { input_type: "query" }, [4, -4], { prefixes }]
    ] as const) {
      models.putTextEmbedder(join(local.directory, "models"), id, { outputs: { pooling, normalize: false }, ...extra })
      const { body } = await local.ask(`POST /v2/models/${id}/outputs`, {
        ...ofText(raw),
        model: { model_version: { output_info: { params } } }
      })
      assert.deepStrictEqual(
        body.outputs[0].data?.embeddings?.[0].vector.map((value: number) => Math.round(value * 300)),
        expected.map((value) => Math.round(value * 300)),
        `${id}: ${body.outputs[0].status.details}`
      )
    }
  }, 120_000)

  it("writes texts, whole or piece by piece, and counts tokens", async () => {
    await using local = withModel(models.putTextGenerator)
    const whole = await local.ask("POST /v2/models/tiny/outputs", {
      ...ofText("a"),
      model: { model_version: { output_info: { params: { max_tokens: "8", top_k: 0.95, do_sample: "false" } } } }
    })
    assert.strictEqual(whole.body.status.code, 10000)
    const { text } = whole.body.outputs[0].data
    assert.strictEqual(text.raw.replaceAll(/\s/g, ""), "bcd")
    assert.strictEqual(whole.body.outputs[0].prompt_tokens, 1)

    const streamed = await local.fetch("/v2/users/me/apps/main/models/tiny/outputs/generate", {
      method: "POST",
      body: JSON.stringify(ofText("a"))
    })
    assert.strictEqual(streamed.headers.get("content-type"), "application/json")
    const lines = (await streamed.text()).split("\n")
    assert.strictEqual(lines.pop(), "")
    const messages = lines.map((line) => JSON.parse(line).result)
    assert.isAbove(messages.length, 2)
    assert.isTrue(messages.every(({ status }) => status.code === 10000))
    const pieces: ReadonlyArray<string> = messages.map(({ outputs }) => outputs[0].data.text.raw)
    assert.isFalse(pieces.includes(""))
    assert.strictEqual(pieces.join(""), text.raw)
    assert.strictEqual(messages.at(-1).outputs[0].prompt_tokens, 1)
    const full = await local.ask("POST /v2/models/tiny/outputs", {
      ...ofText("a"),
      model: { model_version: { output_info: { params: { return_full_text: true } } } }
    })
    assert.strictEqual(full.body.outputs[0].data.text.raw, `a${text.raw}`)
    for (const [params, words] of [
      [{ max_tokens: "many" }, "max_tokens must be a number"],
      [{ top_p: 3 }, "top_p must be 0..1, not 3"],
      [{ prompt_template: "say it" }, "prompt_template must contain {prompt}"],
      [{ messages: "hello" }, "messages must be a list"]
    ] as const) {
      const { body } = await local.ask("POST /v2/models/tiny/outputs", {
        ...ofText("a"),
        model: { model_version: { output_info: { params } } }
      })
      assert.include(body.outputs[0].status.details, words)
      assert.include([11100, 40001], body.outputs[0].status.code)
    }
  })

  it("puts a chat into the model's own template", async () => {
    await using local = withModel((folder, id) => {
      models.putTextGenerator(folder, id, "{% for m in messages %}{{ m.content }} {% endfor %}b")
    })
    const { body } = await local.ask("POST /v2/models/tiny/outputs", {
      ...ofText("a"),
      model: { model_version: { output_info: { params: { system_prompt: "d" } } } }
    })
    const [output] = body.outputs
    assert.strictEqual(output.data.text.raw.replaceAll(/\s/g, ""), "cd")
    assert.strictEqual(output.prompt_tokens, 3)
    const raw = await local.ask("POST /v2/models/tiny/outputs", {
      ...ofText("a"),
      model: { model_version: { output_info: { params: { prompt_template: "{prompt} c" } } } }
    })
    assert.strictEqual(raw.body.outputs[0].data.text.raw.trim(), "d")
  })

  it("hears speech in WAV files and refuses what is no sound", async () => {
    await using local = withModel(models.putListener)
    const samples = Float32Array.from({ length: 3200 }, (_, i) => (i < 1600 ? 0.9 : 0.01))
    const wav = Buffer.from(writeWav({ samples, sampleRate: 16_000 })).toString("base64")
    const { body } = await local.ask("POST /v2/models/tiny/outputs", { inputs: [{ data: { audio: { base64: wav } } }] })
    assert.strictEqual(body.outputs[0].data.text.raw, "ab")
    const mp3 = await local.ask("POST /v2/models/tiny/outputs", {
      inputs: [{ data: { audio: { base64: Buffer.from("ID3 and so on").toString("base64") } } }]
    })
    assert.strictEqual(mp3.body.status.code, 30101)
  })

  it("says texts as WAV", async () => {
    await using local = withModel(models.putSpeaker)
    const { body } = await local.ask("POST /v2/models/tiny/outputs", ofText("good bad"))
    const { audio } = body.outputs[0].data
    assert.deepStrictEqual(audio.audio_info, { audio_format: "WAV", sample_rate: 16_000, duration_seconds: 0.0125 })
    assert.strictEqual(Buffer.from(audio.base64, "base64").subarray(0, 4).toString(), "RIFF")
  })

  it("is never fetched from a hub unasked", async () => {
    await using local = withModel((folder, id) => {
      mkdirSync(join(folder, id), { recursive: true })
      writeFileSync(
        join(folder, id, "manifest.json"),
        JSON.stringify({ type: "text-to-text", runtime: "transformers", hub: "someone/something" })
      )
    })
    const { body, http } = await local.ask("POST /v2/models/tiny/outputs", ofText("a"))
    assert.strictEqual(http, 500)
    assert.strictEqual(body.status.code, 21350)
    assert.include(body.status.details, "allowHub")
  })
})

describe("the models folder", () => {
  it("without the model answers 21200 and says how to add one", async () => {
    await using local = freshEngine()
    for (const id of ["general-image-recognition", "aaa03c23b3724a16a56b629203edc62c", "../../etc", "..%2f..%2fetc"]) {
      const { body, http } = await local.ask(`POST /v2/models/${encodeURIComponent(id)}/outputs`, ofImage("AAAA"))
      assert.strictEqual(http, 404)
      assert.strictEqual(body.status.code, 21200)
      assert.deepStrictEqual(body.outputs, [])
      assert.include(body.status.details, "manifest.json")
      assert.include(body.status.details, "app.train(..)")
      assert.include(body.status.details, "POST /v2/models")
    }
  })

  it("with a manifest that cannot be used says what is wrong", async () => {
    await using local = withModel((folder, id) => {
      mkdirSync(join(folder, id), { recursive: true })
      writeFileSync(join(folder, id, "manifest.json"), JSON.stringify({ type: "telepathy", runtime: "onnx" }))
    })
    const { body } = await local.ask("POST /v2/models/tiny/outputs", ofImage("AAAA"))
    assert.strictEqual(body.status.code, 21350)
    assert.include(body.status.details, "type")
  })

  it("with a file that is no graph fails that call and no other", async () => {
    await using local = withModel((folder, id) => {
      models.putClassifier(folder, id)
      models.putClassifier(folder, "sound")
      writeFileSync(join(folder, id, "model.onnx"), "rubbish")
    })
    const broken = await local.ask("POST /v2/models/tiny/outputs", ofImage(await halves(red, red)))
    assert.strictEqual(broken.body.status.code, 21350)
    const sound = await local.ask("POST /v2/models/sound/outputs", ofImage(await halves(red, red)))
    assert.strictEqual(sound.http, 200)
  })

  it("with a graph that was replaced loads it anew, and with one that does not fit names both shapes", async () => {
    await using local = withModel(models.putClassifier)
    const folder = join(local.directory, "models")
    const first = await local.ask("POST /v2/models/tiny/outputs", ofImage(await halves(red, red)))
    assert.strictEqual(first.body.outputs[0].data.concepts[0].name, "red")
    const manifest = readFileSync(join(folder, "tiny", "manifest.json"), "utf8")
    models.putDetector(folder, "other")
    copyFileSync(join(folder, "other", "model.onnx"), join(folder, "tiny", "model.onnx"))
    const replaced = await local.ask("POST /v2/models/tiny/outputs", ofImage(await halves(red, red)))
    assert.strictEqual(replaced.body.status.code, 21350)
    assert.include(replaced.body.status.details, "boxes [1, 2, 4], scores [1, 2, 3]")
    assert.strictEqual(readFileSync(join(folder, "tiny", "manifest.json"), "utf8"), manifest)
    models.putClassifier(folder, "tiny", { labels: ["rot", "grün", "blau"] })
    const renamed = await local.ask("POST /v2/models/tiny/outputs", ofImage(await halves(red, red)))
    assert.strictEqual(renamed.body.outputs[0].data.concepts[0].name, "rot")
  })

  it("starts a model again whose process has ended after a time without predictions", async () => {
    await using local = freshEngine({ limits: { modelTimeoutMs: 60_000, modelIdleMs: 1 } })
    models.putClassifier(join(local.directory, "models"), "tiny")
    for (let round = 0; round < 2; round++) {
      const { http } = await local.ask("POST /v2/models/tiny/outputs", ofImage(await halves(red, red)))
      assert.strictEqual(http, 200)
    }
  })
})
