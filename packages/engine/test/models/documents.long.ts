/** Every task of the service's documents, by the requests that they show, answered by models that this test builds. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { dataBytes, hasData } from "@sightline/fixtures"
import sharp from "sharp"
import { writeWav } from "../../src/models/pretrained/audio/wav.ts"
import { freshEngine } from "../support/fresh-engine.ts"
import { putSegformer } from "./pretrained/tiny-image-models.ts"
import * as tiny from "./pretrained/tiny-models.ts"
import * as multimodal from "./pretrained/tiny-multimodal-models.ts"

const red = await sharp({ create: { width: 32, height: 16, channels: 3, background: "#ff0000" } })
  .png()
  .toBuffer()
const speech = writeWav({ samples: new Float32Array(16_000).fill(0.9), sampleRate: 16_000 })
const files: Readonly<Record<string, readonly [string, Uint8Array]>> = {
  "/red.png": ["image/png", red],
  "/speech.wav": ["audio/wav", speech],
  "/review.txt": ["text/plain", new TextEncoder().encode("good")],
  ...(hasData("video") ? { "/beer.mp4": ["video/mp4", dataBytes("video", "clarifai-sample_h264_no-audio.mp4")] } : {})
}
const server = createServer(({ url = "" }, response) => {
  const [type, bytes] = files[url] ?? ["text/plain", new Uint8Array(0)]
  response.writeHead(files[url] === undefined ? 404 : 200, { "content-type": type }).end(bytes)
})
const local = freshEngine({ limits: { modelTimeoutMs: 120_000 }, allowUrls: true })

/** The models of the documents, by what they do here. */
const models: Readonly<Record<string, (folder: string, id: string) => void>> = {
  classifier: (folder, id) =>
    tiny.putClassifier(folder, id, {
      aliases: ["aaa03c23b3724a16a56b629203edc62c"],
      versions: ["aa7f35c01e0642fda5cf400f543e7c40"],
      userId: "clarifai",
      appId: "main",
      name: "general"
    }),
  detector: tiny.putDetector,
  segmenter: putSegformer,
  captioner: (folder, id) => multimodal.putSeer(folder, id, { type: "image-to-text", prompt: "what" }),
  upscaler: multimodal.putNegative,
  "image-embedder": tiny.putEmbedder,
  sentiment: tiny.putTextClassifier,
  writer: tiny.putTextGenerator,
  painter: multimodal.putPainter,
  speaker: tiny.putSpeaker,
  "text-embedder": tiny.putTextEmbedder,
  listener: tiny.putListener,
  seer: multimodal.putSeer
}

beforeAll(async () => {
  for (const [id, put] of Object.entries(models)) put(join(local.directory, "models"), id)
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done)
  })
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await local[Symbol.asyncDispose]()
})

const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")
const params = (given: object) => ({ model: { model_version: { output_info: { params: given } } } })
const config = (given: object) => ({ model: { output_info: { output_config: given } } })

interface Shown {
  readonly model: string
  readonly path?: string
  readonly data: () => object
  readonly options?: object
  /** Reads what the samples print. */
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of many shapes
  readonly read: (output: any) => unknown
  readonly expected: unknown
}

const image = () => ({ image: { url: url("/red.png") } })
const imageBytes = () => ({ image: { base64: base64(red) } })
const text = (raw: string) => () => ({ text: { raw } })
const concept = ({ data }: { readonly data: { readonly concepts: ReadonlyArray<{ readonly name: string }> } }) =>
  data.concepts[0]?.name
const raw = ({ data }: { readonly data: { readonly text: { readonly raw: string } } }) =>
  data.text.raw.replaceAll(/\s/g, "")
const vector = ({
  data
}: {
  readonly data: { readonly embeddings: ReadonlyArray<{ readonly num_dimensions: number }> }
}) => data.embeddings[0]?.num_dimensions

