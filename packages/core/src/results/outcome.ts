/** One input's answer among many: a success or a typed failure, with the caller's key and position. */

/** Which input a step, a hook or an error is about. */
export interface InputContext {
  /** The input's position in its source, from 0. */
  readonly index: number
  /** The caller's id of the input, where one was given. */
  readonly key: string | undefined
  /** Set where the chain has one input and not a series. */
  readonly single?: true
}

/** The fields that both kinds of outcome have. */
export interface OutcomeFacts extends Omit<InputContext, "single"> {
  /** How many calls carried this input; 0 when nothing was sent. */
  readonly attempts: number
  /** The service's id of the call that settled it. */
  readonly requestId: string | undefined
}

/** A settled input: `ok` determines the fields. */
export type Outcome<A, E> =
  | ({ readonly ok: true; readonly value: A } & OutcomeFacts)
  | ({ readonly ok: false; readonly error: E } & OutcomeFacts)

declare const many: unique symbol

/** What a chain over several inputs, frames or crops gives: their outcomes, in order. */
export interface Many<out A, out E> extends ReadonlyArray<Outcome<A, E>> {
  readonly [many]?: readonly [A, E]
}

/** A settled run of a whole chain, as `.result()` gives it. */
export type RunResult<A, E> = { readonly ok: true; readonly value: A } | { readonly ok: false; readonly error: E }
