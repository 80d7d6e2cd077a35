import { assert, describe, it } from "@effect/vitest"
import { inFrame, InputRejected, Media, model, sightline } from "@sightline/core"
import { exif } from "@sightline/plugin-exif"
import { report, type ReportOptions } from "../src/index.ts"
import { answered, drawMask, drawPicture, failed, serviceOf, type Unpacked, unpack } from "./support.ts"

const made = async (options: ReportOptions): Promise<Unpacked> => unpack(await report(options).html())

const detector = model({ id: "faces", task: "visual-detector" })
const box = { top_row: 0.1, left_col: 0.2, bottom_row: 0.5, right_col: 0.4 }
const faces = serviceOf(() => ({
  regions: [
    { id: "r", region_info: { bounding_box: box }, data: { concepts: [{ id: "f", name: "face", value: 0.875 }] } }
  ]
}))

const close = (actual: ReadonlyArray<number> | undefined, expected: ReadonlyArray<number>) => {
  assert.lengthOf(actual ?? [], expected.length)
  for (const [i, value] of (actual ?? []).entries()) assert.closeTo(value, expected[i] ?? Number.NaN, 1e-9)
}

describe("regions", () => {
  it.each([1, 3, 6, 8])(
    "of a picture made upright are those of core's inFrame, in both frames (%i)",
    async (orientation) => {
      const bytes = await drawPicture({ orientation, width: 200, height: 100 })
      const answer = await sightline(faces).use(exif()).input(bytes).predict(detector).run()
      const outcome = { ok: true, value: answer, index: 0, key: undefined, attempts: 1, requestId: undefined } as const
      const { details } = await made({ outcomes: [outcome], inputs: [bytes] })
      const shape = details[0]?.answers[0]?.shapes[0]
      for (const [frame, edges] of [
        ["upright", shape?.upright],
        ["original", shape?.stored]
      ] as const) {
        const { bottom = 0, left = 0, right = 0, top = 0 } = inFrame(answer, frame).regions[0]?.box ?? {}
        close(edges, [top, left, bottom, right])
      }
      assert.deepStrictEqual([details[0]?.upright, details[0]?.orientation], [[200, 100], orientation])
      assert.deepStrictEqual(details[0]?.stored, orientation >= 5 ? [100, 200] : [200, 100])
    }
  )

  it("of a picture that was sent as stored are turned with it", async () => {
    const bytes = await drawPicture({ orientation: 6, width: 200, height: 100 })
    const answer = await sightline(faces).input(bytes).predict(detector).run()
    const outcome = { ok: true, value: answer, index: 0, key: undefined, attempts: 1, requestId: undefined } as const
    const { details } = await made({ outcomes: [outcome], inputs: [bytes] })
    const shape = details[0]?.answers[0]?.shapes[0]
    close(shape?.stored, [0.1, 0.2, 0.5, 0.4])
    // a quarter turn clockwise: what was at the left is at the top
    close(shape?.upright, [0.2, 0.5, 0.4, 0.9])
  })

  it("keep masks, points, texts and spans", async () => {
    const png = await drawMask(40, 20, 0.25, 0.5)
    const segments = serviceOf(() => ({
      regions: [
        {
          id: "m",
          region_info: { bounding_box: box, mask: { image: { base64: png } } },
          data: { concepts: [{ id: "s", name: "sky", value: 0.5 }] }
        }
      ]
    }))
    const bytes = await drawPicture({ width: 200, height: 100 })
    const answer = await sightline(segments)
      .input(bytes)
      .predict(model({ id: "seg", task: "visual-segmenter" }))
      .run()
    const words = {
      model: { id: "ner" },
      inputId: "t",
      regions: [
        {
          box: { top: 0, left: 0, bottom: 1, right: 1 },
          concepts: [],
          score: 0.5,
          span: { start: 3, end: 7, text: "Anna" }
        },
        {
          box: { top: 0, left: 0, bottom: 1, right: 1 },
          concepts: [],
          score: 0.5,
          keypoints: [{ x: 0.5, y: 0.25 }],
          text: "hand"
        }
      ]
    }
    const outcome = { ok: true, index: 0, key: undefined, attempts: 1, requestId: undefined } as const
    const { data, details } = await made({
      outcomes: [
        { ...outcome, value: answer },
        { ...outcome, index: 1, value: words }
      ],
      inputs: [bytes, bytes]
    })
    const { mask } = details[0]?.answers[0]?.shapes[0] ?? {}
    assert.deepStrictEqual([mask?.width, mask?.height], [40, 20])
    const inside = (mask?.runs ?? []).filter((_, i) => i % 2 === 1).reduce((sum, length) => sum + length, 0)
    // an ellipse with half axes of a fifth of each side
    assert.closeTo(inside / 800, Math.PI * 0.04, 0.02)
    assert.deepStrictEqual(data.rows.masks, [1, 0])
    const [span, hand] = details[1]?.answers[0]?.shapes ?? []
    assert.deepStrictEqual([span?.span, span?.text, span?.upright], [[3, 7], "Anna", undefined])
    assert.deepStrictEqual([hand?.points, hand?.text], [[[0.5, 0.25]], "hand"])
  })
})

