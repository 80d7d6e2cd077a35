import { file } from "../../src/media/local-file.ts"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { expectTypeOf } from "vitest"
import { type AudioMade, type Concept, type Generation, type ImageMade, Media, sightline } from "../../src/index.ts"
import type { PredictError } from "../../src/index.ts"
import { type Called, method, methods, type MethodType, type NdArray } from "../../src/methods.ts"
import { type FakeCall, fakeConnection } from "../../src/testing/fake-connection.ts"
import { fromProtoJson, meaning, meaningThroughGenerated, protoType } from "../wire/protocol.ts"
import { runs } from "../wire/runs.ts"

const status = { code: 10000, description: "Ok" }
const appOf = (answer: (call: FakeCall) => unknown) => {
  const connection = fakeConnection(answer)
  return { app: sightline(connection).use(methods()), connection }
}
/** A service whose model gives that data. */
const giving = (data: object) => appOf(() => ({ status, outputs: [{ status, data }] }))
const inputOf = (call: FakeCall | undefined) =>
  Object(call?.body).inputs[0].data as { readonly metadata: object; readonly parts: ReadonlyArray<unknown> }
const chat = method("llm", { takes: { prompt: "str", max_tokens: "int?", temperature: "float?" }, gives: "str" })

describe("a method", () => {
  it("is called with its arguments by name, and gives what its type says", async () => {
    const { app, connection } = giving({ parts: [{ id: "return", data: { string_value: "hi!" } }] })
    const called = app.call(chat, { prompt: "hi", max_tokens: 64 })
    expectTypeOf(called.run()).resolves.toEqualTypeOf<string>()
    assert.strictEqual(connection.calls.length, 0)
    assert.strictEqual(await called.run(), "hi!")
    assert.strictEqual(connection.calls[0]?.path, "/v2/models/llm/outputs")
    assert.deepStrictEqual(connection.calls[0]?.body, {
      inputs: [
        {
          data: {
            metadata: { _method_name: "predict" },
            parts: [
              { id: "prompt", data: { string_value: "hi" } },
              { id: "max_tokens", data: { int_value: 64 } }
            ]
          }
        }
      ]
    })
  })
  it("takes no other arguments, and all that it needs", () => {
    const { app } = giving({})
    // @ts-expect-error the prompt is missing
    app.call(chat, { max_tokens: 64 })
    // @ts-expect-error no such argument
    app.call(chat, { prompt: "hi", max_token: 64 })
    // @ts-expect-error a number as text
    app.call(chat, { prompt: "hi", max_tokens: "64" })
  })
  it.each([
    [{ max_tokens: 64 }, "prompt is missing"],
    [{ prompt: "hi", max_token: 64 }, "max_token is no argument of predict; it takes prompt, max_tokens, temperature"],
    [{ prompt: "hi", max_tokens: 1.5 }, "max_tokens must be a whole number"],
    [{ prompt: "hi", temperature: Number.NaN }, "temperature must be a number"],
    [{ prompt: 5 }, "prompt must be text"]
  ])("says of %j what is wrong before anything is sent", async (args, problem) => {
    const { app, connection } = giving({})
    const result = await app.call(chat, args as { prompt: string }).result()
    assert.strictEqual(!result.ok && result.error._tag, "InvalidOption")
    assert.include(String(!result.ok && result.error.message), problem)
    assert.strictEqual(connection.calls.length, 0)
  })
  it("goes to its model's owner, version and runner", async () => {
    const { app, connection } = giving({ string_value: "x" })
    const page = "https://clarifai.com/openai/chat-completion/models/gpt/versions/v1"
    const own = method(page, { name: "answer", takes: {}, gives: "str" })
    assert.strictEqual(await app.call(own, {}, { runner: { deployment: { id: "d" } } }).run(), "x")
    assert.strictEqual(
      connection.calls[0]?.path,
      "/v2/users/openai/apps/chat-completion/models/gpt/versions/v1/outputs"
    )
    assert.deepStrictEqual(Object(connection.calls[0]?.body).runner_selector, { deployment: { id: "d" } })
  })
  it("takes media, bytes, data and rows of them", async () => {
    const { app, connection } = giving({ string_value: "ok" })
    const all = method("m", {
      takes: {
        image: "image",
        sound: "audio",
        note: "text",
        raw: "bytes",
        messages: "json",
        images: "image[]",
        names: "str[]",
        box: { left: "float", label: "str" },
        pair: ["int", "bool"],
        numbers: "ndarray",
        tags: "concept[]"
      },
      gives: "str"
    })
    const numbers: NdArray = { shape: [2], dtype: "uint8", bytes: Uint8Array.of(1, 2) }
    await app
      .call(all, {
        image: "https://x.test/a.jpg",
        sound: Uint8Array.of(1, 2, 3),
        note: "grüße",
        raw: Uint8Array.of(255),
        messages: [{ role: "user", content: "hi" }],
        images: [Uint8Array.of(1), new Media("image", { from: "url", url: "https://x.test/b.jpg" })],
        names: ["a", "b"],
        box: { left: 0.5, label: "l" },
        pair: [1, false],
        numbers,
        tags: [{ name: "cat" }, { id: "dog", score: 0.5 }]
      })
      .run()
    assert.deepStrictEqual(inputOf(connection.calls[0]).parts, [
      { id: "image", data: { image: { url: "https://x.test/a.jpg" } } },
      { id: "sound", data: { audio: { base64: "AQID" } } },
      { id: "note", data: { text: { raw: "grüße" } } },
      { id: "raw", data: { bytes_value: "/w==" } },
      { id: "messages", data: { string_value: '[{"role":"user","content":"hi"}]' } },
      {
        id: "images",
        data: { parts: [{ data: { image: { base64: "AQ==" } } }, { data: { image: { url: "https://x.test/b.jpg" } } }] }
      },
      { id: "names", data: { parts: [{ data: { string_value: "a" } }, { data: { string_value: "b" } }] } },
      {
        id: "box",
        data: {
          parts: [
            { id: "left", data: { float_value: 0.5 } },
            { id: "label", data: { string_value: "l" } }
          ]
        }
      },
      {
        id: "pair",
        data: {
          parts: [
            { id: "0", data: { int_value: 1 } },
            { id: "1", data: { bool_value: false } }
          ]
        }
      },
      { id: "numbers", data: { ndarray: { buffer: "AQI=", shape: [2], dtype: "uint8" } } },
      {
        id: "tags",
        data: {
          concepts: [
            { name: "cat", value: 1 },
            { id: "dog", value: 0.5 }
          ]
        }
      }
    ])
    const type = protoType("PostModelOutputsRequest")
    const body = connection.calls[0]?.body
    fromProtoJson(type, body)
    assert.deepStrictEqual(meaningThroughGenerated(type, body), meaning(type, body))
    const wrong = await app
      .call(method("m", { takes: { clip: "video" }, gives: "str" }), {
        clip: new Media("image", { from: "url", url: "https://x.test/a.jpg" })
      })
      .result()
    assert.include(String(!wrong.ok && wrong.error.message), "clip is image; it takes one video")
    const gone = await app
      .call(method("m", { takes: { photos: "image[]" }, gives: "str" }), { photos: [file("/no.jpg")] })
      .result()
    assert.include(String(!gone.ok && gone.error.message), "photos[0]: cannot use image /no.jpg")
  })
})

