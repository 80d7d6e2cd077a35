/** The interface between chains and the code that runs them; one for each app. */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { Prices } from "../call/prices.ts"
import type { ModelRef } from "../models/model-ref.ts"
import type { RunResult } from "../results/outcome.ts"
import type { ChainState } from "./chain-state.ts"
import type { PortablePipeline } from "./to-portable.ts"
import type { Plan } from "./plan-type.ts"
import type { RunOptions, StreamOptions } from "./run-options.ts"

/** Runs Effects for Promise users. Chains do not run Effects themselves. */
export interface PromiseRunner {
  /** Rejects with the typed error itself, or with `signal.reason`. */
  readonly run: <A, E>(effect: Effect.Effect<A, E>, options?: RunOptions) => Promise<A>
  /** Typed failures come back as values; rejects for defects and aborts alone. */
  readonly settle: <A, E>(effect: Effect.Effect<A, E>, options?: RunOptions) => Promise<RunResult<A, E>>
  /** A stream for `for await`; leaving the loop closes it. */
  readonly iterate: <A, E>(stream: Stream.Stream<A, E>, options?: RunOptions) => AsyncIterable<A>
}

/** A compiled chain: a program of `run/`, which chains do not look into. */
export interface CompiledChain {
  readonly source: ChainState["source"]
  readonly steps: ChainState["steps"]
}

/** Runs, streams and plans the chains of one app. */
export interface ChainRuntime {
  /** The versions of the app's plugins, by name. */
  readonly plugins: Readonly<Record<string, number>>
  /** What the app's predictions cost. */
  readonly prices: Prices | undefined
  readonly promises: PromiseRunner
  /** Compiles a chain. Chains are values: each is compiled once, when it is first run, planned or printed. */
  readonly compile: (state: ChainState) => CompiledChain
  readonly execute: (chain: CompiledChain, options: RunOptions) => Effect.Effect<unknown, unknown, unknown>
  readonly stream: (chain: CompiledChain, options: StreamOptions) => Stream.Stream<unknown, unknown, unknown>
  /** The pieces of one input's answer, as the model streams them. */
  readonly generate: (chain: CompiledChain, model: ModelRef) => Stream.Stream<unknown, unknown, unknown>
  readonly plan: (chain: CompiledChain, options: StreamOptions) => Effect.Effect<Plan, unknown, unknown>
  /** The plan as text. */
  readonly explain: (chain: CompiledChain, options: StreamOptions) => Effect.Effect<string, unknown, unknown>
  /** Throws `InvalidOption` for a chain whose source or steps are not plain data. */
  readonly toPortable: (chain: CompiledChain) => PortablePipeline
}
