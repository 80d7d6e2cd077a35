/** A model that is open, custom or pretrained. */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { DataWire, ModelWire, OutputWire } from "@sightline/core/wire"
import type { DataMessage } from "../protocol/input.ts"
import type { WireError } from "../protocol/wire-error.ts"
import type { PredictOptions } from "./predict-options.ts"
import type { TakenMedia } from "./accepted-media.ts"

/** The prediction of one input: `data`, and the counts of tokens for text models. */
export interface Prediction {
  readonly data: DataWire
  readonly usage?: Pick<OutputWire, "prompt_tokens" | "completion_tokens">
  /** A warning about a successful prediction, such as a video that broke off. */
  readonly note?: string
}

/** A model and version, opened for one call. */
export interface Predictor<R> {
  /** The model as a message. */
  readonly model: ModelWire
  /** Its concepts, for `select_concepts`; undefined if it has none. */
  readonly concepts: ReadonlyArray<{ readonly id: string; readonly name: string }> | undefined
  /** What an input may hold. A model that takes an image or a video predicts videos frame by frame. */
  readonly takes: TakenMedia
  readonly predict: (
    data: DataMessage,
    options: PredictOptions,
    chosen: ReadonlySet<string> | undefined
  ) => Effect.Effect<Prediction, WireError, R>
  /** Streams an answer in pieces; models without it answer in one. */
  readonly generate?: (data: DataMessage, options: PredictOptions) => Stream.Stream<Prediction, WireError, R>
}
