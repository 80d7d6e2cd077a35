/** Laws of plugins: invariants as checks that any test runner can run. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { type AppOf, sightline } from "../app.ts"
import { type Media, type MediaFacts, textMedia, toMedia } from "../media/media.ts"
import { type AnyPipeline, portableAs, runnable } from "../chain/pipeline.ts"
import { fromPortable } from "../portable.ts"
import type { AnyPlugin, Plugin } from "../plugin/contract.ts"
import { hookOf } from "../plugin/hooks.ts"
import { readBytes } from "../media/read-bytes.ts"
import type { CoreVerbs } from "../verbs/core-verbs.ts"
import { countingFetch } from "./counted-fetch.ts"
import { type FakeCall, fakeConnection } from "./fake-connection.ts"
import { watch, type Watched } from "./watched-plugin.ts"

/** A law: its name is a sentence that is true when `check` does not reject. */
export interface Law {
  readonly name: string
  readonly check: () => Promise<void>
}

type AnyApp = AppOf<CoreVerbs, {}, {}, never>

/** An app with core's verbs and those of the plugin. */
type AppWith<P> = P extends Plugin<infer N, infer V, infer S, infer M> ? AppOf<CoreVerbs & V, S, M, N> : AnyApp

/** Options of {@link lawsOf}: what the laws are checked with. */
export interface Subject<P = AnyPlugin> {
  /** Plugins that the plugin requires, in order. */
  readonly requires?: ReadonlyArray<AnyPlugin>
  /**
   * Chains with the plugin's sources and verbs, at least one for each. They may end with a prediction. They are built
   * twice: as they are written, and with `input`, `text` and `audio` in the form of `inputs(..)`.
   */
  readonly chains: (app: AppWith<P>) => Readonly<Record<string, AnyPipeline>>
  /**
   * Counts the plugin's side effects besides calls: files opened, processes started, media read. Calls of the global
   * `fetch` are counted without it, except through a reference that was taken before.
   */
  readonly happened?: () => number
  /** Media for its `prepare` hook. @default a small PNG */
  readonly media?: () => ReadonlyArray<Media>
  /**
   * Verbs and sources that these chains cannot run, each with the reason: `{ frames: "needs a clip: frames.test.ts" }`.
   * A law fails for any other one that no chain runs.
   */
  readonly except?: Readonly<Record<string, string>>
  /**
   * How long each law may take, in milliseconds.
   *
   * @default 30_000
   */
  readonly timeoutMs?: number
}

/** A PNG of two pixels, red and blue. */
const png = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGM4IScnJ3cCAAcjAgnukg5ZAAAAAElFTkSuQmCC"),
  (char) => char.charCodeAt(0)
)

/** How long an aborted chain may take to end, in milliseconds. */
const patienceMs = 3000

/** Fails a law. */
class LawBroken extends Error {
  override readonly name = "LawBroken"
}

const must = (holds: boolean, problem: string): void => {
  if (!holds) throw new LawBroken(problem)
}

/** The names of the facts that differ. */
const differingFacts = (one: MediaFacts, other: MediaFacts): ReadonlyArray<string> => {
  const [left, right]: ReadonlyArray<Readonly<Record<string, unknown>>> = [{ ...one }, { ...other }]
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].filter((name) => JSON.stringify(left?.[name]) !== JSON.stringify(right?.[name]))
}

/** Answers every input with unknown fields and status numbers, as a newer service does. */
const newerAnswer = ({ body }: FakeCall): unknown => {
  const inputs = (body as { readonly inputs?: ReadonlyArray<unknown> } | undefined)?.inputs ?? [] // what our encoder writes
  return {
    status: { code: 10000, description: "Ok", req_id: "r", colour_of_the_day: "red" },
    outputs: inputs.map((input) => ({
      id: "o",
      status: { code: 10000, description: "Ok" },
      input,
      smell: { kind: "rose", strength: 0.3 },
      data: {
        concepts: [{ id: "ai_x", name: "x", value: 0.5, taste: "sweet" }],
        holograms: [{ depth: 3 }],
        embeddings: [{ vector: [1, 0], num_dimensions: 2 }],
        text: { raw: "x" }
      }
    }))
  }
}

const unknownStatus = { status: { code: 99_999, description: "A status of tomorrow", req_id: "r" } }

const describe = (chain: AnyPipeline): string => JSON.stringify(chain["~sightline/state"].steps.map(shape))

const shape = (step: object): unknown =>
  Object.fromEntries(
    Object.entries(step).map(([key, value]: readonly [string, unknown]) => [
      key,
      typeof value === "function" ? "function" : key === "stage" ? (value as { readonly name: string }).name : value // a stage has a name
    ])
  )

