/** Plans: the calls that a chain would make. */
import type { Budget } from "../call/spending-budget.ts"
import type { MediaFilter } from "../predict/prepare-hooks.ts"

/** One call that would be made. */
export interface PlannedCall {
  readonly model: string
  /** Inputs in the call. */
  readonly items: number
  /** Size of the call's body as JSON, in bytes. Over gRPC, where media are not base64, less is sent. */
  readonly bytes: number
}

/** A hook of a plugin that a run would call, and for which inputs. */
export interface PlannedHook {
  readonly plugin: string
  readonly hook: "prepare" | "answer" | "request" | "run" | "input"
  /** What the hook asks for; absent where it says nothing. */
  readonly order?: "pre" | "post"
  /** The media that the hook asks for; absent where it says nothing. */
  readonly filter?: MediaFilter
  /**
   * The positions of the inputs that it would be called for, as ranges with both ends: `[[0, 9]]` is the first ten. A
   * `request` hook is called for the calls that carry them. Empty where the plan does not know.
   */
  readonly inputs: ReadonlyArray<readonly [first: number, last: number]>
}

/** What a chain would do, without any network. */
export interface Plan {
  /** The source and the steps, as they would run for each input. */
  readonly steps: ReadonlyArray<string>
  /** The calls in the order in which they would start. */
  readonly calls: ReadonlyArray<PlannedCall>
  /** Inputs that would be sent; those that cannot be read are in `unreadable`, those over the budget in `budget.unsent`. */
  readonly items: number
  /** All bodies together, in bytes. */
  readonly bytes: number
  /** US dollars of these calls by the app's prices; undefined where the price of a model is not known. */
  readonly usd: number | undefined
  /** The chain's budget, and how many inputs it leaves unsent; undefined for a chain without one. */
  readonly budget: (Budget & { readonly unsent: number }) | undefined
  /** A lower bound of the time, in seconds, at the connection's rate; the service's time is not known. */
  readonly seconds: number
  /** The hooks of plugins, in the order in which they run for an input. Hooks that match no input are listed too. */
  readonly hooks: ReadonlyArray<PlannedHook>
  /** Inputs that could not be read here, with the reason. */
  readonly unreadable: ReadonlyArray<{ readonly index: number; readonly problem: string }>
  /** What the plan does not know, one sentence each: a one-shot source, calls that depend on answers. */
  readonly notes: ReadonlyArray<string>
}