const requests: Readonly<Record<string, Shown>> = {
  "image classification by URL": { model: "classifier", data: image, read: concept, expected: "red" },
  "image classification by bytes": { model: "classifier", data: imageBytes, read: concept, expected: "red" },
  "the general model of old clients with its version": {
    model: "classifier",
    path: "/v2/models/aaa03c23b3724a16a56b629203edc62c/versions/aa7f35c01e0642fda5cf400f543e7c40/outputs",
    data: image,
    read: ({ model }) => [model.id, model.name, model.app_id],
    expected: ["classifier", "general", "main"]
  },
  "a model under its user and app": {
    model: "classifier",
    path: "/v2/users/clarifai/apps/main/models/classifier/versions/aa7f35c01e0642fda5cf400f543e7c40/outputs",
    data: image,
    read: concept,
    expected: "red"
  },
  "few concepts": {
    model: "classifier",
    data: image,
    options: config({ max_concepts: 2 }),
    read: ({ data }) => data.concepts.length,
    expected: 2
  },
  "likely concepts": {
    model: "classifier",
    data: image,
    options: config({ min_value: 0.95 }),
    read: ({ data }) => data.concepts.length,
    expected: 1
  },
  "chosen concepts": {
    model: "classifier",
    data: image,
    options: config({ select_concepts: [{ name: "green" }] }),
    read: concept,
    expected: "green"
  },
  "image detection": {
    model: "detector",
    data: image,
    read: ({ data }) => [
      data.regions[0].region_info.bounding_box.top_row,
      data.regions[0].data.concepts[0].name,
      data.regions[0].data.concepts[0].value
    ],
    expected: [0.375, "red", 1]
  },
  "image segmentation": {
    model: "segmenter",
    data: image,
    read: ({ data }) => [
      typeof data.regions[0].region_info.mask.image.base64,
      data.regions[0].data.concepts[0].name,
      data.regions[0].data.concepts[0].value
    ],
    expected: ["string", "red", 1]
  },
  "image to text": { model: "captioner", data: image, read: raw, expected: "red" },
  "image to image": {
    model: "upscaler",
    data: image,
    options: params({ width: 64 }),
    read: ({ data }) => [typeof data.image.base64, data.image.image_info.width],
    expected: ["string", 64]
  },
  "embedding of an image": { model: "image-embedder", data: image, read: vector, expected: 3 },
  "text classification by URL": {
    model: "sentiment",
    data: () => ({ text: { url: url("/review.txt") } }),
    read: concept,
    expected: "positive"
  },
  "text classification of raw text": { model: "sentiment", data: text("bad"), read: concept, expected: "negative" },
  "text generation with parameters": {
    model: "writer",
    data: text("a"),
    options: params({ temperature: "0", max_tokens: "64", top_p: 0.95, system_prompt: "d" }),
    read: raw,
    expected: "bcd"
  },
  "text generation with a slip": {
    model: "writer",
    data: text("a"),
    options: params({ top_k: 0.95, max_tokens: "1" }),
    read: raw,
    expected: "b"
  },
  "text to image with a third party's key": {
    model: "painter",
    data: text("red"),
    options: params({ size: "1024x1024", quality: "hd", api_key: "not to be echoed" }),
    read: (output) => [typeof output.data.image.base64, JSON.stringify(output).includes("not to be echoed")],
    expected: ["string", false]
  },
  "text to audio": {
    model: "speaker",
    data: text("good"),
    options: params({ voice_id: "v1", model_id: "m1", stability: 0.7 }),
    read: ({ data }) => [typeof data.audio.base64, data.audio.audio_info.audio_format],
    expected: ["string", "WAV"]
  },
  "embedding of a text": {
    model: "text-embedder",
    data: text("good"),
    options: params({ input_type: "search_query" }),
    read: vector,
    expected: 2
  },
  "audio to text by URL": {
    model: "listener",
    data: () => ({ audio: { url: url("/speech.wav") } }),
    read: raw,
    expected: "a"
  },
  "audio to text by bytes": {
    model: "listener",
    data: () => ({ audio: { base64: base64(speech) } }),
    read: raw,
    expected: "a"
  },
  "image and text to text": {
    model: "seer",
    data: () => ({ ...image(), ...text("what color")() }),
    options: params({ temperature: "0.0", max_tokens: 100 }),
    read: raw,
    expected: "red"
  },
  "image and text to text in parts": {
    model: "seer",
    data: () => ({ parts: [{ data: imageBytes() }, { data: text("what color")() }] }),
    read: raw,
    expected: "red"
  },
  ...(hasData("video")
    ? {
        "video by URL": {
          model: "classifier",
          data: () => ({ video: { url: url("/beer.mp4") } }),
          options: config({ sample_ms: 1000 }),
          read: ({ data }: { readonly data: { readonly frames: ReadonlyArray<unknown> } }) => data.frames.length,
          expected: 9
        }
      }
    : {})
}

describe("a request of the documents", { timeout: 180_000 }, () => {
  it.for(Object.entries(requests))("%s", async ([, { data, expected, model, options = {}, path, read }]) => {
    const body = { inputs: [{ data: data() }], ...options }
    const reply = await local.ask(`POST ${path ?? `/v2/models/${model}/outputs`}`, body)
    assert.strictEqual(reply.body.status.code, 10000, JSON.stringify(reply.body.status))
    const [output] = reply.body.outputs
    assert.strictEqual(output.status.code, 10000)
    assert.isString(output.created_at)
    assert.isString(output.input.id)
    assert.deepStrictEqual(read(output), expected)
  })

  it("for a text in pieces", async () => {
    const streamed = await local.fetch("/v2/users/meta/apps/Llama-3/models/writer/outputs/generate", {
      method: "POST",
      body: JSON.stringify({ inputs: [{ data: { text: { raw: "a" } } }] })
    })
    const lines = (await streamed.text()).trim().split("\n")
    const pieces = lines.map((line): string => JSON.parse(line).result.outputs[0].data.text.raw)
    assert.strictEqual(pieces.join("").replaceAll(/\s/g, ""), "bcd")
  })
})
