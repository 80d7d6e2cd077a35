import { assert, describe, it } from "@effect/vitest"
import { expectTypeOf } from "vitest"
import { dataJson, hasData } from "@sightline/fixtures"
import { type Task, taskKinds, taskOf } from "../../src/models/task.ts"
import {
  type Answer,
  type ConceptsAnswer,
  type FramesAnswer,
  type TextAnswer,
  toAnswer
} from "../../src/results/answer.ts"
import type { Output } from "../../src/results/output.ts"
import type { MaskedRegion } from "../../src/results/region.ts"
import { decode, type Decoded } from "../../src/wire/codec/decode-json.ts"
import { MultiOutputResponseWire } from "../../src/wire/messages/output-messages.ts"
import { base64, output, png } from "./fixtures.ts"

const value = <A>(decoded: Decoded<A>): A => {
  if (!decoded.ok) throw new Error(`${decoded.problem.path}: ${decoded.problem.problem}`)
  return decoded.value
}
const by = { model: { id: "m", model_version: { id: "v" } }, input: { id: "i" } }
const point = (row: number, col: number) => ({ row, col })
const facts = { model: { id: "m", versionId: "v" }, inputId: "i" }

describe("the task decides the type of the answer", () => {
  it("as these", () => {
    expectTypeOf<Answer<"visual-classifier", "image", "a" | "b">>().toEqualTypeOf<ConceptsAnswer<"a" | "b">>()
    expectTypeOf<Answer<"visual-classifier", "video", "a">>().toEqualTypeOf<FramesAnswer<"a">>()
    expectTypeOf<Answer<"visual-detector", "video">>().toEqualTypeOf<FramesAnswer>()
    expectTypeOf<Answer<"text-to-text", "text">>().toEqualTypeOf<TextAnswer>()
    expectTypeOf<Answer<"multimodal-to-text", "video">>().toEqualTypeOf<TextAnswer>()
    expectTypeOf<Answer<"unknown", "image", "a">>().toEqualTypeOf<Output<"a">>()
    expectTypeOf<Answer<"visual-classifier", "image" | "video">>().toEqualTypeOf<ConceptsAnswer | FramesAnswer>()
    expectTypeOf<Answer<"visual-segmenter", "image", "t">["regions"]>().toEqualTypeOf<
      ReadonlyArray<MaskedRegion<"t">>
    >()
    expectTypeOf<ConceptsAnswer<"a">>().toExtend<ConceptsAnswer>()
  })
})

