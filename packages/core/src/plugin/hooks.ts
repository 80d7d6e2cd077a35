/** The hooks of plugins: what each sees, may change and may fail with. */
import type * as Effect from "effect/Effect"
import type { CallEvent } from "../call/call-info.ts"
import type { RequestHook } from "../call/request-hook.ts"
import type { Media } from "../media/media.ts"
import type { DivideHook, MediaFilter } from "../predict/prepare-hooks.ts"
import type { InputContext, Outcome } from "../results/outcome.ts"

/** When a hook runs among those of its kind: `pre` before and `post` after those that say nothing. */
export type HookOrder = "pre" | "post"

/** A hook: its function, or the function with an order. */
export type Hook<F> = F | { readonly order?: HookOrder; readonly run: F }

/** A hook about media: its function, or the function with an order and a filter, which `plan()` reads. */
export type MediaHook<F> = F | { readonly filter?: MediaFilter; readonly order?: HookOrder; readonly run: F }

/** What an answer hook knows of the prediction. */
export interface AnswerContext extends InputContext {
  /** The id of the model or workflow. */
  readonly model: string
  /** The medium that was sent. */
  readonly media: Media
}

/** What a run hook knows of the run. */
export interface RunContext {
  /** The chain's source and steps: `inputs → predict(general)`. */
  readonly chain: string
}

/**
 * Hooks. Each call of a hook is independent: what it must pass on goes through what it returns.
 *
 * - `prepare`, sequential: changes each medium just before it is sent. A failure fails that input alone.
 * - `answer`, sequential: changes each answer before the next step sees it. A failure fails that input alone.
 * - `divide`, first: decides how a medium is sent that should not go whole, as a clip is cut into parts. Called before
 *   `prepare`, which then does not see the medium.
 * - `request`, around: wraps each attempt of a call, of a streamed one too. The plugin added first is outermost. A
 *   failure is the attempt's failure.
 * - `run` and `input`, around: called when a run or an input starts; the function that they return is called when it
 *   ends, and changes nothing. A failure at the start of a run fails the run, and at the start of an input that input
 *   alone, before anything is sent. What they throw is ignored.
 * - `response`, parallel observer: called on every event. It may return an Effect, which is run.
 *
 * Errors and services of `prepare`, `answer` and `request` are in the type of every prediction of the app, those of `run`
 * and `input` in the type of every chain, less what the plugin's layer and those of required plugins give. A `response`
 * hook needs services of such layers alone.
 */
export interface Hooks {
  readonly prepare?: MediaHook<(media: Media, context: InputContext) => Effect.Effect<Media, any, any>>
  readonly answer?: MediaHook<(answer: any, context: AnswerContext) => Effect.Effect<object, any, any>>
  readonly divide?: DivideHook
  readonly request?:
    | RequestHook<any, any>
    | {
        readonly order?: HookOrder
        /** True for a hook that looks at no bodies: `next` may return a response without its text, to be passed on. */
        readonly ignoresBody?: boolean
        readonly run: RequestHook<any, any>
      }
  readonly run?: Hook<
    (run: RunContext) => Effect.Effect<void | ((ended: { readonly ok: boolean }) => Effect.Effect<void>), any, any>
  >
  readonly input?: Hook<
    (
      input: InputContext
    ) => Effect.Effect<void | ((outcome: Outcome<unknown, unknown>) => Effect.Effect<void>), any, any>
  >
  readonly response?: (event: CallEvent) => void | Effect.Effect<void, never, any>
}

/** The kinds of hooks. */
export const hookKinds = ["prepare", "answer", "divide", "request", "run", "input", "response"] as const

type FunctionOf<H> = H extends { readonly run: infer F } ? F : H
type ErrorOf<F> = F extends (...args: any) => Effect.Effect<any, infer E, any> ? E : never
type ServicesOf<F> = F extends (...args: any) => Effect.Effect<any, any, infer R> ? R : never

/** The kinds of hooks that may fail predictions. */
export type PredictHookKind = "prepare" | "answer" | "request"

type FunctionsOf<H, K> = FunctionOf<NonNullable<H[keyof H & K]>>

/** The errors of hooks of the kinds `K`. */
export type HookErrors<H, K> = ErrorOf<FunctionsOf<H, K>>

/** The services that hooks of the kinds `K` need. */
export type HookServices<H, K> = ServicesOf<FunctionsOf<H, K>>

/** A hook with its order, and its filter where it has one. */
export interface OrderedHook<F> {
  readonly order: HookOrder | undefined
  readonly filter: MediaFilter
  readonly ignoresBody: boolean
  readonly run: F
}

/** The parts of a hook that was given in either form. */
export const hookOf = <F extends (...args: any) => unknown>(
  hook:
    | F
    | {
        readonly filter?: MediaFilter
        readonly ignoresBody?: boolean
        readonly order?: HookOrder
        readonly run: F
      }
): OrderedHook<F> =>
  typeof hook === "function"
    ? { order: undefined, filter: {}, ignoresBody: false, run: hook }
    : { order: hook.order, filter: hook.filter ?? {}, ignoresBody: hook.ignoresBody === true, run: hook.run }

const rank = { pre: 0, none: 1, post: 2 }

/** Hooks in the order in which they run: by `order`, then as their plugins were added. */
export const inOrder = <H extends { readonly order: HookOrder | undefined }>(
  hooks: ReadonlyArray<H>
): ReadonlyArray<H> => hooks.toSorted((a, b) => rank[a.order ?? "none"] - rank[b.order ?? "none"])
