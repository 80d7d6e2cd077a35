/** All entries of the catalogue. */
import type { CatalogueEntry } from "./catalogue-entry.ts"
import { detection } from "./entries/detection.ts"
import { faces } from "./entries/faces.ts"
import { imageEmbedding } from "./entries/image-embedding.ts"
import { ocr } from "./entries/ocr.ts"
import { sentiment } from "./entries/sentiment.ts"
import { speech } from "./entries/speech.ts"
import { textEmbedding } from "./entries/text-embedding.ts"

/** Models that can be added by their name. */
export const catalogue: ReadonlyArray<CatalogueEntry> = [
  ocr,
  faces,
  detection,
  imageEmbedding,
  sentiment,
  textEmbedding,
  speech
]

/** An entry by its name. */
export const findEntry = (name: string): CatalogueEntry | undefined => catalogue.find((entry) => entry.name === name)
