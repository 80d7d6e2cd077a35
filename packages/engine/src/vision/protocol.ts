/** What the engine and a decoding process say to each other. */
import type { Header, Refusal } from "./decode.ts"
import type { VisionLimits } from "./limits.ts"
import type { Setting } from "./representation.ts"

/** How a decoding process is set up: its one command line argument, as JSON. */
export interface Setup {
  readonly setting: Setting
  readonly limits: VisionLimits
}

/** One picture to inspect or to describe. */
export interface Job {
  readonly kind: "embed" | "inspect"
  readonly bytes: Uint8Array
  readonly mirror: boolean
}

/** What the engine says: a job, or that the large picture it sent before may be decoded now. */
export type Order = Job | { readonly kind: "go" }

/** Pictures of more pixels than this are decoded one at a time, so that their memory does not add up. */
export const largePixels = 16_000_000

/** The answer to one job. `ready` is said once, when the process has loaded; `large` waits for `go`. */
export type Reply =
  | { readonly kind: "ready" }
  | { readonly kind: "large" }
  | {
      readonly kind: "done"
      readonly header: Header
      readonly vector?: Float32Array
      readonly mirrored?: Float32Array
    }
  | { readonly kind: "refused"; readonly refusal: Refusal }
