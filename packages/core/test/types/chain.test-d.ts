import { Context, Effect, Layer, Stream } from "effect"
import { describe, expectTypeOf, it } from "vitest"
import {
  file,
  type Box,
  type BudgetSpent,
  clarifai,
  type ConceptsAnswer,
  inFrame,
  type InvalidOption,
  type Many,
  type Media,
  type MediaUnreadable,
  model,
  models,
  type Outcome,
  type PredictError,
  type RegionsAnswer,
  type RunOptions,
  type RunResult,
  sightline,
  type SourceFailed,
  type StepFailed,
  type TimedOut,
  toMedia
} from "../../src/index.ts"
import { definePlugin, stageSame, source, sourceOfMany, stageMany, stage } from "../../src/plugin.ts"

const app = sightline(clarifai())
const image = app.input(file("a.jpg"))
const many = app.inputs([file("a.jpg")])

describe("a chain's success, failure and services are exact", () => {
  it("after map: what the function gives, awaited or run, and what it may fail with", () => {
    const answer = image.predict(models.general)
    expectTypeOf(answer.map((held) => held.concepts.length)).toExtend<
      Effect.Effect<number, PredictError | StepFailed>
    >()
    expectTypeOf<Effect.Error<ReturnType<typeof mapped>>>().toEqualTypeOf<PredictError | StepFailed>()
    const mapped = () => answer.map(async (held) => held.concepts[0]?.name)
    expectTypeOf<Effect.Success<ReturnType<typeof mapped>>>().toEqualTypeOf<string | undefined>()
    class Db extends Context.Service<Db, { readonly id: number }>()("test/Db") {}
    const needs = answer.map(() =>
      Effect.flatMap(Db, ({ id }) => (id > 0 ? Effect.succeed(id) : Effect.fail("no" as const)))
    )
    expectTypeOf<Effect.Success<typeof needs>>().toEqualTypeOf<number>()
    expectTypeOf<Effect.Error<typeof needs>>().toEqualTypeOf<PredictError | StepFailed | "no">()
    expectTypeOf<Effect.Services<typeof needs>>().toEqualTypeOf<Db>()
    // @ts-expect-error a chain that needs a service is not run before it is provided
    void needs.run()
  })

  it("with a service that no layer gives says so in one sentence, by the service's name", () => {
    class Db extends Context.Service<Db, { readonly id: number }>()("test/Db") {}
    class Queue extends Context.Service<Queue, { readonly id: number }>()("test/Queue") {}
    const needs = app.text("a").tap(() => Effect.asVoid(Db))
    type Sentence<Name extends string> =
      `the chain needs the service ${Name}, which no layer gives: run it as an Effect with Effect.provide, or add a plugin with such a layer`
    expectTypeOf<ThisParameterType<typeof needs.run>>().toEqualTypeOf<Sentence<"test/Db">>()
    expectTypeOf<ThisParameterType<typeof needs.result>>().toEqualTypeOf<Sentence<"test/Db">>()
    expectTypeOf<ThisParameterType<typeof needs.stream>>().toEqualTypeOf<Sentence<"test/Db">>()
    expectTypeOf<ThisParameterType<typeof needs.plan>>().toEqualTypeOf<Sentence<"test/Db">>()
    const generation = needs.generate(model({ id: "t", task: "text-to-text" }))
    expectTypeOf<ThisParameterType<typeof generation.text>>().toEqualTypeOf<Sentence<"test/Db">>()
    const both = needs.map(() => Queue)
    expectTypeOf<ThisParameterType<typeof both.run>>().toEqualTypeOf<Sentence<"test/Db"> | Sentence<"test/Queue">>()
    // @ts-expect-error the same, for a service whose class does not tell its name
    void app
      .text("a")
      .tap((): Effect.Effect<void, never, { readonly nameless: true }> => Effect.never)
      .run()
  })

  it("with a deadline of the run: what it cuts off is TimedOut, alone or in each of several outcomes", () => {
    const one = image.map(() => 1)
    const series = many.map(() => 1)
    const within = { timeoutMs: 5 }
    const ran = () => [one.run(within), series.run({ timeoutMs: 5 }), series.run()] as const
    type Ran = ReturnType<typeof ran>
    expectTypeOf<Awaited<Ran[0]>>().toEqualTypeOf<number>()
    expectTypeOf<Awaited<Ran[1]>>().toEqualTypeOf<Many<number, SourceFailed | StepFailed | TimedOut>>()
    expectTypeOf<Awaited<Ran[2]>>().toEqualTypeOf<Many<number, SourceFailed | StepFailed>>()
    const settled = async () => [await one.result(within), await one.result(), await series.result(within)] as const
    type Settled = Awaited<ReturnType<typeof settled>>
    expectTypeOf<Settled[0]>().toEqualTypeOf<RunResult<number, StepFailed | TimedOut>>()
    expectTypeOf<Settled[1]>().toEqualTypeOf<RunResult<number, StepFailed>>()
    expectTypeOf<Settled[2]>().toEqualTypeOf<RunResult<Many<number, SourceFailed | StepFailed | TimedOut>, never>>()
    const streamed = () => [series.stream(within), series.stream({ concurrency: 2 })] as const
    type Streamed = ReturnType<typeof streamed>
    expectTypeOf<Streamed[0]>().toEqualTypeOf<AsyncIterable<Outcome<number, SourceFailed | StepFailed | TimedOut>>>()
    expectTypeOf<Streamed[1]>().toEqualTypeOf<AsyncIterable<Outcome<number, SourceFailed | StepFailed>>>()
    expectTypeOf(one.toStream(within)).toEqualTypeOf<Stream.Stream<number, StepFailed | TimedOut>>()
    const options: RunOptions = {}
    const perhaps = () => one.result(options)
    expectTypeOf<Awaited<ReturnType<typeof perhaps>>>().toEqualTypeOf<RunResult<number, StepFailed | TimedOut>>()
    // @ts-expect-error no option has this name
    void one.run({ timeoutMs: 5, timeout: 5 })
  })

  it("read with `for await`, gives what stream() gives: outcomes of a series, the one answer of one input", () => {
    const read = async () => {
      for await (const outcome of many.predict(models.general)) return outcome
      throw new Error("no outcome")
    }
    expectTypeOf<Awaited<ReturnType<typeof read>>>().toEqualTypeOf<
      Outcome<ConceptsAnswer, PredictError | SourceFailed | StepFailed>
    >()
    const readOne = async () => {
      for await (const answer of image.concepts("a").predict(models.general)) return answer
      throw new Error("no answer")
    }
    expectTypeOf<Awaited<ReturnType<typeof readOne>>>().toEqualTypeOf<ConceptsAnswer<"a">>()
    const collected = () => Array.fromAsync(many.map(() => 1))
    expectTypeOf<Awaited<ReturnType<typeof collected>>[number]>().toEqualTypeOf<
      Outcome<number, SourceFailed | StepFailed>
    >()
    class Db extends Context.Service<Db, { readonly id: number }>()("test/Db") {}
    const needs = many.tap(() => Effect.asVoid(Db))
    const unready = async () => {
      // @ts-expect-error a chain that needs a service is not read before it is provided
      for await (const outcome of needs) return outcome
      return undefined
    }
    void unready
    const yielded = Effect.gen(function* () {
      return yield* image.predict(models.general)
    })
    expectTypeOf<Effect.Success<typeof yielded>>().toEqualTypeOf<ConceptsAnswer>()
    // a chain of one medium is a series of it; one that gives answers is none
    const texts = app.inputs(app.text("a"))
    expectTypeOf<Effect.Success<typeof texts>>().toEqualTypeOf<Many<Media<"text">, SourceFailed | StepFailed>>()
    // @ts-expect-error outcomes are no inputs
    app.inputs(many.predict(models.general))
  })

  it("after orElse: the failures so far are dealt with", () => {
    const fallback = image.predict(models.general).orElse(() => null)
    expectTypeOf<Effect.Success<typeof fallback>>().toEqualTypeOf<ConceptsAnswer | null>()
    expectTypeOf<Effect.Error<typeof fallback>>().toEqualTypeOf<StepFailed>()
    const series = many.predict(models.general).orElse((error) => {
      expectTypeOf(error).toEqualTypeOf<PredictError | SourceFailed | StepFailed>()
      return 0
    })
    expectTypeOf<Effect.Success<typeof series>>().toEqualTypeOf<Many<ConceptsAnswer | number, StepFailed>>()
    expectTypeOf<Effect.Error<typeof series>>().toEqualTypeOf<never>()
  })

  it("after timeout, retry, cached and tap", () => {
    const chain = image.predict(models.general).retry({ times: 1 }).timeout({ ms: 5 }).cached()
    expectTypeOf<Effect.Error<typeof chain>>().toEqualTypeOf<PredictError | TimedOut>()
    const tapped = many.predict(models.general).tap((answer) => {
      expectTypeOf(answer).toEqualTypeOf<ConceptsAnswer>()
    })
    expectTypeOf<Effect.Success<typeof tapped>>().toEqualTypeOf<
      Many<ConceptsAnswer, PredictError | SourceFailed | StepFailed>
    >()
  })

  it("after a budget, which later predictions may exceed too, and not without one", () => {
    const late = image.predict(models.general).budget({ calls: 1 })
    expectTypeOf<Effect.Error<typeof late>>().toEqualTypeOf<PredictError | BudgetSpent>()
    const early = image
      .budget({ usd: 1 })
      .orElse(() => 1)
      .map(() => toMedia("image", "https://x.test/a.jpg"))
      .predict(models.general)
    expectTypeOf<Effect.Error<typeof early>>().toEqualTypeOf<PredictError | BudgetSpent | StepFailed>()
    const series = many.budget({ ms: 5 }).predict(models.general)
    expectTypeOf<Effect.Success<typeof series>>().toEqualTypeOf<
      Many<ConceptsAnswer, PredictError | BudgetSpent | SourceFailed | StepFailed>
    >()
    const none = image.predict(models.general)
    expectTypeOf<Effect.Error<typeof none>>().toEqualTypeOf<PredictError>()
    // @ts-expect-error no limit has this name
    image.budget({ call: 1 })
  })

  it("after options that may be wrong, which the types say before any prediction too", () => {
    const asked = image.concepts("a").top(2)
    expectTypeOf<Effect.Error<typeof asked>>().toEqualTypeOf<InvalidOption>()
    const late = image.map(() => 1).timeout({ ms: 5 })
    expectTypeOf<Effect.Error<typeof late>>().toEqualTypeOf<InvalidOption | StepFailed | TimedOut>()
    const again = image.map(() => 1).retry({ times: 1 })
    expectTypeOf<Effect.Error<typeof again>>().toEqualTypeOf<InvalidOption | StepFailed>()
    const kept = image.map(() => 1).cached()
    expectTypeOf<Effect.Error<typeof kept>>().toEqualTypeOf<InvalidOption | StepFailed>()
    const each = many
      .map(() => 1)
      .cached()
      .retry({ times: 1 })
    expectTypeOf<Effect.Success<typeof each>>().toEqualTypeOf<Many<number, InvalidOption | SourceFailed | StepFailed>>()
    expectTypeOf<Effect.Error<typeof each>>().toEqualTypeOf<never>()
  })

  it("after when: either, and a branch cannot make several things of one", () => {
    const either = image.when(
      () => true,
      (chain) => chain.concepts("a").predict(models.general)
    )
    expectTypeOf<Effect.Success<typeof either>>().toEqualTypeOf<ConceptsAnswer<"a"> | Media<"image">>()
    image.predict(models.faces).when(
      () => true,
      // @ts-expect-error a branch of when cannot make several things of one
      (chain) => chain.crops()
    )
  })

  it("after all: an answer for each name, of each model's own type", () => {
    const chain = image.concepts("x").all({ labels: models.general, faces: models.faces, any: "some-id" })
    type Answers = Effect.Success<typeof chain>
    expectTypeOf<Answers["labels"]>().toEqualTypeOf<ConceptsAnswer<"x">>()
    expectTypeOf<Answers["faces"]>().toEqualTypeOf<RegionsAnswer<"x">>()
    type Partly = Extract<Effect.Error<typeof chain>, { readonly _tag: "PartlyAnswered" }>
    expectTypeOf<Partly["answers"]["labels"]>().toEqualTypeOf<ConceptsAnswer<"x"> | undefined>()
    // @ts-expect-error one of them takes text
    image.all({ labels: models.general, chat: model({ id: "t", task: "text-to-text" }) })
  })
})

