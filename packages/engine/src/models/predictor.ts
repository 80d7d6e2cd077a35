/** A model that is ready to be asked, whoever made it. */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { DataMessage } from "../protocol/input.ts"
import type { WireObject } from "../protocol/json.ts"
import type { WireError } from "../protocol/wire-error.ts"
import type { PredictOptions } from "./predict-options.ts"

/** What one input's answer holds beside its status: `data`, and the counts of tokens for models of text. */
export interface Prediction {
  readonly data: WireObject
  readonly usage?: WireObject
  /** What the caller should know although it worked, such as a video that broke off. */
  readonly note?: string
}

/** A model and version, opened for one call. */
export interface Predictor<R> {
  /** As the outputs show it. */
  readonly model: WireObject
  /** Concepts it can name, for `select_concepts`; `undefined` when it names none. */
  readonly concepts: ReadonlyArray<{ readonly id: string; readonly name: string }> | undefined
  /** True for models that see images, and so videos frame by frame. */
  readonly seesVideo: boolean
  readonly predict: (
    data: DataMessage,
    options: PredictOptions,
    chosen: ReadonlySet<string> | undefined
  ) => Effect.Effect<Prediction, WireError, R>
  /** Pieces of an answer as they are made; models without it answer in one piece. */
  readonly generate?: (data: DataMessage, options: PredictOptions) => Stream.Stream<Prediction, WireError, R>
}
