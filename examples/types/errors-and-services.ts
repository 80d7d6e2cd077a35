/** The exact errors and services of the example plugins, in their parts and in the chains of an app that has them. */
import { clarifai, models, type PredictError, type SourceFailed, type StepFailed, sightline } from "@sightline/core"
import type {
  Extended,
  InvalidOption,
  Media,
  MediaUnreadable,
  Region,
  RegionsAnswer,
  Stage,
  Unchanged
} from "@sightline/core/plugin"
import { exif, type ImageError } from "@sightline/plugin-exif"
import type { Effect } from "effect"
import { audit, type AuditClosed } from "../plugins/audit.ts"
import { bucket, type NoAddress } from "../plugins/bucket.ts"
import { nms } from "../plugins/nms.ts"
import { thumbnail } from "../plugins/thumbnail.ts"
import { type Faded, watermark } from "../plugins/watermark.ts"

type IsAny<A> = 0 extends 1 & A ? true : false
type Equal<A, B> = IsAny<A> extends IsAny<B> ? ([A] extends [B] ? ([B] extends [A] ? true : false) : false) : false
/** Compiles where both types are exactly the same. */
const same = <A, B>(equal: Equal<A, B>): boolean => equal

type Errors<C> = Effect.Error<C>
type Services<C> = Effect.Services<C>

const app = sightline(clarifai())
const url = "https://images.test/a.jpg"

const drawing = watermark({ text: "mine" })
same<ReturnType<typeof drawing.verbs.watermark>, Stage<Media<"image">, Unchanged, Faded>>(true)
const drawn = app.use(drawing).input(url).watermark(0.4)
same<Errors<typeof drawn>, Faded>(true)
same<Services<typeof drawn>, never>(true)
// @ts-expect-error a union with one error more
same<Errors<typeof drawn>, Faded | NoAddress>(true)
// @ts-expect-error or with one less
same<Errors<typeof drawn>, never>(true)
const drawnAnswer = drawn.concepts("train").predict(models.general)
same<Errors<typeof drawnAnswer>, Faded | PredictError>(true)
same<Services<typeof drawnAnswer>, never>(true)

const keeping = nms()
same<
  ReturnType<typeof keeping.verbs.nms>,
  Stage<{ readonly regions: ReadonlyArray<Region> }, Extended<{ regions: Array<Region> }>>
>(true)
const kept = app.use(keeping).input(url).predict(models.faces).nms()
same<Errors<typeof kept>, PredictError>(true)
same<Services<typeof kept>, never>(true)
kept satisfies Effect.Effect<RegionsAnswer, PredictError>

const audited = app.use(audit({ path: ":memory:" })).input(url)
same<Errors<typeof audited>, AuditClosed>(true)
same<Services<typeof audited>, never>(true)
const auditedAnswer = audited.predict(models.general)
same<Errors<typeof auditedAnswer>, AuditClosed | PredictError>(true)

const listed = app.use(bucket()).bucket("https://images.test/list").predict(models.general)
same<Errors<typeof listed>, never>(true)
same<Services<typeof listed>, never>(true)
type Failed<O> = Extract<O, { readonly ok: false }> extends { readonly error: infer E } ? E : never
type Settled = Awaited<ReturnType<typeof listed.run>>[number]
same<Failed<Settled>, NoAddress | PredictError | SourceFailed | StepFailed>(true)

const small = thumbnail()
same<
  ReturnType<typeof small.verbs.thumbnail>,
  Stage<Media<"image">, Unchanged, ImageError | InvalidOption | MediaUnreadable>
>(true)
const resized = app.use(exif()).use(small).input(url).thumbnail(64)
same<Errors<typeof resized>, ImageError | InvalidOption | MediaUnreadable>(true)
same<Services<typeof resized>, never>(true)
// @ts-expect-error it requires exif
app.use(small)

// all five in one app
const all = app
  .use(exif())
  .use(small)
  .use(drawing)
  .use(keeping)
  .use(audit({ path: ":memory:" }))
  .use(bucket())
const whole = all.input(url).thumbnail().watermark().predict(models.faces).nms()
same<Errors<typeof whole>, AuditClosed | Faded | ImageError | InvalidOption | MediaUnreadable | PredictError>(true)
same<Services<typeof whole>, never>(true)
