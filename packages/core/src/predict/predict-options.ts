/** Options of a prediction, collected from the verbs before it. */
import type * as Redacted from "effect/Redacted"

/** Plain data, as JSON knows it. */
export type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json | undefined }

/** Where a model should run: one of these. `userId`: whose it is, the key's owner when absent. */
export interface RunnerSelector {
  readonly deployment?: { readonly id: string; readonly userId?: string }
  readonly nodepool?: { readonly id: string; readonly computeClusterId: string; readonly userId?: string }
  readonly runner?: { readonly id: string }
}

/** The options of one prediction. Predictions with equal options may share a call. */
export interface PredictOptions {
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

/** Merges two sets of options; the second wins. Parameters and secrets are merged by name. */
export const mergeOptions = (first: PredictOptions, second: PredictOptions): PredictOptions => ({
  ...first,
  ...second,
  ...(first.params && second.params ? { params: { ...first.params, ...second.params } } : {}),
  ...(first.secrets && second.secrets ? { secrets: { ...first.secrets, ...second.secrets } } : {})
})
