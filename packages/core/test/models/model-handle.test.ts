import { assert, describe, it } from "@effect/vitest"
import { expectTypeOf } from "vitest"
import * as catalog from "../../src/models/public-models.ts"
import { type KindsOf, type Model, model, modelUrl, parseModelUrl } from "../../src/models/model-handle.ts"
import { isTask, type Kind, type Task, taskKinds, taskOf } from "../../src/models/task.ts"

describe("a handle", () => {
  it("carries task, kinds and vocabulary in its type", () => {
    const pets = model({ id: "pets", task: "visual-classifier", concepts: ["cat", "dog"] })
    expectTypeOf(pets).toEqualTypeOf<Model<"visual-classifier", "image" | "video", "cat" | "dog">>()
    assert.deepStrictEqual(pets.accepts, ["image", "video"])
    const narrow = model({ id: "m", task: "visual-detector", accepts: ["image"] })
    expectTypeOf(narrow).toEqualTypeOf<Model<"visual-detector", "image">>()
    assert.deepStrictEqual(narrow.accepts, ["image"])
  })
  it("is a frozen value", () => {
    assert.isTrue(Object.isFrozen(model({ id: "m", task: "text-to-text" })))
  })
  it("fits where less is known", () => {
    expectTypeOf(model({ id: "m", task: "text-to-text" })).toExtend<Model>()
    expectTypeOf<Model<"visual-classifier", "image", "a">>().toExtend<Model<Task, Kind>>()
    // @ts-expect-error a task that is none
    model({ id: "m", task: "visual-clasifier" })
    // @ts-expect-error a kind that is none
    model({ id: "m", task: "text-to-text", accepts: ["smell"] })
  })
  it("the kinds of its type are the kinds of its value, for each task", () => {
    const kinds: { readonly [T in Task]: ReadonlyArray<KindsOf<T>> } = {
      "visual-classifier": ["image", "video"],
      "visual-detector": ["image", "video"],
      "visual-segmenter": ["image", "video"],
      "visual-embedder": ["image", "video"],
      "visual-keypointer": ["image", "video"],
      "image-color-recognizer": ["image"],
      "image-to-text": ["image"],
      "image-to-image": ["image"],
      "optical-character-recognizer": ["image", "video"],
      "text-classifier": ["text"],
      "text-token-classifier": ["text"],
      "text-embedder": ["text"],
      "text-to-text": ["text"],
      "text-to-image": ["text"],
      "text-to-audio": ["text"],
      "audio-classifier": ["audio"],
      "audio-embedder": ["audio"],
      "audio-to-text": ["audio"],
      "multimodal-embedder": ["image", "text"],
      "multimodal-to-text": ["image", "text", "video", "audio"],
      "embedding-classifier": ["image", "video", "text", "audio"],
      clusterer: ["image"],
      unknown: ["image", "video", "audio", "text"]
    }
    assert.deepStrictEqual<unknown>(taskKinds, kinds)
  })
})

describe("tasks", () => {
  it("have the names of model types, old and new", () => {
    assert.strictEqual(taskOf("visual-detector"), "visual-detector")
    assert.strictEqual(taskOf("detect-concept"), "visual-detector")
    assert.strictEqual(taskOf("embed"), "visual-embedder")
    assert.strictEqual(taskOf("brand-new-thing"), "unknown")
    assert.strictEqual(taskOf("constructor"), "unknown")
    assert.strictEqual(taskOf(undefined), "unknown")
    assert.isFalse(isTask("toString"))
  })
})

describe("page addresses", () => {
  it("name a model, or one version of it", () => {
    assert.deepStrictEqual(parseModelUrl("https://clarifai.com/meta/Llama-3/models/llama-3_1-8b-instruct"), {
      userId: "meta",
      appId: "Llama-3",
      modelId: "llama-3_1-8b-instruct"
    })
    assert.deepStrictEqual(parseModelUrl("http://127.0.0.1:8080/u/a/models/m%20x/versions/v1/?tab=1#top"), {
      userId: "u",
      appId: "a",
      modelId: "m x",
      versionId: "v1"
    })
  })
  it.each([
    "general-image-recognition",
    "clarifai/main/models/x",
    "https://clarifai.com/clarifai/main",
    "https://clarifai.com/clarifai/main/workflows/face",
    "https://clarifai.com/clarifai/main/models/",
    "https://clarifai.com/clarifai/main/models/m/versions",
    "https://clarifai.com/clarifai/main/models/m/versions/v/x",
    "https://clarifai.com/clarifai/main/models/%ff",
    "https://",
    "ftp://clarifai.com/u/a/models/m",
    ""
  ])("%j is none", (text) => assert.isUndefined(parseModelUrl(text)))
  it("are written as they are read", () => {
    const address = { userId: "u/1", appId: "a b", modelId: "m", versionId: "v" }
    assert.deepStrictEqual(parseModelUrl(modelUrl(address)), address)
  })
})

describe("the public catalogue", () => {
  const entries = Object.entries<Model>(catalog)
  it("has an owner for each model, and each model once", () => {
    for (const [name, { appId, id, userId }] of entries) assert.isTrue(Boolean(userId && appId && id), name)
    assert.strictEqual(new Set(entries.map(([, { id }]) => id)).size, entries.length)
  })
  it("types its answers", () => {
    expectTypeOf(catalog.general.task).toEqualTypeOf<"visual-classifier">()
    expectTypeOf(catalog.faces).toExtend<Model<"visual-detector", "image">>()
    expectTypeOf(catalog.gpt4Vision).toExtend<Model<"multimodal-to-text", "image" | "text">>()
  })
})
