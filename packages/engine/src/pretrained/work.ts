/** What the engine and the process that runs a pretrained model say to each other. Plain data: it crosses processes. */
import type { Pixels } from "../vision/pixels.ts"
import type { ManifestValue } from "./manifest.ts"

/** How a model's process is set up. */
export interface HostSetup {
  readonly folder: string
  readonly manifest: ManifestValue
  readonly allowHub: boolean
}

/** One question: the media that the model's kind takes, and what the caller asked of it. */
export interface HostJob {
  /** Decoded elsewhere: a model never sees a stranger's file. */
  readonly image?: Pixels
  readonly text?: string
  readonly audio?: Uint8Array
  readonly params: Readonly<Record<string, unknown>>
  /** Send pieces of text as they are made. */
  readonly pieces: boolean
}

/** A concept by its label. */
export interface HostScore {
  readonly id: string
  readonly name: string
  readonly value: number
}

/** Edges as fractions of the stored image. */
export interface HostBox {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
}

/** What a model found. */
export type HostFinding =
  | { readonly kind: "concepts"; readonly scores: ReadonlyArray<HostScore> }
  | { readonly kind: "regions"; readonly regions: ReadonlyArray<{ readonly box: HostBox; readonly score: HostScore }> }
  | {
      readonly kind: "masks"
      readonly masks: ReadonlyArray<{
        readonly png: Uint8Array
        readonly width: number
        readonly height: number
        /** `value` is the share of the image inside the mask. */
        readonly score: HostScore
      }>
    }
  | { readonly kind: "embedding"; readonly vector: Float32Array }
  | { readonly kind: "text"; readonly text: string; readonly promptTokens?: number; readonly completionTokens?: number }
  | { readonly kind: "audio"; readonly wav: Uint8Array; readonly sampleRate: number; readonly seconds: number }

/** What the process says. `missing` names a package to install. */
export type HostReply =
  | { readonly kind: "ready"; readonly labels: ReadonlyArray<{ readonly id: string; readonly name: string }> }
  | { readonly kind: "missing"; readonly packageName: string }
  | { readonly kind: "piece"; readonly text: string }
  | { readonly kind: "found"; readonly finding: HostFinding }
  | { readonly kind: "refused"; readonly code: number; readonly details: string }

/** A model, loaded inside its process. */
export interface LoadedModel {
  readonly labels: ReadonlyArray<{ readonly id: string; readonly name: string }>
  readonly run: (job: HostJob, onPiece: (text: string) => void) => Promise<HostFinding>
}