describe("a method's result", () => {
  const gets = async (gives: MethodType, data: object): Promise<unknown> => {
    const result = await giving(data)
      .app.call(method("m", { takes: {}, gives }), {})
      .result()
    return result.ok ? result.value : result.error
  }
  const returned = (data: object) => ({ parts: [{ id: "return", data }] })
  it.each<readonly [MethodType, object, unknown]>([
    ["str", { string_value: "a" }, "a"],
    ["str", {}, ""],
    ["int", { int_value: "12" }, 12],
    ["int", {}, 0],
    ["float", { float_value: 0.25 }, 0.25],
    ["bool", { bool_value: true }, true],
    ["bool", {}, false],
    ["bytes", { bytes_value: "AQID" }, Uint8Array.of(1, 2, 3)],
    ["json", { string_value: '{"a":[1]}' }, { a: [1] }],
    ["json", { struct_value: { a: 1 } }, { a: 1 }],
    ["text", { text: { raw: "t" } }, "t"],
    ["concept", { concepts: [{ id: "c", name: "C", value: 0.5 }] }, { id: "c", name: "C", score: 0.5 }],
    ["concept[]", { concepts: [{ id: "c", value: 0.5 }] }, [{ id: "c", name: "c", score: 0.5 }]],
    ["str[]", { parts: [{ data: { string_value: "a" } }, { data: {} }] }, ["a", ""]],
    ["str[]", {}, []],
    [
      { text: "str", score: "float" },
      {
        parts: [
          { id: "score", data: { float_value: 1 } },
          { id: "text", data: { string_value: "a" } }
        ]
      },
      { text: "a", score: 1 }
    ],
    [
      ["str", "int"],
      {
        parts: [
          { id: "0", data: { string_value: "a" } },
          { id: "1", data: { int_value: 2 } }
        ]
      },
      ["a", 2]
    ],
    [
      "ndarray",
      { ndarray: { buffer: "AQI=", shape: [2], dtype: "uint8" } },
      { shape: [2], dtype: "uint8", bytes: Uint8Array.of(1, 2) }
    ]
  ])("of %j in %j is read from its part, and from the data itself", async (gives, data, value) => {
    assert.deepStrictEqual(await gets(gives, returned(data)), value)
    assert.deepStrictEqual(await gets(gives, data), value)
  })
  it("that is a picture, a region or a frame has our words", async () => {
    const { app } = giving(returned({ image: { base64: "AQID", image_info: { format: "PNG", width: 4, height: 2 } } }))
    const image = await app.call(method("m", { takes: {}, gives: "image" }), {}).run()
    expectTypeOf(image).toEqualTypeOf<ImageMade>()
    assert.deepStrictEqual([image.format, image.width, [...image.bytes]], ["PNG", 4, [1, 2, 3]])
    const box = { top_row: 0.1, left_col: 0.2, bottom_row: 0.3, right_col: 0.4 }
    const regions = await gets("region[]", returned({ regions: [{ region_info: { bounding_box: box } }] }))
    assert.deepStrictEqual(Object(regions)[0].box, { top: 0.1, left: 0.2, bottom: 0.3, right: 0.4 })
    const frames = await gets("frame[]", returned({ frames: [{ frame_info: { time: "500" } }] }))
    assert.strictEqual(Object(frames)[0].timeMs, 500)
  })
  it.each<readonly [MethodType, object, string]>([
    ["image", {}, "data.parts[0].data.image"],
    ["bytes", { bytes_value: "%" }, "data.parts[0].data.bytes_value"],
    ["json", { string_value: "{" }, "data.parts[0].data.string_value"],
    ["concept", {}, "data.parts[0].data.concepts[0]"]
  ])("that is no %s is malformed, and says where", async (gives, data, path) => {
    const error = Object(await gets(gives, returned(data)))
    assert.strictEqual(error._tag, "MalformedAnswer")
    assert.include(error.message, path)
  })
  it("has an exact type", () => {
    type Of<G extends MethodType> = Awaited<ReturnType<Called<G, false>["run"]>>
    expectTypeOf<Of<"str[]">>().toEqualTypeOf<ReadonlyArray<string>>()
    expectTypeOf<Of<{ readonly a: "audio"; readonly c: "concept[]" }>>().toEqualTypeOf<{
      readonly a: AudioMade
      readonly c: ReadonlyArray<Concept>
    }>()
    expectTypeOf<Of<readonly ["int", "bool"]>>().toEqualTypeOf<readonly [number, boolean]>()
  })
  it("comes back as it was given", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme" }),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.json(),
        fc.uint8Array(),
        async (s, i, f, j, b) => {
          const echo = appOf(({ body }) => ({
            status,
            outputs: [
              { status, data: { parts: [{ id: "return", data: { parts: Object(body).inputs[0].data.parts } }] } }
            ]
          })).app
          const types = { s: "str", i: "int", f: "float", j: "json", b: "bytes" } as const
          const given = { s, i, f: f === 0 ? 0 : f, j: JSON.parse(j), b }
          const back = await echo.call(method("m", { takes: types, gives: types }), given).run()
          assert.deepStrictEqual({ ...back, b: [...back.b] }, { ...given, b: [...b] })
        }
      ),
      { numRuns: runs(40) }
    )
  })
  it("that fails is a typed error", async () => {
    const { app } = appOf(() => ({
      status: { code: 10020, description: "Failure" },
      outputs: [{ status: { code: 21313, description: "Model prediction failed" }, data: {} }]
    }))
    const result = await app.call(chat, { prompt: "hi" }).result()
    assert.deepStrictEqual(
      [!result.ok && result.error._tag, !result.ok && "code" in result.error && result.error.code],
      ["ServiceFailed", 21313]
    )
  })
})

