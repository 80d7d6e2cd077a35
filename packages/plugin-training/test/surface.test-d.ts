import { clarifai, sightline } from "@sightline/core"
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
} from "../src/index.ts"

const app = sightline(clarifai()).use(training())
const pets = app.train("pets").concepts("charlie", "our_wedding").examples(folder("photos"))

describe("a training", () => {
  it("gives a handle whose vocabulary is the concepts as literals", () => {
    type Trained = Awaited<ReturnType<typeof pets.run>>
    expectTypeOf<Trained>().toEqualTypeOf<TrainedModel<"charlie" | "our_wedding">>()
    expectTypeOf<Trained>().toExtend<Model<"embedding-classifier", "image" | "video", "charlie" | "our_wedding">>()
    expectTypeOf<Trained["versionId"]>().toEqualTypeOf<string>()
    expectTypeOf<Trained["evaluation"]>().toEqualTypeOf<Evaluation | undefined>()
  })
  it("is an Effect with exactly these failures and no needs", () => {
    expectTypeOf(pets).toExtend<Effect.Effect<TrainedModel<"charlie" | "our_wedding">, TrainError>>()
    expectTypeOf(pets.asEffect()).toEqualTypeOf<Effect.Effect<TrainedModel<"charlie" | "our_wedding">, TrainError>>()
    expectTypeOf(pets.toStream()).toEqualTypeOf<Stream.Stream<TrainingEvent, TrainError>>()
    expectTypeOf<Extract<TrainError, { _tag: "NoPositives" }>["code"]>().toEqualTypeOf<number>()
  })
  it("keeps its names through every step", () => {
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
    const chain = (model: TrainedModel<"charlie" | "our_wedding">) => app.input("a.jpg").predict(model)
    type Answer = Awaited<ReturnType<ReturnType<typeof chain>["run"]>>
    expectTypeOf<Answer["concepts"][number]["name"]>().toEqualTypeOf<"charlie" | "our_wedding">()
    const narrowed = (model: TrainedModel<"charlie" | "our_wedding">) =>
      app.input("a.jpg").concepts("charlie").predict(model)
    type Narrow = Awaited<ReturnType<ReturnType<typeof narrowed>["run"]>>
    expectTypeOf<Narrow["concepts"][number]["name"]>().toEqualTypeOf<"charlie">()
  })
  it("does not compile where a concept is selected that it was not taught", () => {
    const model = {} as TrainedModel<"charlie" | "our_wedding"> // only its type counts here
    // @ts-expect-error "cat" is not in its vocabulary
    app.input("a.jpg").concepts("cat").predict(model)
    // @ts-expect-error it sees images and clips, not text
    app.text("hello").predict(model)
  })
  it("is told apart by the state of its events", () => {
    type Trained = Extract<TrainingEvent, { readonly state: "evaluated" }>
    expectTypeOf<Trained["evaluation"]>().toEqualTypeOf<Evaluation>()
    expectTypeOf<Extract<TrainingEvent, { readonly state: "training" }>["percent"]>().toEqualTypeOf<
      number | undefined
    >()
  })
  it("taken up by its id knows its names only at run time", () => {
    expectTypeOf(app.training("pets")).toEqualTypeOf<Promise<Training<string>>>()
  })
  it("does not compile with examples that say nothing of what is in them", () => {
    // @ts-expect-error an example needs its concepts
    app.train("pets").examples([{ input: "a.jpg" }])
    // @ts-expect-error concepts are names
    app.train("pets").concepts(1)
  })
})
