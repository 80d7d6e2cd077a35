import { assert, describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import type { AnyPipeline } from "../../src/chain/pipeline.ts"
import { models } from "../../src/index.ts"
import {
  definePlugin,
  type Hooks,
  ImageCodec,
  stage,
  stageSame,
  type Media,
  source,
  stageMany,
  toMedia
} from "../../src/plugin.ts"
import { type AnyPlugin, lawsOf, type Subject } from "../../src/testing.ts"
import { rawCodec } from "../verbs/raw-picture.ts"

const url = "https://images.test/a.jpg"
const good = definePlugin({
  name: "good",
  version: 1,
  verbs: {
    named: (name: string) =>
      stageSame("good.named", { name }, (media: Media<"image">) => Effect.succeed(media.with({ name }))),
    twice: () => stageMany("good.twice", {}, (media: Media<"image">) => Stream.make(media, media))
  },
  hooks: { prepare: (media) => Effect.succeed(media.with({ name: "prepared" })) },
  layer: Layer.succeed(ImageCodec, rawCodec())
})

describe("the laws hold for a plugin that keeps them:", () => {
  const laws = lawsOf(good, {
    chains: (app) => ({
      named: app.input(url).named("x").predict(models.general),
      twice: app
        .input(url)
        .twice()
        .predict("some-model")
        .map(() => 1),
      series: app.inputs([url, url]).named("y").predict(models.general)
    })
  })
  for (const law of laws) it(law.name, law.check)
})

/** The names of the laws that a plugin breaks. */
const broken = async <P extends AnyPlugin>(plugin: P, subject: Subject<P>): Promise<ReadonlyArray<string>> => {
  const names: Array<string> = []
  for (const law of lawsOf(plugin, subject))
    await law.check().catch(() => {
      names.push(law.name)
    })
  return names
}
const plain: Subject = { chains: (app) => ({ plain: app.input(url).predict(models.general) }) }

describe("a plugin is found out that", () => {
  it("does something when its verb is called", async () => {
    let happened = 0
    const eager = definePlugin({
      name: "eager",
      version: 1,
      verbs: {
        now: () => {
          happened++
          return stageSame("eager.now", {}, (media: Media) => Effect.succeed(media))
        }
      }
    })
    const names = await broken(eager, { chains: (app) => ({ now: app.input(url).now() }), happened: () => happened })
    assert.deepStrictEqual(names, ["no verb or source does anything before its chain runs"])
  })

  it("asks the global fetch when its verb is called, or soon after, though nobody counts for it", async () => {
    const asked: Array<string> = []
    const original = globalThis.fetch
    const own = async (address: unknown): Promise<Response> => {
      asked.push(String(address))
      return new Response()
    }
    const looking = (look: () => void) =>
      definePlugin({
        name: "looking",
        version: 1,
        verbs: {
          look: () => {
            look()
            return stageSame("looking.look", {}, (media: Media) => Effect.succeed(media))
          }
        }
      })
    try {
      globalThis.fetch = own
      const atOnce = looking(() => void fetch("https://elsewhere.test/1"))
      const soon = looking(() => void Promise.resolve().then(() => fetch("https://elsewhere.test/2")))
      for (const plugin of [atOnce, soon])
        assert.deepStrictEqual(await broken(plugin, { chains: (app) => ({ look: app.input(url).look() }) }), [
          "no verb or source does anything before its chain runs"
        ])
      // what a running chain asks is its own affair
      const lazy = definePlugin({
        name: "lazy",
        version: 1,
        verbs: {
          look: () =>
            stageSame("lazy.look", {}, (media: Media) =>
              Effect.as(
                Effect.promise(() => fetch("https://elsewhere.test/3")),
                media
              )
            )
        }
      })
      assert.deepStrictEqual(await broken(lazy, { chains: (app) => ({ look: app.input(url).look() }) }), [])
      assert.strictEqual(globalThis.fetch, own)
    } finally {
      globalThis.fetch = original
    }
    assert.deepStrictEqual(
      [1, 2, 3].filter((n) => asked.includes(`https://elsewhere.test/${n}`)),
      [1, 2, 3]
    )
  })

  it("holds on to a call that was given up", async () => {
    const stubborn = definePlugin({
      name: "stubborn",
      version: 1,
      hooks: { request: (call, next) => Effect.uninterruptible(next(call)) }
    })
    assert.deepStrictEqual(await broken(stubborn, plain), ["interruption reaches the call that is on its way"])
  }, 30_000)

  it("prepares the same medium differently", async () => {
    let count = 0
    const moody = definePlugin({
      name: "moody",
      version: 1,
      hooks: { prepare: (media) => Effect.sync(() => media.with({ name: `n${count++}` })) }
    })
    assert.deepStrictEqual(await broken(moody, plain), [
      "its prepare hook gives the same for the same medium, and leaves the medium as it was"
    ])
  })

  it("is told what differed", async () => {
    let count = 0
    const moody = definePlugin({
      name: "moody",
      version: 1,
      hooks: { prepare: (media) => Effect.sync(() => media.with({ ...media.facts, timeMs: count++ })) }
    })
    const problems = await Promise.allSettled(lawsOf(moody, plain).map((law) => law.check()))
    assert.deepStrictEqual(
      problems.flatMap((settled) => (settled.status === "rejected" ? [String(settled.reason)] : [])),
      ["LawBroken: the hook gave other facts the second time: timeMs"]
    )
  })

  it("writes into the bytes it was given", async () => {
    const rude = definePlugin({
      name: "rude",
      version: 1,
      hooks: {
        prepare: (media) =>
          Effect.sync(() => {
            if (media.source.from === "bytes") media.source.bytes[0] = (media.source.bytes[0] ?? 0) + 1
            return media
          })
      }
    })
    assert.lengthOf(await broken(rude, plain), 1)
  })

  it("hides a status that it does not know, or makes new fields fatal", async () => {
    const smug = definePlugin({
      name: "smug",
      version: 1,
      hooks: {
        request: (call, next) =>
          Effect.map(next(call), (answer) => ({
            ...answer,
            text: answer.text.includes("99999") ? `{"status":{"code":10000},"outputs":[]}` : answer.text
          }))
      }
    })
    assert.deepStrictEqual(await broken(smug, plain), ["an unknown status ends as UnknownStatus with its number"])
    const strict = definePlugin({
      name: "strict",
      version: 1,
      hooks: {
        request: (call, next) =>
          Effect.map(next(call), (answer) =>
            answer.text.includes("hologram") ? { ...answer, text: "what is this?" } : answer
          )
      }
    })
    assert.deepStrictEqual(await broken(strict, plain), ["what a newer service adds to an answer breaks nothing"])
  })

  it("does not come back the same from JSON, or is not the same when built again", async () => {
    let count = 0
    const odd = definePlugin({
      name: "odd",
      version: 1,
      sources: { next: () => source("next", [count++], Effect.succeed(1)) },
      verbs: { mark: (n: number) => stageSame("odd.mark", { n }, (media: Media) => Effect.succeed(media)) }
    })
    assert.deepStrictEqual(
      await broken(odd, { chains: (app) => ({ next: app.next() }), except: { mark: "not here" } }),
      ["its chains without functions travel as JSON and come back the same"]
    )
    assert.deepStrictEqual(
      await broken(odd, { chains: (app) => ({ mark: app.input(url).mark(count++) }), except: { next: "not here" } }),
      ["its chains are values: a further step leaves them alone"]
    )
  })
})

describe("a plugin is told what the laws saw:", () => {
  type Named = (media: Media<"image">) => Effect.Effect<Media<"image">>
  const withVerb = (run: Named) =>
    definePlugin({ name: "wrong", version: 1, verbs: { wrong: () => stage("wrong.run", {}, run) } })
  const withHooks = <const H extends Hooks>(hooks: H) => definePlugin({ name: "wrong", version: 1, hooks })
  /** The chain with a verb that the type of these plugins does not know. */
  const wrong = (chain: object): AnyPipeline => (chain as { readonly wrong: () => AnyPipeline }).wrong()
  const used: Subject = { chains: (app) => ({ wrong: wrong(app.input(url)) }) }
  const fresh = (media: Media<"image">) => Effect.succeed(toMedia("image", url, { name: media.facts.name ?? "a" }))
  const cases: Readonly<Record<string, readonly [plugin: AnyPlugin, subject: Subject]>> = {
    "no chain at all": [good, { chains: () => ({}) }],
    "no chain that runs its verb": [withVerb((media) => Effect.succeed(media)), plain],
    "a chain whose verb is never reached": [
      withVerb((media) => Effect.succeed(media)),
      {
        chains: (app) => ({ wrong: wrong(app.input(url).tap(() => Promise.reject(new Error("no")))) })
      }
    ],
    "no chain over one input": [
      withVerb((media) => Effect.succeed(media)),
      { chains: (app) => ({ wrong: wrong(app.inputs([url])) }) }
    ],
    "a hook that no chain calls": [
      withHooks({ prepare: (media) => Effect.succeed(media) }),
      { chains: (app) => ({ a: app.input(url) }) }
    ],
    "a verb that loses the key": [
      withVerb(fresh),
      { chains: (app) => ({ wrong: wrong(app.input(url, { key: "k" })) }) }
    ],
    "a verb that throws": [withVerb(() => Effect.die(new Error("boom"))), used],
    "a verb that is not the same the second time": [
      (() => {
        let count = 0
        return withVerb((media) => Effect.sync(() => media.with({ name: `n${count++}` })))
      })(),
      {
        chains: (app) => ({ wrong: wrong(app.input(url)).map((media: Media) => media.facts.name) })
      }
    ],
    "a verb that never ends": [withVerb(() => Effect.never), { ...used, timeoutMs: 200 }],
    "a request hook that calls next twice": [
      withHooks({ request: (request, next) => Effect.andThen(next(request), next(request)) }),
      plain
    ],
    "a request hook that throws": [
      withHooks({
        request: () => {
          throw new Error("boom")
        }
      }),
      plain
    ],
    "an answer hook that writes to the answer": [
      withHooks({
        answer: (answer: { concepts: Array<unknown> }) => Effect.sync(() => (answer.concepts.pop(), answer))
      }),
      plain
    ],
    "a prepare hook that changes the kind": [
      withHooks({
        prepare: (media: Media) => Effect.succeed(toMedia("audio", Uint8Array.of(1), media.facts) as Media)
      }),
      plain
    ],
    "members that call the global fetch": [
      definePlugin({
        name: "wrong",
        version: 1,
        members: () => {
          void fetch("https://elsewhere.test/")
          return {}
        }
      }),
      plain
    ]
  }
  for (const [name, [plugin, subject]] of Object.entries(cases))
    it(
      name,
      async () => {
        const original = globalThis.fetch
        globalThis.fetch = () => Promise.resolve(new Response())
        try {
          const problems: Array<string> = []
          for (const law of lawsOf(plugin, subject))
            await law.check().catch((thrown: unknown) => problems.push(`${law.name}: ${String(thrown)}`))
          expect(problems[0]).toMatchSnapshot()
        } finally {
          globalThis.fetch = original
        }
      },
      60_000
    )
})