describe("several things", () => {
  it("are outcomes with their own failures; keys come from what was given", () => {
    const chain = app.inputs([new URL("https://a.test")], { key: (url) => url.pathname }).predict(models.general)
    expectTypeOf<Effect.Success<typeof chain>[number]>().toEqualTypeOf<
      Outcome<ConceptsAnswer, PredictError | SourceFailed | StepFailed>
    >()
    expectTypeOf<Effect.Error<typeof chain>>().toEqualTypeOf<never>()
  })

  it("made of one by crops: the first prediction fails the chain, each crop fails alone", () => {
    const chain = image.predict(models.faces).crops().concepts("cat").predict(models.general)
    type CropFailure = MediaUnreadable | InvalidOption
    expectTypeOf<Effect.Success<typeof chain>>().toEqualTypeOf<
      Many<ConceptsAnswer<"cat">, PredictError | CropFailure | StepFailed>
    >()
    expectTypeOf<Effect.Error<typeof chain>>().toEqualTypeOf<PredictError>()
    const nested = many.predict(models.faces).crops().predict(models.general)
    expectTypeOf<Effect.Success<typeof nested>>().toEqualTypeOf<
      Many<Many<ConceptsAnswer, PredictError | StepFailed>, PredictError | SourceFailed | StepFailed>
    >()
    // @ts-expect-error a classifier finds no regions
    void image.predict(models.general).crops
    const moved = image.predict(models.faces).map((answer) => inFrame(answer, "original"))
    expectTypeOf<Effect.Success<typeof moved>["regions"][number]["box"]>().toEqualTypeOf<Box<"original">>()
    // @ts-expect-error these regions are measured in another picture than the one to be cut
    void moved.crops
  })

  it("keep the names that were selected before", () => {
    const copies = definePlugin({
      name: "copies",
      version: 1,
      verbs: { copies: () => stageMany("copies", {}, (media: Media<"image">) => Stream.make(media, media)) }
    })
    const chain = app.use(copies).input(file("a.jpg")).concepts("cat").copies().predict(models.general)
    expectTypeOf<Effect.Success<typeof chain>>().toEqualTypeOf<Many<ConceptsAnswer<"cat">, PredictError | StepFailed>>()
  })
})

