/** From a medium to a medium: reads it, has it prepared, and notes what was done to its frame of reference. */
import { addStep, mapBox, type Media, type MediaUnreadable, readBytes, type Reference } from "@sightline/core/plugin"
import { Effect } from "effect"
import type { ImageError } from "../errors.ts"
import type { PixelCodec } from "../codec/pixel-codec.ts"
import { type Prepared, prepare, type Wish } from "../prepare/prepare-image.ts"
import { fetchBytes, type FetchUrls } from "./download.ts"

/** True for a medium that only the server can reach, unless it is fetched here. */
export const isRemote = (media: Media): boolean => media.source.from === "url" && /^https?:/i.test(media.source.url)

/** What a plan says of a medium that is left to the server. */
export const remoteNote =
  "URL inputs are sent as URLs: the server sees them as they are stored, unless exif({ fetchUrls })"

/** The bytes of an image medium, fetched when it is a URL and `fetchUrls` allows it. */
export const bytesOf = (media: Media, fetchUrls: FetchUrls | undefined): Effect.Effect<Uint8Array, MediaUnreadable> =>
  media.source.from === "url" && isRemote(media) && fetchUrls !== undefined
    ? fetchBytes(media, media.source.url, fetchUrls)
    : readBytes(media)

/** The history of the picture with what was done to it now. */
const referenceAfter = (before: Reference | undefined, done: Prepared): Reference => {
  const { covered, metadata, orientation, sent, touch } = done
  const known: Reference = { original: before?.original ?? metadata.stored, steps: before?.steps ?? [] }
  // Every decoder makes a container's turn: it counts once, for the file as it came. Of an upright picture a step says
  // that its orientation is known.
  const counts =
    orientation === 1
      ? known.steps.every(({ step }) => step !== "orient")
      : metadata.orientationFrom !== "container" || known.steps.length === 0
  let reference = counts ? addStep(known, { step: "orient", orientation }) : known
  const stored = metadata.stored
  const upright = orientation >= 5 ? { width: stored.height, height: stored.width } : stored
  if (covered !== undefined) {
    const part = { top: 0, left: 0, bottom: covered.height / stored.height, right: covered.width / stored.width }
    const turned: Reference = { steps: [{ step: "orient", orientation }] }
    reference = addStep(reference, { step: "crop", box: mapBox(turned, part, "original", "upright") })
  } else if (touch === "re-encoded" && (sent.width !== upright.width || sent.height !== upright.height)) {
    reference = addStep(reference, { step: "resize", size: sent })
  }
  return reference
}

/** Does what is wished to an image medium. URLs are left alone, with a note, unless they are to be fetched. */
export const treat = (
  media: Media,
  wish: Wish,
  fetchUrls: FetchUrls | undefined
): Effect.Effect<Media, ImageError | MediaUnreadable, PixelCodec> =>
  Effect.gen(function* () {
    if (media.kind !== "image") return media
    if (isRemote(media) && fetchUrls === undefined) return media.with({ notes: [remoteNote] })
    const bytes = yield* bytesOf(media, fetchUrls)
    const done = yield* prepare(bytes, wish)
    const reference = referenceAfter(media.facts.reference, done)
    return media.withBytes(done.bytes, { contentType: done.contentType, reference })
  })
