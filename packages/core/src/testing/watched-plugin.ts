/** Makes a plugin whose verbs, sources and hooks note what they do: for the laws. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { AnyVerbStage } from "../chain/stage.ts"
import { Media } from "../media/media.ts"
import type { AnyPlugin, SourceOf } from "../plugin/contract.ts"
import { hookOf } from "../plugin/hooks.ts"

/** What was noted while chains ran. */
export interface Watched {
  readonly plugin: AnyPlugin
  /** Verbs whose stage was run, sources that were opened, and hooks that were called: `prepare hook`. */
  readonly ran: ReadonlySet<string>
  /** One sentence for each rule that was broken, in order. */
  readonly problems: ReadonlyArray<string>
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Array.isArray(value)
}

/** The value, with its plain objects and arrays frozen, and with the facts of a medium frozen. */
const freeze = <T>(value: T): T => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  if (value instanceof Media) {
    freeze(value.facts)
    return value
  }
  if (!isPlain(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) freeze(inner)
  return value
}

/** A copy of the bytes of a medium that holds them. */
const bytesOf = (value: unknown): Uint8Array | undefined =>
  value instanceof Media && value.source.from === "bytes" ? value.source.bytes.slice() : undefined

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

/** What is wrong with the output of a step or hook that was given the input. */
const lost = (what: string, input: unknown, output: unknown): ReadonlyArray<string> => {
  if (!(input instanceof Media && output instanceof Media)) return []
  const { key } = input.facts
  return key === output.facts.key ? [] : [`${what} lost the key of its medium; make the new one with media.with(..)`]
}

type Anything = (...args: ReadonlyArray<any>) => any

const mapMade = <T>(record: Readonly<Record<string, Anything>>, change: (name: string, made: T) => T) =>
  Object.fromEntries(
    Object.entries(record).map(([name, make]) => [
      name,
      (...args: ReadonlyArray<unknown>) => change(name, make(...args))
    ])
  )

/** The plugin, watched. Media and answers that it is given are frozen. */
export const watch = (plugin: AnyPlugin): Watched => {
  const ran = new Set<string>()
  const problems: Array<string> = []
  const note = (problem: string): void => {
    if (!problems.includes(problem)) problems.push(problem)
  }

  /** A function that makes an Effect of one input, watched. */
  const watched =
    (what: string, run: Anything, keepsKind: boolean): Anything =>
    (given: unknown, ...rest) => {
      const input = freeze(given)
      const bytes = bytesOf(input)
      const result: unknown = noteThrows(what, () => run(input, ...rest))
      if (!Effect.isEffect(result)) {
        note(`${what} returned no Effect`)
        return result
      }
      return Effect.onExit(result, (exit) =>
        Effect.sync(() => {
          if (bytes !== undefined && !equal(bytes, bytesOf(input) ?? bytes))
            note(`${what} wrote into the bytes of its medium`)
          if (Exit.isFailure(exit)) {
            for (const reason of exit.cause.reasons)
              if (reason._tag === "Die") note(`${what} threw: ${String(reason.defect)}`)
            return
          }
          for (const problem of lost(what, input, exit.value)) note(problem)
          if (keepsKind && input instanceof Media && (exit.value as Media | undefined)?.kind !== input.kind)
            note(`${what} changed the kind of its medium`)
        })
      )
    }

  const noteThrows = (what: string, run: () => unknown): unknown => {
    try {
      return run()
    } catch (thrown) {
      note(`${what} threw: ${String(thrown)}`)
      throw thrown
    }
  }

  const watchStage = (name: string, stage: AnyVerbStage): AnyVerbStage => {
    const what = `its verb ${name}`
    if ("series" in stage)
      return {
        ...stage,
        series: (outcomes) => (ran.add(name), noteThrows(what, () => stage.series(outcomes)) as never)
      }
    if ("ending" in stage)
      return {
        ...stage,
        ending: (outcomes) => (ran.add(name), noteThrows(what, () => stage.ending(outcomes)) as never)
      }
    const { open } = stage
    const run = watched(what, stage.run, false)
    return {
      ...stage,
      run: (input, context) => (ran.add(name), run(input, context)),
      ...(open === undefined
        ? {}
        : { open: (input, context) => (ran.add(name), noteThrows(what, () => open(freeze(input), context)) as never) })
    }
  }

  const watchSource = (name: string, { source }: SourceOf<any, any, any>): SourceOf<any, any, any> => ({
    source:
      source.type === "one"
        ? { ...source, open: Effect.suspend(() => (ran.add(name), source.open)) }
        : { ...source, open: () => Stream.suspend(() => (ran.add(name), source.open())) }
  })

  /** A request hook that calls `next` once at most. */
  const watchRequest =
    (run: Anything): Anything =>
    (request, next: Anything) => {
      let sent = 0
      const once = (changed: unknown) =>
        Effect.suspend(() => {
          if (++sent > 1) note("its request hook called next more than once: what was answered is sent again")
          return next(changed) as Effect.Effect<unknown>
        })
      return watched("its request hook", run, false)(request, once)
    }

  const hooks = Object.fromEntries(
    Object.entries(plugin.hooks).map(([kind, hook]: readonly [string, any]) => {
      if (hook === undefined || kind === "divide" || kind === "response") return [kind, hook]
      const { filter, ignoresBody, order, run } = hookOf<Anything>(hook)
      const watchedRun = kind === "request" ? watchRequest(run) : watched(`its ${kind} hook`, run, kind === "prepare")
      const noted: Anything = (...args) => (ran.add(`${kind} hook`), watchedRun(...args))
      return [kind, { filter, ignoresBody, ...(order === undefined ? {} : { order }), run: noted }]
    })
  )
  return {
    ran,
    problems,
    plugin: {
      ...plugin,
      verbs: mapMade<AnyVerbStage>(plugin.verbs, watchStage),
      sources: mapMade<SourceOf<any, any, any>>(plugin.sources, watchSource),
      hooks
    }
  }
}