describe("a plugin that does not fit does not compile", () => {
  const verb = (media: Media) => Effect.succeed(media)
  it("for names that every chain or app has", () => {
    // @ts-expect-error every chain has run
    app.use(definePlugin({ name: "a", version: 1, verbs: { run: () => stage("a", {}, verb) } }))
    // @ts-expect-error every chain that holds media has predict
    app.use(definePlugin({ name: "a", version: 1, verbs: { predict: () => stage("a", {}, verb) } }))
    // @ts-expect-error a chain is not to be awaited by accident
    app.use(definePlugin({ name: "a", version: 1, verbs: { then: () => stage("a", {}, verb) } })) // oxlint-disable-line unicorn/no-thenable -- it must not compile
    // @ts-expect-error every app has input
    app.use(definePlugin({ name: "a", version: 1, sources: { input: () => source("input", [], Effect.succeed(1)) } }))
    // @ts-expect-error every app has use
    app.use(definePlugin({ name: "a", version: 1, members: () => ({ use: 1 }) }))
  })

  it("for names of another plugin, or of its own twice", () => {
    const gallery = definePlugin({ name: "gallery", version: 1, members: () => ({ gallery: 1 }) })
    const other = definePlugin({ name: "other", version: 1, members: () => ({ gallery: 2 }) })
    // @ts-expect-error the name gallery is taken
    app.use(gallery).use(other)
    const twice = definePlugin({
      name: "twice",
      version: 1,
      sources: { cam: () => source("cam", [], Effect.succeed(1)) },
      members: () => ({ cam: 1 })
    })
    // @ts-expect-error a source and a member have the same name
    app.use(twice)
  })

  it("and says so in a sentence", () => {
    const needy = definePlugin({ name: "needy", version: 1, requires: ["exif"] })
    type Refused = Parameters<typeof app.use<typeof needy>>[0]
    expectTypeOf<Refused>().toEqualTypeOf<"plugin needy requires plugin exif: add it first, .use(exif())">()
  })
})

