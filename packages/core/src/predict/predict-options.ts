/** What a prediction asks of a model, gathered from the chain's verbs. */
import type * as Redacted from "effect/Redacted"

/** Plain data, as JSON knows it. */
export type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json | undefined }

/** Where a model should run: one of these. `userId`: whose it is, the key's owner when absent. */
export interface RunnerSelector {
  readonly deployment?: { readonly id: string; readonly userId?: string }
  readonly nodepool?: { readonly id: string; readonly computeClusterId: string; readonly userId?: string }
  readonly runner?: { readonly id: string }
}

/** The options of one prediction. Two predictions with equal asks may share a call. */
export interface Ask {
  /** Return only these concepts, by name, or by id where it is one of the platform's (`ai_…`). */
  readonly concepts?: ReadonlyArray<string>
  /** Drop concepts that score below this, 0..1. */
  readonly atLeast?: number
  /** Most concepts of one output, region or frame. */
  readonly top?: number
  /** The language of concept names, such as `de`. */
  readonly language?: string
  /** The model's own parameters, passed on as they are. */
  readonly params?: Readonly<Record<string, Json>>
  /** Third parties' keys by parameter name: a key, or the name of one of the app's secrets. */
  readonly secrets?: Readonly<Record<string, string | Redacted.Redacted>>
  /** The model version. */
  readonly version?: string
  /** The distance of sampled video frames, in milliseconds. */
  readonly sampleMs?: number
  readonly runner?: RunnerSelector
}

/** One ask with another on top; parameters and secrets are joined by name. */
export const mergeAsk = (first: Ask, second: Ask): Ask => ({
  ...first,
  ...second,
  ...(first.params && second.params ? { params: { ...first.params, ...second.params } } : {}),
  ...(first.secrets && second.secrets ? { secrets: { ...first.secrets, ...second.secrets } } : {})
})