describe("a method that streams", () => {
  const lines = ["The", " end", ""].map(
    (text) => `${JSON.stringify({ result: { status, outputs: [{ status, data: { string_value: text } }] } })}\n`
  )
  it("gives one result after another", async () => {
    const { app, connection } = appOf(() => new Response(lines.join("")))
    const generate = method("llm", { name: "generate", takes: { prompt: "str" }, gives: "str", streams: true })
    const pieces = app.call(generate, { prompt: "hi" })
    expectTypeOf(pieces).toEqualTypeOf<Generation<string, PredictError, never>>()
    const got: Array<string> = []
    for await (const piece of pieces) got.push(piece)
    assert.deepStrictEqual(got, ["The", " end", ""])
    assert.strictEqual(connection.calls[0]?.path, "/v2/models/llm/outputs/generate")
    assert.deepStrictEqual(inputOf(connection.calls[0]).metadata, { _method_name: "generate" })
  })
})

describe("a model's signatures", () => {
  const wire = {
    name: "predict",
    method_type: 1,
    description: "Answers.",
    input_fields: [
      { name: "prompt", type: 1, required: true },
      { name: "images", type: 17, type_args: [{ name: "images_item", type: 9 }] },
      { name: "box", type: "NAMED_FIELDS", type_args: [{ name: "x", type: 4 }] },
      { name: "pair", type: 16, type_args: [{ type: 1 }, { type: 3 }] },
      { name: "odd", type: 99 },
      { name: "max_tokens", type: 3, default: "512" }
    ],
    output_fields: [{ name: "return", type: 1 }]
  }
  const camel = {
    predict: {
      name: "predict",
      methodType: "UNARY_STREAMING",
      inputFields: [{ name: "prompt", type: "STR", required: true }],
      outputFields: [{ name: "return", type: "STR", iterator: true }]
    }
  }
  it("are read from its version", async () => {
    const { app, connection } = appOf(({ path }) =>
      path.includes("/versions/")
        ? { status, model_version: { id: "v", method_signatures: [wire] } }
        : { status, model: { id: "m", model_version: { id: "v", method_signatures: [wire] } } }
    )
    const [predict] = await app.signatures("m").run()
    assert.deepStrictEqual(
      predict?.takes.map(({ name, required, type }) => [name, type, required]),
      [
        ["prompt", "str", true],
        ["images", "image[]", false],
        ["box", { x: "float" }, false],
        ["pair", ["str", "int"], false],
        ["odd", undefined, false],
        ["max_tokens", "int", false]
      ]
    )
    assert.deepStrictEqual([predict?.gives?.type, predict?.streams, predict?.takes[5]?.default], ["str", "no", "512"])
    assert.deepStrictEqual(await app.signatures({ id: "m", versionId: "v" }).run(), predict && [predict])
    assert.deepStrictEqual(
      connection.calls.map(({ path }) => path),
      ["/v2/models/m", "/v2/models/m/versions/v"]
    )
  })
  it("are asked of the model where its version does not tell", async () => {
    const { app, connection } = appOf(({ method: verb }) =>
      verb === "GET"
        ? { status, model: { id: "m" } }
        : { status, outputs: [{ status, data: { text: { raw: JSON.stringify(camel) } } }] }
    )
    const [predict] = await app.signatures("m").run()
    assert.deepStrictEqual(
      [predict?.name, predict?.streams, predict?.takes[0]?.type, predict?.gives?.streams],
      ["predict", "answers", "str", true]
    )
    assert.deepStrictEqual(connection.calls[1]?.body, {
      inputs: [{ data: { metadata: { _method_name: "_GET_SIGNATURES" }, parts: [{ data: {} }] } }]
    })
  })
  it.each([
    [{ status: { code: 10020 }, outputs: [{ status: { code: 30101 }, data: {} }] }, []],
    [{ status, outputs: [{ status, data: { text: { raw: "" } } }] }, []],
    [{ status, outputs: [{ status, data: {} }] }, []],
    [{ status, outputs: [{ status, data: { text: { raw: "{" } } }] }, "MalformedAnswer"],
    [{ status: { code: 11007 }, outputs: [] }, "Forbidden"]
  ])("of an answer %j are %j", async (answer, expected) => {
    const { app } = appOf(({ method: verb }) => (verb === "GET" ? { status, model: { id: "m" } } : answer))
    const result = await app.signatures("m").result()
    assert.deepStrictEqual<unknown>(result.ok ? result.value : result.error._tag, expected)
  })
})