const settle = async (chain: AnyPipeline): Promise<unknown> =>
  // services of the plugin's own layer are provided by its app
  runnable(chain).result()

/** The failures of a run: one for each outcome, or one for the whole chain. */
const errorsOf = (result: unknown): ReadonlyArray<{ readonly _tag?: string; readonly code?: number }> => {
  const { error, ok, value } = result as { readonly ok: boolean; readonly value?: unknown; readonly error?: object }
  if (!ok) return [error ?? {}]
  return Array.isArray(value) ? value.flatMap((inner: unknown) => (isOutcome(inner) ? errorsOf(inner) : [])) : []
}

/** Time for what was started and not waited for. */
const soon = (): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, 5)
  })

const isAddress = (input: unknown): boolean => typeof input === "string" || input instanceof URL

/** The app with `input`, `text` and `audio` in the form of `inputs(..)`: each gives its input twice. */
const overSeveral = (app: AnyApp): AnyApp => {
  type Start = (input: never, options?: object) => unknown
  const twice = (media: unknown) => app.inputs([media, media] as ReadonlyArray<Media>)
  const starts: Readonly<Record<string, Start>> = {
    input: (input, options = {}) => twice(isAddress(input) ? input : toMedia("image", input, options)),
    text: (text, options = {}) => twice(textMedia(text, options)),
    audio: (input, options = {}) => twice(toMedia("audio", input, options))
  }
  // over nothing: a proxy of the app itself would have to return its methods unbound
  return new Proxy({} as AnyApp, {
    get: (_, name) => {
      if (typeof name === "string" && Object.hasOwn(starts, name)) return starts[name]
      const value: unknown = Reflect.get(app, name, app)
      return typeof value === "function" ? (value.bind(app) as unknown) : value
    }
  })
}

const startsWithMany = (chain: AnyPipeline): boolean => chain["~sightline/state"].source.type === "many"

/** The verbs of a chain, with what kind of step each makes. */
const verbsOf = (chain: AnyPipeline): ReadonlyArray<readonly [verb: string, type: string]> =>
  chain["~sightline/state"].steps.flatMap((step) => ("verb" in step ? [[step.verb, step.type] as const] : []))

/** A law whose check gets a signal when its time is over. */
interface TimedLaw {
  readonly name: string
  readonly check: (ended: AbortSignal) => Promise<void>
}

/** The law, which fails where it takes too long. */
const inTime = ({ check, name }: TimedLaw, timeoutMs: number): Law => ({
  name,
  check: async () => {
    const ended = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new LawBroken(`it took longer than ${timeoutMs} ms`)), timeoutMs)
    })
    try {
      await Promise.race([check(ended.signal), late])
    } finally {
      clearTimeout(timer)
      ended.abort()
    }
  }
})

const isOutcome = (value: unknown): value is { readonly ok: boolean } =>
  typeof value === "object" && value !== null && "ok" in value && "attempts" in value

/**
 * The laws of a plugin. Check each with your test runner:
 *
 * @example for (const law of lawsOf(exif(), { chains: (app) => ({ upright: app.input(bytes).upright() }) })) it(law.name, law.check)
 */
