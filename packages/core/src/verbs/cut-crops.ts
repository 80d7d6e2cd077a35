/** Cuts the regions of an answer out of its picture. Loaded when a chain first cuts. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { defaultLimits } from "../connection/limits.ts"
import { InvalidOption, MediaUnreadable } from "../errors/errors.ts"
import { Urls } from "../media/download.ts"
import { addStep, type Box, type PixelBox } from "../media/frame-of-reference.ts"
import { ImageCodec, type Picture } from "../media/image-codec.ts"
import { Media, remoteUrl } from "../media/media.ts"
import { readBytes } from "../media/read-bytes.ts"
import { mediumOf } from "../results/answer-medium.ts"
import { InvalidInput } from "../results/invalid-input.ts"
import type { Region } from "../results/region.ts"
import { mapSequential } from "../streams/map-sequential.ts"
import type { CropError, Found } from "./crops.ts"

const bytesOf = (medium: Media): Effect.Effect<Uint8Array, MediaUnreadable> => {
  const url = remoteUrl(medium)
  const maxBytes = defaultLimits.maxBytes.image
  if (url === undefined) return readBytes(medium, { maxBytes })
  return Effect.flatMap(Urls, (urls) =>
    Effect.mapError(urls.read(url, maxBytes), (problem) => new MediaUnreadable({ media: medium.describe(), problem }))
  )
}

const refuse = (problem: string) => Effect.fail(new InvalidOption({ option: "crops", problem }))

/** The picture that the regions of an answer were found in. */
const pictureOf = (answer: object): Effect.Effect<Media<"image">, InvalidOption> => {
  const medium = mediumOf(answer)
  const parts = medium?.source.from === "parts" ? medium.source.parts : [medium]
  const image = parts.find((part) => part?.kind === "image")
  if (medium === undefined)
    return refuse("needs an answer as its prediction gave it, with its picture: put crops() before map()")
  return image === undefined
    ? refuse(`needs an answer about an image; this one is about ${medium.kind}`)
    : Effect.succeed(image as Media<"image">) // found by its kind
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value))

/** An edge this near to a pixel's is that pixel's: fractions from the wire have six digits or so. */
const tolerance = 1e-3

/** Whole pixels that cover the box and its padding; undefined where nothing of it lies in the picture. */
const partOf = (box: Box, padding: number, { size: { height, width } }: Picture): PixelBox | undefined => {
  const [padX, padY] = [(box.right - box.left) * padding, (box.bottom - box.top) * padding]
  const part = {
    top: Math.floor(clamp(box.top - padY) * height + tolerance),
    left: Math.floor(clamp(box.left - padX) * width + tolerance),
    bottom: Math.ceil(clamp(box.bottom + padY) * height - tolerance),
    right: Math.ceil(clamp(box.right + padX) * width - tolerance)
  }
  return part.bottom > part.top && part.right > part.left ? part : undefined
}

const cropOf = (
  image: Media<"image">,
  picture: Picture,
  region: Region,
  index: number,
  padding: number
): Effect.Effect<Media<"image"> | InvalidInput> => {
  const name = `${image.facts.name ?? "picture"}, region ${index}`
  const invalid = (problem: string) => new InvalidInput(new MediaUnreadable({ media: `image ${name}`, problem, index }))
  const part = partOf(region.box, padding, picture)
  if (part === undefined) return Effect.succeed(invalid("its box has no pixel of the picture"))
  const { height, width } = picture.size
  const { reference } = image.facts
  const untouchedYet = reference === undefined || reference.steps.length === 0
  const box = {
    top: part.top / height,
    left: part.left / width,
    bottom: part.bottom / height,
    right: part.right / width
  }
  return Effect.match(picture.cut(part), {
    onSuccess: ({ bytes, contentType }): Media<"image"> | InvalidInput =>
      new Media(
        "image",
        { from: "bytes", bytes },
        {
          name,
          contentType,
          sizeBytes: bytes.byteLength,
          reference: addStep(reference, { step: "crop", box }, untouchedYet ? picture.size : undefined),
          ...(image.facts.timeMs === undefined ? {} : { timeMs: image.facts.timeMs })
        }
      ),
    onFailure: invalid
  })
}

/** The crops of one answer, each cut when it is pulled. The picture is decoded once. */
export const cutCrops = (answer: Found, padding: number): Stream.Stream<Media<"image">, CropError> =>
  Stream.unwrap(
    Effect.gen(function* () {
      if (!(padding >= 0 && padding <= 4))
        return yield* new InvalidOption({ option: "crops", problem: `padding is ${padding}; it must be from 0 to 4` })
      const image = yield* pictureOf(answer)
      const bytes = yield* bytesOf(image)
      const codec = yield* ImageCodec
      const picture = yield* Effect.mapError(
        codec.open(bytes),
        (problem) => new MediaUnreadable({ media: image.describe(), problem })
      )
      const crops = mapSequential(Stream.fromArray([...answer.regions.entries()]), ([index, region]) =>
        cropOf(image, picture, region, index, padding)
      )
      return crops as Stream.Stream<Media<"image">> // a series takes an `InvalidInput` for the failure in it
    })
  )
