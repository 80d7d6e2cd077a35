// Embeddings, colours, clusters: what a whole picture or text is like, in numbers.
import type { ClusterWire, ColorWire, EmbeddingWire } from "../wire/messages/data-messages.ts"

/** A vector; similar inputs have nearby vectors. */
export interface Embedding {
  /** Shape: `[dimensions]`. As the service prints it: 32-bit floats. */
  readonly vector: ReadonlyArray<number>
  readonly dimensions: number
}

/** A colour of a picture. */
export interface Color {
  /** Such as `#f2f1f0`. */
  readonly hex: string
  /** The nearest of the colours that CSS names. */
  readonly name: string
  readonly namedHex: string
  /** The fraction of the picture that it covers, 0 to 1. */
  readonly coverage: number
}

/** A group of similar inputs. */
export interface Cluster {
  readonly id: string
  readonly count: number
  readonly score: number
  /** Shape: `[2]` or `[3]`: where to draw it. */
  readonly projection: ReadonlyArray<number>
}

/** A decoded embedding. */
export const toEmbedding = ({ vector = [], num_dimensions }: EmbeddingWire): Embedding => ({
  vector,
  dimensions: num_dimensions ?? vector.length
})

/** A decoded colour. */
export const toColor = ({ raw_hex = "", w3c = {}, value }: ColorWire): Color => ({
  hex: raw_hex,
  name: w3c.name ?? "",
  namedHex: w3c.hex ?? "",
  coverage: value
})

/** A decoded cluster. */
export const toCluster = ({ id = "", count = 0, score = 0, projection = [] }: ClusterWire): Cluster => ({
  id,
  count,
  score,
  projection
})