describe("rows", () => {
  it("have the numbers of the answers, exactly, and failures with what the service said", async () => {
    const scores = { cat: 0.1 + 0.2, dog: 0.123456789012, fox: 1e-9 }
    const error = new InputRejected({ code: 30002, description: "Failed", details: "no image", retryable: false })
    const { data, details } = await made({ outcomes: [answered(0, scores), failed(1, error, 3)] })
    const { concept, conceptCount, score } = data.rows
    assert.deepStrictEqual(
      concept.map((at, i) => [data.concepts[at], score[i]]),
      [
        ["cat", 0.1 + 0.2],
        ["dog", 0.123456789012],
        ["fox", 1e-9]
      ]
    )
    assert.deepStrictEqual([conceptCount, data.rows.attempts, data.errors], [[3, 0], [1, 3], ["InputRejected"]])
    assert.deepStrictEqual(JSON.parse(details[0]?.json ?? "").concepts[1].score, 0.123456789012)
    assert.deepStrictEqual(details[1]?.failure?.facts, [
      ["code", "30002"],
      ["description", "Failed"],
      ["retryable", "false"]
    ])
    assert.include(details[1]?.failure?.message, "no image")
  })

  it("come in the order of their inputs, however they arrive", async () => {
    const outcomes = [3, 0, 2, 1].map((index) => answered(index, { [`c${index}`]: 0.5 }))
    const [unordered, ordered] = [
      await made({ outcomes }),
      await made({ outcomes: outcomes.toSorted((a, b) => a.index - b.index) })
    ]
    assert.deepStrictEqual(unordered.data.rows.index, [0, 1, 2, 3])
    assert.strictEqual(unordered.html, ordered.html)
  })

  it("have the answers of several models, of a workflow's nodes and of crops by name, and what failed among them", async () => {
    const one = { model: { id: "a" }, inputId: "i", concepts: [{ id: "c", name: "cat", score: 0.9 }] }
    const error = new InputRejected({ retryable: false })
    const crop = {
      ...one,
      reference: {
        original: { width: 100, height: 100 },
        steps: [{ step: "crop", box: { top: 0.5, left: 0, bottom: 1, right: 0.5 } }]
      }
    }
    const inner = { index: 0, key: undefined, attempts: 1, requestId: undefined }
    const { data, details } = await made({
      outcomes: [
        { labels: one, other: one },
        { inputId: "i", outputs: [], nodes: { first: { ok: true, value: one }, second: { ok: false, error } } },
        [{ ...inner, ok: true, value: crop }]
      ].map((value, index) => ({ ok: true, value, index, key: undefined, attempts: 1, requestId: undefined }))
    })
    assert.deepStrictEqual(
      details.map(({ answers }) => answers.map(({ failure, name }) => [name, failure?.tag])),
      [
        [
          ["labels", undefined],
          ["other", undefined]
        ],
        [
          ["first", undefined],
          ["second", "InputRejected"]
        ],
        [["1", undefined]]
      ]
    )
    close(details[2]?.answers[0]?.shapes[0]?.upright, [0.5, 0, 1, 0.5])
    assert.deepStrictEqual(data.rows.conceptCount, [1, 1, 1])
  })

  it("of one answer without an outcome are rows all the same", async () => {
    const chain = sightline(faces).input("https://x.test/a.jpg").predict(detector)
    const { data, details } = await made({ run: chain })
    assert.deepStrictEqual([data.rows.count, data.rows.attempts, data.run?.plan?.items], [1, [-1], 1])
    assert.include(details[0]?.noPicture, "it was not read here")
  })

  it("find the medium by list, by iterator and by function, whatever order outcomes come in", async () => {
    const pictures = [
      await drawPicture({ color: "#a00000" }),
      await drawPicture({ color: "#00a000" }),
      await drawPicture({ color: "#0000a0" })
    ]
    const outcomes = [2, 0, 1].map((index) => answered(index, { a: 0.5 }))
    const ways = [
      pictures,
      (function* () {
        yield* pictures
      })(),
      (async function* () {
        yield* pictures
      })(),
      ({ index }: { readonly index: number }) => pictures[index],
      ({ index }: { readonly index: number }) => Promise.resolve(pictures[index])
    ]
    const files = await Promise.all(ways.map((inputs) => report({ outcomes, inputs }).html()))
    assert.strictEqual(new Set(files).size, 1)
    assert.deepStrictEqual(unpack(files[0] ?? "").data.pictures.row, [0, 1, 2])
  })

  it("show texts only where they were asked for", async () => {
    const text = new Media("text", { from: "text", text: "a private letter" })
    const options = { outcomes: [answered(0, { calm: 0.9 })], inputs: [text] }
    assert.notInclude((await made(options)).texts, "private letter")
    assert.strictEqual((await made({ ...options, texts: true })).details[0]?.inputText, "a private letter")
  })
})
