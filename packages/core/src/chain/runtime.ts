/** What runs chains for one app: everything below is shared by its chains and belongs to the app's lifetime. */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { RunOptions } from "../promise.ts"
import type { Plan } from "./plan-type.ts"
import type { ModelRef, State } from "./chain-state.ts"

/** Runs, streams and plans chains. */
export interface ChainRuntime {
  /** The versions of the app's plugins, by name. */
  readonly plugins: Readonly<Record<string, number>>
  /** The names of the app's secrets. */
  readonly secrets: ReadonlySet<string>
  readonly execute: (state: State, options: RunOptions) => Effect.Effect<unknown, unknown, unknown>
  readonly stream: (
    state: State,
    options: RunOptions & { readonly concurrency?: number; readonly ordered?: boolean }
  ) => Stream.Stream<unknown, unknown, unknown>
  /** The pieces of one input's answer, as a model tells them. */
  readonly generate: (state: State, model: ModelRef) => Stream.Stream<unknown, unknown, unknown>
  readonly plan: (state: State, options: { readonly concurrency?: number }) => Effect.Effect<Plan, unknown, unknown>
}