export const lawsOf = <P extends AnyPlugin>(plugin: P, subject: Subject<P>): ReadonlyArray<Law> => {
  const { except = {}, timeoutMs = 30_000 } = subject
  const written = (app: AnyApp) => subject.chains(app as unknown as AppWith<P>) // it was made with the plugin
  const chainsOf = (app: AnyApp): Readonly<Record<string, AnyPipeline>> => {
    const one = written(app)
    const several = Object.entries(written(overSeveral(app))).filter(([name, chain]) => {
      const before = one[name]
      return before !== undefined && !startsWithMany(before) && startsWithMany(chain)
    })
    return { ...one, ...Object.fromEntries(several.map(([name, chain]) => [`${name} over inputs(..)`, chain])) }
  }
  const appOver = (connection: ReturnType<typeof fakeConnection>, last: AnyPlugin = plugin): AnyApp =>
    [...(subject.requires ?? []), last].reduce<AnyApp>(
      (app, next): AnyApp => app.use(next as never), // which plugins these are is known only here
      sightline(connection)
    )
  const within = async (
    answer: (call: FakeCall) => unknown,
    use: (app: AnyApp, connection: ReturnType<typeof fakeConnection>) => Promise<void>
  ) => {
    const connection = fakeConnection(answer, { limits: { maxAttempts: 1 } })
    const app = appOver(connection)
    try {
      await use(app, connection)
    } finally {
      await app[Symbol.asyncDispose]()
    }
  }
  /** Runs all chains with the plugin watched; how each failed, if it did. */
  const runWatched = async (): Promise<
    Watched & { readonly chains: Readonly<Record<string, AnyPipeline>>; readonly failures: ReadonlyArray<string> }
  > => {
    const watched = watch(plugin)
    const app = appOver(fakeConnection(newerAnswer, { limits: { maxAttempts: 1 } }), watched.plugin)
    const chains = chainsOf(app)
    const failures: Array<string> = []
    try {
      for (const [name, chain] of Object.entries(chains)) {
        const [error] = errorsOf(await settle(chain).catch((thrown: unknown) => ({ ok: false, error: thrown })))
        if (error !== undefined)
          failures.push(`${name}: ${error instanceof Error ? error.message : JSON.stringify(error)}`)
      }
    } finally {
      await app[Symbol.asyncDispose]()
    }
    return { ...watched, chains, failures }
  }
  const laws: ReadonlyArray<TimedLaw> = [
    {
      name: "its chains run each of its verbs, sources and hooks, over one input and over several",
      check: async () => {
        const { chains, failures, plugin: watched, ran } = await runWatched()
        const all = Object.values(chains)
        must(all.length > 0, "there is no chain: nothing was shown")
        const because = failures.length === 0 ? "" : `; ${failures[0]}`
        for (const name of [...Object.keys(plugin.verbs), ...Object.keys(plugin.sources)]) {
          if (Object.hasOwn(except, name)) continue
          const isSource = Object.hasOwn(plugin.sources, name)
          must(ran.has(name), `no chain runs its ${isSource ? "source" : "verb"} ${name}${because}`)
          if (isSource) continue
          const using = all.filter((chain) => verbsOf(chain).some(([verb]) => verb === name))
          const ownSource = using.some((chain) => Object.hasOwn(plugin.sources, chain["~sightline/state"].source.name))
          const overAll = using.some((chain) =>
            verbsOf(chain).some(([verb, type]) => verb === name && type !== "stage")
          )
          if (ownSource || overAll) continue
          must(
            using.some((chain) => !startsWithMany(chain)),
            `no chain runs its verb ${name} over one input: start one with app.input(..)`
          )
          must(using.some(startsWithMany), `no chain runs its verb ${name} over several inputs`)
        }
        for (const kind of ["prepare", "answer", "request", "run", "input"] as const)
          if (watched.hooks[kind] !== undefined)
            must(ran.has(`${kind} hook`), `no chain calls its ${kind} hook: predict in one of them${because}`)
      }
    },
    {
      name: "it throws nothing, changes nothing that it was given, keeps kinds and keys, and sends a call once",
      check: async () => {
        const { problems } = await runWatched()
        must(problems.length === 0, problems.join("; "))
      }
    },
    {
      name: "its chains give the same when they are run twice",
      check: (ended) =>
        within(newerAnswer, async (app) => {
          const chains = Object.entries(chainsOf(app))
          await soon()
          for (const [name, chain] of chains) {
            const results: Array<string | undefined> = []
            const asked: Array<number> = []
            for (const _ of [1, 2])
              asked.push(await countingFetch(async () => void results.push(JSON.stringify(await settle(chain))), ended))
            must(results[0] === results[1], `${name}: the second run gave something else`)
            must(asked[0] === asked[1], `${name}: the second run called the global fetch another number of times`)
          }
        })
    },
    {
      name: "its chains are values: a further step leaves them alone",
      check: () =>
        within(newerAnswer, async (app) => {
          for (const [name, chain] of Object.entries(chainsOf(app))) {
            const before = describe(chain)
            must(chain.map((value: unknown) => value) !== (chain as unknown), `${name}: map gave the same chain`)
            must(describe(chain) === before, `${name} changed when it was extended`)
            must(describe(chainsOf(app)[name] ?? chain) === before, `${name} is not the same when built again`)
          }
        })
    },
    {
      name: "no verb or source does anything before its chain runs",
      check: async (ended) => {
        const before = subject.happened?.() ?? 0
        const connection = fakeConnection(newerAnswer)
        // members are made with the app, which is why it is made here
        const asked = await countingFetch(async () => {
          const app = appOver(connection)
          for (const chain of Object.values(chainsOf(app))) chain.toString()
          await soon()
          await app[Symbol.asyncDispose]()
        }, ended)
        must(connection.calls.length === 0, "building chains made calls")
        must(asked === 0, "building chains called the global fetch")
        must((subject.happened?.() ?? 0) === before, "building chains did something")
      }
    },
    {
      name: "what a newer service adds to an answer breaks nothing",
      check: () =>
        within(newerAnswer, async (app) => {
          for (const [name, chain] of Object.entries(chainsOf(app)))
            for (const error of errorsOf(await settle(chain)))
              must(error._tag !== "MalformedAnswer", `${name}: an unknown field made the answer unreadable`)
        })
    },
    {
      name: "an unknown status ends as UnknownStatus with its number",
      check: () =>
        within(
          () => unknownStatus,
          async (app, connection) => {
            for (const [name, chain] of Object.entries(chainsOf(app))) {
              const before = connection.calls.length
              const errors = errorsOf(await settle(chain))
              if (connection.calls.length === before) continue
              must(
                errors.some((error) => error._tag === "UnknownStatus" && error.code === 99_999),
                `${name}: it was lost`
              )
            }
          }
        )
    },
    {
      name: "interruption reaches the call that is on its way",
      check: async () => {
        const seen = { asked: 0, aborted: 0 }
        const stalled = fakeConnection(() => ({}))
        const connection = {
          ...stalled,
          fetch: (input: Request | string | URL, init?: RequestInit) => {
            seen.asked++
            const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
            return new Promise<Response>((_, reject) => {
              signal?.addEventListener("abort", () => {
                seen.aborted++
                reject(signal.reason as Error)
              })
            })
          }
        }
        const app = appOver(connection)
        for (const [name, chain] of Object.entries(chainsOf(app))) {
          const before = { ...seen }
          const fiber = Effect.runFork(Effect.result(runnable(chain).asEffect()))
          for (let turn = 0; turn < 500 && seen.asked === before.asked && fiber.pollUnsafe() === undefined; turn++)
            await new Promise((done) => {
              setTimeout(done, 2)
            })
          const ended = Effect.as(Fiber.interrupt(fiber), true)
          must(
            await Effect.runPromise(
              Effect.timeoutOrElse(ended, { duration: patienceMs, orElse: () => Effect.succeed(false) })
            ),
            `${name}: it did not end when it was given up`
          )
          must(
            seen.aborted - before.aborted === seen.asked - before.asked,
            `${name}: a call went on after it was given up`
          )
        }
        await app[Symbol.asyncDispose]()
      }
    },
    {
      name: "its prepare hook gives the same for the same medium, and leaves the medium as it was",
      check: async () => {
        if (plugin.hooks.prepare === undefined) return
        const { run: prepare } = hookOf(plugin.hooks.prepare)
        const media = subject.media?.() ?? [toMedia("image", png, { key: "k" })]
        for (const medium of media) {
          const shown = JSON.stringify([medium, medium.facts])
          const bytes = await bytesOf(medium)
          // a hook that needs services of a layer is checked through an app, with `chains`
          const prepared = prepare(medium, { index: 0, key: undefined }) as Effect.Effect<Media, unknown>
          const run = () => Effect.runPromise(Effect.result(prepared))
          const [first, second] = [await run(), await run()]
          must(first._tag === second._tag, "the hook gave a failure only once")
          must(JSON.stringify([medium, medium.facts]) === shown, "the hook changed what is known of its medium")
          must(same(await bytesOf(medium), bytes), "the hook changed its medium's bytes")
          if (first._tag !== "Success" || second._tag !== "Success") continue
          const differing = differingFacts(first.success.facts, second.success.facts)
          must(differing.length === 0, `the hook gave other facts the second time: ${differing.join(", ")}`)
          must(
            same(await bytesOf(first.success), await bytesOf(second.success)),
            "the hook gave other bytes the second time"
          )
        }
      }
    },
    {
      name: "its chains without functions travel as JSON and come back the same",
      check: () =>
        within(newerAnswer, async (app) => {
          for (const [name, chain] of Object.entries(chainsOf(app))) {
            const form = portableOf(chain)
            if (form === undefined) continue
            const json = JSON.stringify(form)
            const back = fromPortable(app, JSON.parse(json)) as unknown as AnyPipeline
            must(JSON.stringify(portableOf(back)) === json, `${name} came back as another chain`)
          }
        })
    }
  ]
  return laws.map((law) => inTime(law, timeoutMs))
}

const bytesOf = (medium: Media): Promise<Uint8Array> =>
  // a copy, to detect mutation of the bytes
  Effect.runPromise(
    Effect.match(readBytes(medium), { onSuccess: (bytes) => bytes.slice(), onFailure: () => new Uint8Array() })
  )

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

/** Undefined for a chain that contains a function or bytes, which is not portable. */
const portableOf = (chain: AnyPipeline): unknown => {
  try {
    return portableAs(chain).toPortable()
  } catch {
    return undefined
  }
}
