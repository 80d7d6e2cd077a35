/** Embeds images of files: decoded by a process, then given to an encoder as pixels. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import type { EncoderProblem } from "../encoder-problem.ts"
import type { Embedder } from "../vision/built-in-encoder.ts"
import { type Decoder, UnreadableImage } from "../vision/decoding/decoder.ts"
import { mirror, type Pixels } from "../vision/pixels.ts"

/** Embeds what a decoder makes of a file in a frame, and its mirror image where that is wanted. */
export const embedDecoded = (
  { pixels: decode }: Pick<Decoder, "pixels">,
  frame: Parameters<Decoder["pixels"]>[1],
  encode: (pixels: Pixels) => Effect.Effect<Float32Array, EncoderProblem>
): Embedder["embed"] =>
  Effect.fn("vision.embed")(function* (image: Uint8Array, options?: { readonly mirror?: boolean }) {
    const { info, pixels } = yield* decode(image, frame)
    const unusable = Effect.mapError(
      (cause: EncoderProblem) => new UnreadableImage({ code: StatusCode.INPUT_FAILED, details: cause.details })
    )
    const vector = yield* unusable(encode(pixels))
    const mirrored = options?.mirror === true ? yield* unusable(encode(mirror(pixels))) : undefined
    return { vector, info, ...(mirrored && { mirrored }) }
  })
