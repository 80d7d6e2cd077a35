import { Effect } from "effect"
import { describe, expectTypeOf, it } from "vitest"
import {
  file,
  clarifai,
  model,
  models,
  type Outcome,
  type PredictError,
  sightline,
  type SourceFailed,
  type StepFailed
} from "../../src/index.ts"
import { definePlugin, type Media, stage } from "../../src/plugin.ts"

const app = sightline(clarifai())

/** What a chain's `.run()` gives. */
type Ran<C extends { readonly run: () => Promise<unknown> }> = Awaited<ReturnType<C["run"]>>

describe("the surface", () => {
  it("narrows names to the concepts selected", () => {
    const chain = app.input(file("a.jpg")).concepts("train", "railway").top(2).predict(models.general)
    expectTypeOf<Awaited<ReturnType<typeof chain.run>>["concepts"][number]["name"]>().toEqualTypeOf<
      "train" | "railway"
    >()
  })
  it("takes the model's own vocabulary where nothing is selected", () => {
    const pets = model({ id: "pets", task: "embedding-classifier", concepts: ["cat", "dog"] })
    const chain = app.input(file("a.jpg")).predict(pets)
    expectTypeOf<Awaited<ReturnType<typeof chain.run>>["concepts"][number]["name"]>().toEqualTypeOf<"cat" | "dog">()
  })
  it("does not compile where a name is selected that the model is known not to know", () => {
    const pets = model({ id: "pets", task: "embedding-classifier", concepts: ["cat", "dog"] })
    app.input(file("a.jpg")).concepts("cat").predict(pets)
    // @ts-expect-error the vocabulary has no fox
    app.input(file("a.jpg")).concepts("cat", "fox").predict(pets)
    const names: ReadonlyArray<string> = ["fox"]
    app
      .input(file("a.jpg"))
      .concepts(...names)
      .predict(pets)
    app.input(file("a.jpg")).concepts("fox").predict(models.general)
  })
  it("does not compile with a model of another kind of media", () => {
    const toText = model({ id: "t", task: "text-to-text" })
    // @ts-expect-error the model takes text and the chain holds an image
    app.input(file("a.jpg")).predict(toText)
    // @ts-expect-error the model takes images and the chain holds text
    app.text("hello").predict(models.general)
    app.text("hello").predict(toText)
  })
  it("gives the exact success, error and services to Effect users", () => {
    const program = Effect.gen(function* () {
      const { concepts } = yield* app.input(file("a.jpg")).concepts("train").predict(models.general)
      return concepts[0]?.name
    })
    expectTypeOf(program).toEqualTypeOf<Effect.Effect<"train" | undefined, PredictError>>()
  })
  it("gives one outcome for each of several inputs", () => {
    const chain = app.inputs([file("a.jpg")]).predict("some-model")
    expectTypeOf<Ran<typeof chain>>().toExtend<
      ReadonlyArray<Outcome<unknown, PredictError | SourceFailed | StepFailed>>
    >()
  })
  it("answers with regions for a detector and frames for a video", () => {
    const chain = app.input(file("a.jpg")).predict(models.faces)
    expectTypeOf<Ran<typeof chain>>().toHaveProperty("regions")
  })
  it("has a verb only where it fits", () => {
    const sing = definePlugin({
      name: "sing",
      version: 1,
      verbs: { sing: () => stage("sing", {}, (media: Media<"audio">) => Effect.succeed(media)) }
    })
    const with_ = app.use(sing)
    expectTypeOf(with_.audio(file("a.wav"))).toHaveProperty("sing")
    expectTypeOf(with_.input(file("a.jpg"))).not.toHaveProperty("sing")
    expectTypeOf(app.input(file("a.jpg")).predict(models.general)).not.toHaveProperty("predict")
    // @ts-expect-error a plugin is added once
    with_.use(sing)
    const clash = definePlugin({
      name: "b",
      version: 1,
      verbs: { top: () => stage("b", {}, (media: Media) => Effect.succeed(media)) }
    })
    // @ts-expect-error the verb top is core's
    app.use(clash)
    // @ts-expect-error it requires a plugin that was not added
    app.use(definePlugin({ name: "c", version: 1, requires: ["exif"] }))
  })
  it("hides the services that a plugin's layer gives", () => {
    expectTypeOf(app.input(file("a.jpg")).map(() => 1)).toExtend<Effect.Effect<number, StepFailed>>()
  })
  it("lets only chains without closures travel", () => {
    app.input("https://images.test/a.jpg").predict(models.general).toPortable()
    // @ts-expect-error a file on this machine does not travel
    app.input(file("a.jpg")).predict(models.general).toPortable()
    // @ts-expect-error a closure cannot travel
    app
      .input(file("a.jpg"))
      .map((m) => m)
      .toPortable()
  })
})
