/** Messages between the engine and a decoding process. */
import type { Header, Refusal } from "./decode.ts"
import type { Orientation } from "./orientation.ts"
import type { Frame, Pixels } from "../pixels.ts"
import type { Setting } from "../representation.ts"
import type { VisionLimits } from "./decode-limits.ts"

/** How a decoding process is set up: its one command line argument, as JSON. */
export interface Setup {
  readonly setting: Setting
  readonly limits: VisionLimits
}

/** What is requested of an image: its header, its vector (and its mirror image's), or its pixels at a size. */
export type ImageTask =
  | { readonly kind: "inspect" }
  | { readonly kind: "embed"; readonly mirror: boolean }
  | ({ readonly kind: "pixels" } & Frame)

/** An encoded image and what is requested of it. */
export type Job = ImageTask & { readonly bytes: Uint8Array }

/** What the engine sends: a job, or permission to decode the large image that was sent before. */
export type Order = Job | { readonly kind: "go" }

/** Images of more pixels than this are decoded one at a time, so that their memory does not add up. */
export const largePixels = 16_000_000

/** The reply to one order. `ready` is sent once, when the process has loaded; `large` waits for `go`. */
export type Reply =
  | { readonly kind: "ready" }
  | { readonly kind: "large" }
  | {
      readonly kind: "done"
      readonly header: Header
      readonly vector?: Float32Array
      readonly mirrored?: Float32Array
      readonly pixels?: Pixels
      /** How the pixels were turned; 1 if they were not. */
      readonly orientation?: Orientation
    }
  | { readonly kind: "refused"; readonly refusal: Refusal }
