/** The verb `crops`: each region of an answer as an image, which knows where it was cut. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { InvalidOption, MediaUnreadable, StepFailed } from "../errors/errors.ts"
import { type Stage, stageMany } from "../chain/stage.ts"
import type { Media } from "../media/media.ts"
import type { Many } from "../results/outcome.ts"
import type { Region } from "../results/region.ts"

/** Options of `crops`. */
export interface CropOptions {
  /**
   * How much more than the box is cut on each side, as a part of the box's width and height; at most 4.
   *
   * @default 0
   */
  readonly padding?: number
}

/** An answer with regions, which are measured in the pixels that were sent. */
export interface Found {
  readonly regions: ReadonlyArray<Region>
}

/** How cutting one region may fail. */
export type CropError = MediaUnreadable | InvalidOption

/**
 * The verb `crops`: one image for each region, in their order. A region that cannot be cut fails alone.
 *
 * Answers about a crop are measured in it; `inFrame(answer, "original")` gives them in the first picture's pixels.
 */
export const crops = (
  options: CropOptions = {}
): Stage<Found, Many<Media<"image">, CropError | StepFailed>, CropError> => {
  const { padding = 0 } = options
  return stageMany("crops", { padding }, (answer: Found) =>
    answer.regions.length === 0
      ? Stream.empty
      : Stream.unwrap(
          Effect.map(
            Effect.promise(() => import("./cut-crops.ts")), // most programs cut nothing
            ({ cutCrops }) => cutCrops(answer, padding)
          )
        )
  )
}