describe("answers in our words", () => {
  it("a classifier: concepts", () => {
    const data = {
      concepts: [
        { id: "ai_1", name: "train", value: 0.99, app_id: "main" },
        { id: "x", value: 0 }
      ]
    }
    assert.deepStrictEqual(value(toAnswer("visual-classifier", "image", output({ ...by, data }))), {
      ...facts,
      concepts: [
        { id: "ai_1", name: "train", score: 0.99 },
        { id: "x", name: "x", score: 0 }
      ]
    })
    assert.deepStrictEqual(value(toAnswer("text-classifier", "text", output({ ...by, data: {} }))), {
      ...facts,
      concepts: []
    })
  })
  it("a classifier on a video: frames with the times that were sent", () => {
    const frames = [
      { frame_info: { index: 0, time: 250 }, data: { concepts: [{ id: "a", name: "a", value: 0.5 }] } },
      { frame_info: { index: 1, time: "750" }, data: {} }
    ]
    assert.deepStrictEqual(value(toAnswer("visual-classifier", "video", output({ ...by, data: { frames } }))).frames, [
      { index: 0, timeMs: 250, concepts: [{ id: "a", name: "a", score: 0.5 }], regions: [] },
      { index: 1, timeMs: 750, concepts: [], regions: [] }
    ])
  })
  it("a detector: regions with boxes, of every shape", () => {
    const regions = [
      {
        id: "r",
        value: 0.9,
        track_id: "t1",
        region_info: { bounding_box: { top_row: 0.1, left_col: 0.2, bottom_row: 0.3, right_col: 0.4 } },
        data: {
          concepts: [{ id: "c", name: "Car", value: 0.9 }],
          text: { raw: "AB 12" },
          embeddings: [{ vector: [1, 2] }]
        }
      },
      { region_info: { polygon: { points: [point(0.5, 0.1), point(0.2, 0.7), point(0.9, 0.3)] } } },
      { region_info: { point: point(0.5, 0.25) } },
      {
        region_info: { span: { char_start: 3, char_end: 7, raw_text: "Zürich" } },
        data: { concepts: [{ id: "c", value: 0.4 }] }
      }
    ]
    const answer = value(toAnswer("visual-detector", "image", output({ ...by, data: { regions } })))
    assert.deepStrictEqual(answer.regions, [
      {
        id: "r",
        box: { top: 0.1, left: 0.2, bottom: 0.3, right: 0.4 },
        concepts: [{ id: "c", name: "Car", score: 0.9 }],
        score: 0.9,
        embedding: { vector: [1, 2], dimensions: 2 },
        text: "AB 12",
        trackId: "t1"
      },
      {
        id: "",
        box: { top: 0.2, left: 0.1, bottom: 0.9, right: 0.7 },
        concepts: [],
        score: 0,
        polygon: [
          { x: 0.1, y: 0.5 },
          { x: 0.7, y: 0.2 },
          { x: 0.3, y: 0.9 }
        ]
      },
      {
        id: "",
        box: { top: 0.5, left: 0.25, bottom: 0.5, right: 0.25 },
        concepts: [],
        score: 0,
        point: { x: 0.25, y: 0.5 }
      },
      {
        id: "",
        box: { top: 0, left: 0, bottom: 1, right: 1 },
        concepts: [{ id: "c", name: "c", score: 0.4 }],
        score: 0.4,
        span: { start: 3, end: 7, text: "Zürich" }
      }
    ])
  })
  it("a segmenter: regions whose masks can be read", async () => {
    const mask = png({ width: 2, height: 2, depth: 1, colour: 0, raw: Uint8Array.of(0, 0b10000000, 0, 0b01000000) })
    const region = {
      region_info: { mask: { image: { base64: base64(mask) } } },
      data: { concepts: [{ id: "t", name: "tree", value: 0.5 }] }
    }
    const answer = value(toAnswer("visual-segmenter", "image", output({ ...by, data: { regions: [region] } })))
    assert.deepStrictEqual([...((await answer.regions[0]?.mask.pixels())?.data ?? [])], [255, 0, 0, 255])
    const without = toAnswer("visual-segmenter", "image", output({ ...by, data: { regions: [{}] } }))
    assert.deepStrictEqual(without, {
      ok: false,
      problem: { path: "data.regions[0].region_info.mask", problem: "expected a value, found nothing" }
    })
  })
  it("text, with its tokens", () => {
    const json = { ...by, data: { text: { raw: "Mars." } }, prompt_tokens: 9, completion_tokens: 3 }
    assert.deepStrictEqual(value(toAnswer("text-to-text", "text", output(json))), {
      ...facts,
      text: "Mars.",
      usage: { promptTokens: 9, completionTokens: 3, cachedTokens: 0 }
    })
    const method = { ...by, data: { parts: [{ id: "return", data: { string_value: "hi" } }] } }
    assert.strictEqual(value(toAnswer("multimodal-to-text", "image", output(method))).text, "hi")
    assert.strictEqual(value(toAnswer("image-to-text", "image", output({ ...by, data: { text: {} } }))).text, "")
  })
  it("pictures and sounds as bytes", () => {
    const image = { base64: "AQID", image_info: { width: 4, height: 5, format: "PNG" } }
    assert.deepStrictEqual(value(toAnswer("text-to-image", "text", output({ ...by, data: { image } }))).image, {
      bytes: Uint8Array.of(1, 2, 3),
      width: 4,
      height: 5,
      format: "PNG"
    })
    const audio = { base64: "AQ==", audio_info: { audio_format: "WAV", sample_rate: 44100, duration_seconds: 1.5 } }
    assert.deepStrictEqual(value(toAnswer("text-to-audio", "text", output({ ...by, data: { audio } }))).audio, {
      bytes: Uint8Array.of(1),
      format: "WAV",
      sampleRate: 44100,
      durationSeconds: 1.5
    })
    const bad = toAnswer("image-to-image", "image", output({ ...by, data: { image: { base64: "%%" } } }))
    assert.deepStrictEqual(bad, {
      ok: false,
      problem: { path: "data.image.base64", problem: "expected base64 text, found other text" }
    })
  })
  it("embeddings, colours and clusters", () => {
    const embeddings = [{ vector: [0.5, -0.25], num_dimensions: 2 }]
    assert.deepStrictEqual(
      value(toAnswer("visual-embedder", "image", output({ ...by, data: { embeddings } }))).embedding,
      {
        vector: [0.5, -0.25],
        dimensions: 2
      }
    )
    assert.isFalse(toAnswer("text-embedder", "text", output({ ...by, data: {} })).ok)
    const colors = [{ raw_hex: "#f2f2f2", w3c: { hex: "#f5f5f5", name: "WhiteSmoke" }, value: 0.929 }]
    assert.deepStrictEqual(
      value(toAnswer("image-color-recognizer", "image", output({ ...by, data: { colors } }))).colors,
      [{ hex: "#f2f2f2", name: "WhiteSmoke", namedHex: "#f5f5f5", coverage: 0.929 }]
    )
    const clusters = [{ id: "7", count: 3, score: 0.5, projection: [0.1, 0.2] }]
    assert.deepStrictEqual(
      value(toAnswer("clusterer", "image", output({ ...by, data: { clusters } }))).clusters,
      clusters
    )
  })
  it("the general output has every part", () => {
    const answer = value(
      toAnswer(
        "unknown",
        "image",
        output({
          id: "o",
          created_at: "2024-05-01T10:00:00Z",
          ...by,
          data: { parts: [{ id: "n", data: { int_value: "5" } }] }
        })
      )
    )
    assert.deepStrictEqual(
      { ...answer, parts: answer.parts.map(({ id, value }) => [id, value]) },
      {
        ...facts,
        id: "o",
        createdAt: "2024-05-01T10:00:00Z",
        concepts: [],
        regions: [],
        frames: [],
        embeddings: [],
        colors: [],
        clusters: [],
        heatmaps: [],
        tracks: [],
        segments: [],
        text: undefined,
        image: undefined,
        audio: undefined,
        video: undefined,
        array: undefined,
        value: undefined,
        metadata: {},
        parts: [["n", 5]]
      }
    )
  })
  it("the general output keeps clips, arrays, bytes, and what lasts", () => {
    const time_info = { begin_time: 0.5, end_time: 2 }
    const answer = value(
      toAnswer(
        "unknown",
        "video",
        output({
          data: {
            video: { base64: "AQID", video_info: { width: 4, height: 2, video_format: "mp4", duration_seconds: 1.5 } },
            ndarray: { buffer: "AQI=", shape: [2], dtype: "uint8" },
            bytes_value: "/w==",
            tracks: [{ id: "t", quality: 0.9, time_info, data: { concepts: [{ id: "c", name: "car", value: 1 }] } }],
            time_segments: [{ id: "s", time_info, data: { text: { raw: "hello" } } }]
          }
        })
      )
    )
    assert.deepStrictEqual(answer.video, {
      bytes: Uint8Array.of(1, 2, 3),
      width: 4,
      height: 2,
      format: "mp4",
      durationSeconds: 1.5
    })
    assert.deepStrictEqual(answer.array, { shape: [2], dtype: "uint8", bytes: Uint8Array.of(1, 2) })
    assert.deepStrictEqual(answer.value, Uint8Array.of(255))
    assert.deepStrictEqual(answer.tracks, [
      { id: "t", fromMs: 500, toMs: 2000, score: 0.9, concepts: [{ id: "c", name: "car", score: 1 }] }
    ])
    assert.deepStrictEqual(answer.segments, [{ id: "s", fromMs: 500, toMs: 2000, concepts: [], text: "hello" }])
    const broken = toAnswer("unknown", "video", output({ data: { ndarray: { buffer: "%" } } }))
    assert.strictEqual(!broken.ok && broken.problem.path, "data.ndarray.buffer")
  })
  it("every task has one, for every kind", () => {
    const tasks = Object.keys(taskKinds) as ReadonlyArray<Task> // a record of all tasks
    for (const task of tasks)
      for (const kind of taskKinds[task]) {
        const empty = toAnswer(task, kind, output({ ...by, data: {} }))
        if (!empty.ok) assert.match(empty.problem.problem, /expected a value/)
      }
  })
})