describe("a plugin's own parts", () => {
  class Camera extends Context.Service<Camera, { readonly name: string }>()("test/Camera") {}
  const camera = definePlugin({
    name: "camera",
    version: 1,
    verbs: { named: (name: string) => stageSame("named", { name }, (media: Media) => Effect.as(Camera, media)) },
    sources: {
      cam: () =>
        source(
          "cam",
          [],
          Effect.map(Camera, ({ name }) => name)
        ),
      film: () => sourceOfMany("film", [], () => Stream.fromEffect(Effect.map(Camera, ({ name }) => name)))
    },
    members: (host) => ({
      studio: () =>
        host
          .from(source("cam", [], Effect.succeed(1 as unknown as Media<"image">)))
          .named("x")
          .top(1)
    }),
    layer: Layer.succeed(Camera, { name: "x" })
  })
  const shot = app.use(camera)
  it("keep its services to itself, and reach its members with core's verbs and its own", () => {
    expectTypeOf<Effect.Services<ReturnType<typeof shot.cam>>>().toEqualTypeOf<never>()
    const film = () => shot.film()
    expectTypeOf<Effect.Success<ReturnType<typeof film>>>().toEqualTypeOf<Many<string, StepFailed>>()
    const chain = shot.input(file("a.jpg")).named("x").predict(models.general)
    expectTypeOf<Effect.Services<typeof chain>>().toEqualTypeOf<never>()
    expectTypeOf<Effect.Success<ReturnType<typeof shot.studio>>>().toEqualTypeOf<Media<"image">>()
  })
  it("make a chain local where a verb is given a function", () => {
    const filters = definePlugin({
      name: "filters",
      version: 1,
      verbs: {
        only: (f: (media: Media) => boolean) =>
          stageSame("only", {}, (media: Media) => Effect.succeed((f(media), media)))
      }
    })
    const chain = app
      .use(filters)
      .input(file("a.jpg"))
      .only(() => true)
    // @ts-expect-error a function cannot travel
    chain.toPortable()
  })
})
