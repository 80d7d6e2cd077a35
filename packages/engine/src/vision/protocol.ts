/** What the engine and a decoding process say to each other. */
import type { Header, Refusal } from "./decode.ts"
import type { VisionLimits } from "./limits.ts"
import type { Frame, Pixels } from "./pixels.ts"
import type { Setting } from "./representation.ts"

/** How a decoding process is set up: its one command line argument, as JSON. */
export interface Setup {
  readonly setting: Setting
  readonly limits: VisionLimits
}

/** What is wanted of a picture: its header, its vector (and its mirror image's), or its pixels at a size. */
export type Wish =
  | { readonly kind: "inspect" }
  | { readonly kind: "embed"; readonly mirror: boolean }
  | ({ readonly kind: "pixels" } & Frame)

/** A picture and what is wanted of it. */
export type Job = Wish & { readonly bytes: Uint8Array }

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
      readonly pixels?: Pixels
    }
  | { readonly kind: "refused"; readonly refusal: Refusal }