const recorded = (name: string) => {
  const first = value(decode(MultiOutputResponseWire, dataJson("wire", name))).outputs[0]
  if (!first) throw new Error("no output")
  return first
}

describe.skipIf(!hasData("wire"))("recorded answers", () => {
  const task = (name: string) => {
    const info = recorded(name).model?.output_info
    return taskOf(info?.type_ext)
  }
  it("of the first face models are read from where they put their concepts", () => {
    const name = "java/predictFaceConcepts.response.json"
    assert.strictEqual(task(name), "visual-detector")
    const { regions } = value(toAnswer("visual-detector", "image", recorded(name)))
    assert.deepStrictEqual(regions[0]?.concepts[0], { id: "@conceptID11", name: "suri cruise", score: 0.00035361873 })
    assert.strictEqual(regions[0]?.score, 0.00035361873)
    assert.deepStrictEqual(regions[1]?.box, { top: 0.5, left: 0.6, bottom: 0.7, right: 0.8 })
  })
  it("about a video keep their nine frames", () => {
    const { frames } = value(
      toAnswer("visual-classifier", "video", recorded("seeds/003_video-predict-by-url.response.json"))
    )
    assert.deepStrictEqual(
      frames.map(({ timeMs }) => timeMs),
      [0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000]
    )
    assert.isTrue(frames.every(({ concepts }) => concepts.length > 0))
  })
  it("of a classifier keep names, order and every digit", () => {
    const { concepts } = value(
      toAnswer("visual-classifier", "image", recorded("seeds/000_image-predict-by-url.response.json"))
    )
    assert.strictEqual(concepts.length, 20)
    assert.deepStrictEqual(concepts[0], { id: "ai_HLmqFqBf", name: "train", score: 0.9989112 })
    assert.deepStrictEqual(
      concepts.map(({ score }) => score),
      concepts.map(({ score }) => score).toSorted((a, b) => b - a)
    )
  })
})
