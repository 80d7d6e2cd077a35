/** Folders full of examples that were never pictures, and processes that learn from them. */
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert } from "@effect/vitest"
import { fromVector } from "../../../src/store/vector-bytes.ts"
import { makeRandom } from "../../../src/seeded-random.ts"
import { ensureConcept } from "../../../src/store/concept-table.ts"
import { openDatabase } from "../../../src/store/database.ts"
import { saveEmbedding } from "../../../src/store/embedding-table.ts"
import { annotate, insertInput } from "../../../src/store/input-table.ts"
import { rememberMedia } from "../../../src/store/media-table.ts"
import { migrate } from "../../../src/store/schema.ts"
import { dimensions as size, representationId } from "../../../src/vision/representation.ts"
import { freshFolder } from "../../support/fresh-engine.ts"

/** What a process said of itself. Memory is the most that it had, of all its threads, in megabytes. */
export interface Learned {
  readonly code: number
  readonly trainedMb: number
  /** Only when an evaluation was asked for. */
  readonly evaluation?: { readonly code: number; readonly mb: number; readonly accuracy: number }
}

const concepts = ["cat", "dog", "owl"]

/** An engine's folder with so many examples, processed and labelled, with vectors as large as those of a picture. */
export const folderOf = (count: number): ReturnType<typeof freshFolder> => {
  const folder = freshFolder()
  const db = openDatabase(join(folder.path, "engine.sqlite"), { readOnly: false })
  db.script("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
  migrate(db)
  const now = new Date(0).toISOString()
  const random = makeRandom(1)
  const centres = Float32Array.from({ length: concepts.length * size }, () => random() - 0.5)
  const vector = new Float32Array(size)
  db.transaction(() => {
    for (const id of concepts) ensureConcept(db, "main", { id, name: id }, now)
  })
  for (let from = 0; from < count; from += 500) {
    db.transaction(() => {
      for (let i = from; i < Math.min(count, from + 500); i++) {
        const kind = i % concepts.length
        for (let k = 0; k < size; k++) {
          vector[k] = (0.3 * (centres[kind * size + k] ?? 0) + random() - 0.5) / Math.sqrt(size)
        }
        const hash = createHash("sha256").update(String(i)).digest("hex")
        rememberMedia(db, hash, "image/jpeg", 1)
        const seq = insertInput(db, {
          app: "main",
          id: `i${i}`,
          kind: "image",
          url: null,
          hash,
          raw: null,
          data: "{}",
          status: 30000,
          details: "",
          job: null,
          created_at: now
        })
        annotate(db, "main", seq, concepts[kind] ?? "", 1)
        saveEmbedding(db, hash, representationId("fast"), { vector: fromVector(vector), mirrored: null })
      }
    })
  }
  db.close()
  return folder
}

/** Runs a process that trains, and maybe evaluates; kills it so many milliseconds after training began, if told to. */
export const learn = async (
  directory: string,
  options: { readonly evaluate?: boolean; readonly killAfterMs?: number } = {}
): Promise<Learned | "killed"> => {
  const child = spawn(
    process.execPath,
    [
      "--no-warnings",
      join(import.meta.dirname, "training-process.ts"),
      directory,
      options.evaluate === true ? "evaluate" : ""
    ],
    { stdio: ["ignore", "pipe", "pipe"] }
  )
  let text = ""
  let complaints = ""
  child.stderr.on("data", (chunk: Buffer) => {
    complaints += chunk.toString()
  })
  child.stdout.on("data", (chunk: Buffer) => {
    const begun = text.includes("training\n")
    text += chunk.toString()
    if (options.killAfterMs !== undefined && !begun && text.includes("training\n"))
      setTimeout(() => child.kill("SIGKILL"), options.killAfterMs)
  })
  const signal = await new Promise((resolve) => child.once("close", (_, signal) => resolve(signal)))
  if (signal !== null) return "killed"
  const answer = text.trim().split("\n").at(-1) ?? ""
  return answer.startsWith("{") ? JSON.parse(answer) : assert.fail(`the process said nothing: ${complaints}`)
}

/** The weights of all versions that were to be trained, oldest first; `undefined` for one that is not yet. */
export const headsIn = (directory: string): ReadonlyArray<unknown> => {
  const db = new DatabaseSync(join(directory, "engine.sqlite"), { readOnly: true })
  const rows = db.prepare("SELECT head FROM versions WHERE status <> 21102 ORDER BY seq").all()
  db.close()
  return rows.map((row) => row["head"] ?? undefined)
}
