/** All entries of the catalogue. */
import type { CatalogueEntry } from "./catalogue-entry.ts"
import { caption } from "./entries/caption.ts"
import { detection } from "./entries/detection.ts"
import { faces } from "./entries/faces.ts"
import { general } from "./entries/general.ts"
import { generalZeroShot } from "./entries/general-zero-shot.ts"
import { imageEmbedding } from "./entries/image-embedding.ts"
import { moderation } from "./entries/moderation.ts"
import { ocr } from "./entries/ocr.ts"
import { peopleSegmentation } from "./entries/people-segmentation.ts"
import { segmentation } from "./entries/segmentation.ts"
import { sentiment } from "./entries/sentiment.ts"
import { speech } from "./entries/speech.ts"
import { text } from "./entries/text.ts"
import { textEmbedding } from "./entries/text-embedding.ts"

/** Models that can be added by their name: first those of the npm registry, which were tried, then those of a hub. */
export const catalogue: ReadonlyArray<CatalogueEntry> = [
  ocr,
  faces,
  detection,
  moderation,
  peopleSegmentation,
  general,
  generalZeroShot,
  segmentation,
  caption,
  imageEmbedding,
  textEmbedding,
  sentiment,
  text,
  speech
]

/** An entry by its name. */
export const findEntry = (name: string): CatalogueEntry | undefined => catalogue.find((entry) => entry.name === name)
