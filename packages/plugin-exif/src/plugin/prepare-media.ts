/** Prepares a medium: reads it, prepares its bytes, and records the change in its frame of reference. */
import { addStep, mapBox, type Media, type MediaUnreadable, readBytes, type Reference } from "@sightline/core/plugin"
import { Effect } from "effect"
import type { PixelCodec } from "../codec/pixel-codec.ts"
import type { ImageError } from "../errors.ts"
import { prepare, type Prepared, type PrepareOptions } from "../prepare/prepare-image.ts"
import { downloadMedia, type FetchUrls } from "../download/download-media.ts"

/** The address of a medium that is not on this machine. */
const remoteUrl = ({ source }: Media): string | undefined =>
  source.from === "url" && /^https?:/i.test(source.url) ? source.url : undefined

/** A plan's note for media that the server fetches. */
const remoteNote = "URL inputs are sent as URLs: the server sees them as they are stored, unless exif({ fetchUrls })"

/** The bytes of an image medium; those of a URL are downloaded if `fetchUrls` is given. */
export const bytesOf = (media: Media, fetchUrls: FetchUrls | undefined): Effect.Effect<Uint8Array, MediaUnreadable> => {
  const url = remoteUrl(media)
  return url !== undefined && fetchUrls !== undefined ? downloadMedia(media, url, fetchUrls) : readBytes(media)
}

/** The frame of reference after an image was prepared. */
const referenceAfter = (before: Reference | undefined, done: Prepared): Reference => {
  const { covered, metadata, orientation, sent, touch } = done
  const { orientationFrom, stored } = metadata
  const known: Reference = { original: before?.original ?? stored, steps: before?.steps ?? [] }
  // Every decoder makes a container's turn again, so it counts once: for the file as it came. An upright picture gets a
  // step too, which says that its orientation is known.
  const counts =
    orientation === 1
      ? known.steps.every(({ step }) => step !== "orient")
      : orientationFrom !== "container" || known.steps.length === 0
  const turned = counts ? addStep(known, { step: "orient", orientation }) : known
  const upright = orientation >= 5 ? { width: stored.height, height: stored.width } : stored
  if (covered !== undefined) {
    const part = { top: 0, left: 0, bottom: covered.height / stored.height, right: covered.width / stored.width }
    const turn: Reference = { steps: [{ step: "orient", orientation }] }
    return addStep(turned, { step: "crop", box: mapBox(turn, part, "original", "upright") })
  }
  const isResized = touch === "re-encoded" && (sent.width !== upright.width || sent.height !== upright.height)
  return isResized ? addStep(turned, { step: "resize", size: sent }) : turned
}

/** Prepares an image medium. URLs are left to the server, with a note in the plan, unless `fetchUrls` is given. */
export const prepareMedia = (
  media: Media,
  options: PrepareOptions,
  fetchUrls: FetchUrls | undefined
): Effect.Effect<Media, ImageError | MediaUnreadable, PixelCodec> =>
  Effect.gen(function* () {
    if (media.kind !== "image") return media
    if (remoteUrl(media) !== undefined && fetchUrls === undefined) return media.with({ notes: [remoteNote] })
    const done = yield* prepare(yield* bytesOf(media, fetchUrls), options)
    const reference = referenceAfter(media.facts.reference, done)
    return media.withBytes(done.bytes, { contentType: done.contentType, reference })
  })
