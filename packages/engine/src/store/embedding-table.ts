/** Embeddings of media, by the encoder that computed them. */
import type { Database } from "./database.ts"

/** The vector of a medium and of its mirror image, as bytes. */
export interface EmbeddingRow {
  readonly vector: Uint8Array
  readonly mirrored: Uint8Array | null
}

export const findEmbedding = (db: Database, hash: string, embedder: string): EmbeddingRow | undefined =>
  db.get<EmbeddingRow>("SELECT vector, mirrored FROM embeddings WHERE hash = ? AND embedder = ?", hash, embedder)

export const saveEmbedding = (db: Database, hash: string, embedder: string, row: EmbeddingRow): void => {
  db.run(
    "INSERT INTO embeddings (hash, embedder, vector, mirrored) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    hash,
    embedder,
    row.vector,
    row.mirrored
  )
}
