/** Messages between the engine and the process of a pretrained model: plain data. */
import type { Orientation } from "../../../vision/decoding/orientation.ts"
import type { Pixels } from "../../../vision/pixels.ts"
import type { ModelBox, ModelLabel, ModelScore } from "../../../onnx/label.ts"
import type { ManifestValue } from "../../../onnx/model-manifest.ts"
import type { Sound } from "../audio/pcm.ts"

/** How a model's process is set up. */
export interface ModelSetup {
  readonly folder: string
  readonly manifest: ManifestValue
  readonly allowHub: boolean
}

/** One prediction: the medium that the model takes, and the caller's parameters. */
export interface ModelJob {
  /** Decoded by another process: a model never reads an untrusted file. */
  readonly image?: Pixels
  /** How `image` was turned; 1, as it is stored, except for models that read letters. */
  readonly orientation?: Orientation
  /** The size of the stored image, turned like `image`, which may have lost its proportions. */
  readonly stored?: { readonly width: number; readonly height: number }
  readonly text?: string
  readonly audio?: Uint8Array
  /** A sound that was decoded elsewhere. */
  readonly sound?: Sound
  /** The words that a call selects, for models that compare with any. */
  readonly words?: ReadonlyArray<ModelLabel>
  readonly params: Readonly<Record<string, unknown>>
  /** Send text piece by piece as it is generated. */
  readonly pieces: boolean
}

/** What the engine sends. */
export type ModelOrder = ModelSetup | ModelJob

/** A text with its time in a recording. */
export interface TextSegment {
  readonly text: string
  readonly fromSeconds: number
  readonly toSeconds: number
}

/** What a model predicts. */
export type ModelResult =
  | { readonly kind: "concepts"; readonly scores: ReadonlyArray<ModelScore> }
  | {
      readonly kind: "regions"
      readonly regions: ReadonlyArray<{ readonly box: ModelBox; readonly score: ModelScore }>
    }
  | {
      readonly kind: "masks"
      readonly masks: ReadonlyArray<{
        readonly png: Uint8Array
        readonly width: number
        readonly height: number
        /** `value` is the share of the image inside the mask. */
        readonly score: ModelScore
      }>
    }
  | {
      readonly kind: "lines"
      /** Rows from top to bottom, each from left to right. */
      readonly rows: ReadonlyArray<ReadonlyArray<ModelBox & { readonly text: string; readonly score: number }>>
    }
  | { readonly kind: "embedding"; readonly vector: Float32Array }
  | {
      readonly kind: "text"
      readonly text: string
      readonly promptTokens?: number
      readonly completionTokens?: number
      readonly segments?: ReadonlyArray<TextSegment>
    }
  | { readonly kind: "image"; readonly png: Uint8Array; readonly width: number; readonly height: number }
  | { readonly kind: "audio"; readonly wav: Uint8Array; readonly sampleRate: number; readonly seconds: number }

/** What is known of a loaded model. */
export interface ModelInfo {
  readonly labels: ReadonlyArray<ModelLabel>
  /** True if it compares with any words; its labels are those that it takes when a call selects none. */
  readonly zeroShot: boolean
}

/** What the process sends. `missing` names a package to install. */
export type ModelReply =
  | ({ readonly kind: "ready" } & ModelInfo)
  | { readonly kind: "missing"; readonly packageName: string }
  | { readonly kind: "piece"; readonly text: string }
  | { readonly kind: "result"; readonly result: ModelResult }
  | { readonly kind: "refused"; readonly code: number; readonly details: string }

/** A model that is loaded, inside its process. */
export interface LoadedModel extends Omit<ModelInfo, "zeroShot"> {
  readonly zeroShot?: boolean
  readonly run: (job: ModelJob, onPiece: (text: string) => void) => Promise<ModelResult>
}
