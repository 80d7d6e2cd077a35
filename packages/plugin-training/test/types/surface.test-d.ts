import { file, clarifai, sightline } from "@sightline/core"
import type { Model } from "@sightline/core/plugin"
import type { Effect, Stream } from "effect"
import { describe, expectTypeOf, it } from "vitest"
import {
  type Evaluation,
  folder,
  type TrainedModel,
  type TrainError,
  type Training,
  training,
  type TrainingEvent
} from "../../src/index.ts"

const app = sightline(clarifai()).use(training())
const pets = app.train("pets").concepts("charlie", "our_wedding").examples(folder("photos"))

describe("a training", () => {
  it("resolves with a handle that has the concepts as literal types", () => {
    type Trained = Awaited<ReturnType<typeof pets.run>>
    expectTypeOf<Trained>().toEqualTypeOf<TrainedModel<"charlie" | "our_wedding">>()
    expectTypeOf<Trained>().toExtend<Model<"embedding-classifier", "image" | "video", "charlie" | "our_wedding">>()
    expectTypeOf<Trained["versionId"]>().toEqualTypeOf<string>()
    expectTypeOf<Trained["evaluation"]>().toEqualTypeOf<Evaluation | undefined>()
  })
  it("is an Effect with exactly these errors and no requirements", () => {
    expectTypeOf(pets).toExtend<Effect.Effect<TrainedModel<"charlie" | "our_wedding">, TrainError>>()
    expectTypeOf(pets.asEffect()).toEqualTypeOf<Effect.Effect<TrainedModel<"charlie" | "our_wedding">, TrainError>>()
    expectTypeOf(pets.toStream()).toEqualTypeOf<Stream.Stream<TrainingEvent, TrainError>>()
    expectTypeOf<Extract<TrainError, { _tag: "NoPositives" }>["code"]>().toEqualTypeOf<number>()
  })
  it("has untyped names if the concepts are left out", () => {
    const training = app.train("pets").examples(folder("photos"))
    expectTypeOf(training.run()).toEqualTypeOf<Promise<TrainedModel<string>>>()
  })
  it("keeps the names of its concepts through every method", () => {
    const all = pets
      .mutuallyExclusive()
      .closedEnvironment()
      .params({ training_timeout: 60 })
      .seed(1)
      .holdout(0.2)
      .strict()
      .timeout({ ms: 1000 })
      .promoteWhen((next, current) => current === undefined || next.macroF1 > current.macroF1)
    expectTypeOf(all).toEqualTypeOf<Training<"charlie" | "our_wedding">>()
  })
  it("types the answers of its model", () => {
    const chain = (model: TrainedModel<"charlie" | "our_wedding">) => app.input(file("a.jpg")).predict(model)
    type Answer = Awaited<ReturnType<ReturnType<typeof chain>["run"]>>
    expectTypeOf<Answer["concepts"][number]["name"]>().toEqualTypeOf<"charlie" | "our_wedding">()
    const narrowed = (model: TrainedModel<"charlie" | "our_wedding">) =>
      app.input(file("a.jpg")).concepts("charlie").predict(model)
    type Narrow = Awaited<ReturnType<ReturnType<typeof narrowed>["run"]>>
    expectTypeOf<Narrow["concepts"][number]["name"]>().toEqualTypeOf<"charlie">()
  })
  it("does not compile if an unknown concept is selected", () => {
    const model = {} as TrainedModel<"charlie" | "our_wedding"> // only its type counts here
    // @ts-expect-error "cat" is not one of its concepts
    app.input(file("a.jpg")).concepts("cat").predict(model)
    // @ts-expect-error it accepts images and video, not text
    app.text("hello").predict(model)
  })
  it("has events that are discriminated by state", () => {
    type Trained = Extract<TrainingEvent, { readonly state: "evaluated" }>
    expectTypeOf<Trained["evaluation"]>().toEqualTypeOf<Evaluation>()
    expectTypeOf<Extract<TrainingEvent, { readonly state: "training" }>["percent"]>().toEqualTypeOf<
      number | undefined
    >()
  })
  it("has untyped names when it is resumed by its id", () => {
    expectTypeOf(app.training("pets")).toEqualTypeOf<Promise<Training<string>>>()
  })
  it("does not compile with examples without concepts", () => {
    // @ts-expect-error an example requires concepts
    app.train("pets").examples([{ input: file("a.jpg") }])
    // @ts-expect-error concepts are strings
    app.train("pets").concepts(1)
  })
})
