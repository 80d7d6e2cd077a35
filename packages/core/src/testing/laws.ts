/** Laws of plugins: invariants as checks that any test runner can run. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { type AppOf, sightline } from "../app.ts"
import { Media, type MediaFacts } from "../media/media.ts"
import { type AnyPipeline, portableAs, runnable } from "../chain/pipeline.ts"
import { fromPortable } from "../portable.ts"
import type { AnyPlugin, Plugin } from "../plugin/contract.ts"
import { hookOf } from "../plugin/hooks.ts"
import { readBytes } from "../media/read-bytes.ts"
import type { CoreVerbs } from "../verbs/core-verbs.ts"
import { type FakeCall, fakeConnection } from "./fake-connection.ts"

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
  /** Chains with the plugin's sources and verbs, at least one for each. They may end with a prediction. */
  readonly chains: (app: AppWith<P>) => Readonly<Record<string, AnyPipeline>>
  /**
   * Counts the plugin's side effects besides calls: files opened, processes started, media read. Calls of the global
   * `fetch` are counted without it, except through a reference that was taken before.
   */
  readonly happened?: () => number
  /** Media for its `prepare` hook. @default a small PNG */
  readonly media?: () => ReadonlyArray<Media>
}

/** A PNG of one pixel. */
const png = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgABc3UBGAAAAABJRU5ErkJggg=="),
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

/** Counts calls of the global `fetch` during a run. The calls are made; afterwards `fetch` is restored. */
const countingFetch = async (meanwhile: () => Promise<void>): Promise<number> => {
  const original = Object.getOwnPropertyDescriptor(globalThis, "fetch")
  const { fetch } = globalThis
  let asked = 0
  const counting: typeof fetch = (...args) => {
    asked++
    return fetch(...args)
  }
  Object.defineProperty(globalThis, "fetch", { value: counting, configurable: true, writable: true })
  try {
    await meanwhile()
  } finally {
    // leave a function that other code has installed since
    if (globalThis.fetch === counting) {
      if (original === undefined) Reflect.deleteProperty(globalThis, "fetch")
      else Object.defineProperty(globalThis, "fetch", original)
    }
  }
  return asked
}

const isOutcome = (value: unknown): value is { readonly ok: boolean } =>
  typeof value === "object" && value !== null && "ok" in value && "attempts" in value

/**
 * The laws of a plugin. Check each with your test runner:
 *
 * @example for (const law of lawsOf(exif(), { chains: (app) => ({ upright: app.input(bytes).upright() }) })) it(law.name, law.check)
 */
export const lawsOf = <P extends AnyPlugin>(plugin: P, subject: Subject<P>): ReadonlyArray<Law> => {
  const chainsOf = (app: AnyApp) => subject.chains(app as unknown as AppWith<P>) // it was made with the plugin
  const appOver = (connection: ReturnType<typeof fakeConnection>): AnyApp =>
    [...(subject.requires ?? []), plugin].reduce<AnyApp>(
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
  return [
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
      check: () =>
        within(newerAnswer, async (app, connection) => {
          const before = subject.happened?.() ?? 0
          const asked = await countingFetch(async () => {
            for (const chain of Object.values(chainsOf(app))) chain.toString()
            await new Promise((done) => {
              setTimeout(done, 5)
            })
          })
          must(connection.calls.length === 0, "building chains made calls")
          must(asked === 0, "building chains called the global fetch")
          must((subject.happened?.() ?? 0) === before, "building chains did something")
        })
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
        const media = subject.media?.() ?? [new Media("image", { from: "bytes", bytes: png })]
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
