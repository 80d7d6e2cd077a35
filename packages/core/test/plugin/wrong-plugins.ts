/** Wrong plugins, as source text: each is to be refused by the type checker, by `use`, or by a law. */

/** One wrong plugin that does not compile. */
export interface WrongTypes {
  readonly name: string
  readonly source: string
}

const base = `const base = definePlugin({ name: "base", version: 1, verbs: { stamped: () => stageSame("base.stamped", {}, (image: Media<"image">) => Effect.succeed(image)) } })`
const upper = `const upper = definePlugin({ name: "upper", version: 1, requires: [base] })`

/** A plugin with these parts, used by an app. */
const used = (parts: string): string => `app.use(definePlugin({ name: "wrong", version: 1, ${parts} }))`

/** Those that the type checker refuses. */
export const wrongTypes: ReadonlyArray<WrongTypes> = [
  { name: "is added twice", source: `${base}\napp.use(base).use(base)` },
  { name: "lacks the plugin that it requires", source: `${base}\n${upper}\napp.use(upper)` },
  { name: "is added before the plugin that it requires", source: `${base}\n${upper}\napp.use(upper).use(base)` },
  {
    name: "is a function that was not called",
    source: `const nms = () => definePlugin({ name: "nms", version: 1 })\napp.use(nms)`
  },
  { name: "is no plugin", source: `app.use(42)` },
  { name: "was not made with definePlugin", source: `app.use({ name: "plain", version: 1 })` },
  { name: "is of a contract that does not exist", source: used(`contract: 2`) },
  {
    name: "has a verb of another plugin",
    source: `${base}\napp.use(base).use(definePlugin({ name: "wrong", version: 1, verbs: { stamped: () => stageSame("wrong.stamped", {}, (image: Media) => Effect.succeed(image)) } }))`
  },
  {
    name: "has a verb with a name of every chain",
    source: used(`verbs: { run: () => stageSame("wrong.run", {}, (image: Media) => Effect.succeed(image)) }`)
  },
  {
    name: "has a verb named then",
    source: used(`verbs: { then: () => stageSame("wrong.then", {}, (image: Media) => Effect.succeed(image)) }`)
  },
  {
    name: "has a source with a name of every app",
    source: used(`sources: { input: () => source("input", [], Effect.succeed(1)) }`)
  },
  {
    name: "has a source and a member of one name",
    source: used(`sources: { photo: () => source("photo", [], Effect.succeed(1)) }, members: () => ({ photo: 1 })`)
  },
  {
    name: "has a verb that makes no stage",
    source: `definePlugin({ name: "wrong", version: 1, verbs: { wrong: () => 1 } })`
  },
  {
    name: "has a source that is no source",
    source: `definePlugin({ name: "wrong", version: 1, sources: { photo: () => ["a.jpg"] } })`
  },
  {
    name: "has an async stage",
    source: used(`verbs: { wrong: () => stage("wrong.run", {}, async (image: Media) => image) }`)
  },
  {
    name: "changes the kind with stageSame",
    source: used(
      `verbs: { wrong: () => stageSame("wrong.run", {}, (image: Media<"image">) => Effect.succeed(toMedia("text", "https://a.test"))) }`
    )
  },
  {
    name: "extends an answer by a number",
    source: used(`verbs: { wrong: () => extend("wrong.run", {}, (answer: object) => Effect.succeed(1)) }`)
  },
  { name: "has an async prepare hook", source: used(`hooks: { prepare: async (media: Media) => media }`) },
  { name: "prepares something else than a medium", source: used(`hooks: { prepare: () => Effect.succeed("a.jpg") }`) },
  {
    name: "filters by a kind that does not exist",
    source: used(`hooks: { prepare: { filter: { kind: "picture" }, run: (media: Media) => Effect.succeed(media) } }`)
  },
  {
    name: "asks for an order that does not exist",
    source: used(`hooks: { prepare: { order: "first", run: (media: Media) => Effect.succeed(media) } }`)
  },
  { name: "returns next instead of calling it", source: used(`hooks: { request: (request, next) => next }`) },
  {
    name: "changes the method of a request",
    source: used(`hooks: { request: (request, next) => next(request.with({ method: "GET" })) }`)
  },
  {
    name: "writes to a request",
    source: used(`hooks: { request: (request, next) => { request.path = "/v3"; return next(request) } }`)
  },
  {
    name: "needs a service that nobody gives",
    source: `class Pen extends Context.Service<Pen, object>()("wrong/Pen") {}\n${used(`hooks: { prepare: (media: Media) => Effect.as(Pen, media) }`)}.input("https://a.test").predict(models.general).run()`
  },
  {
    name: "has a layer that needs a service of no required plugin",
    source: `class Pen extends Context.Service<Pen, object>()("wrong/Pen") {}\nclass Ink extends Context.Service<Ink, object>()("wrong/Ink") {}\n${used(`layer: Layer.effect(Pen, Effect.as(Ink, {}))`)}`
  }
]
