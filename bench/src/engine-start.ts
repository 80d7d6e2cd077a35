// `pnpm bench engine-start`: how long an engine on a folder with 100,000 inputs takes until its first answer, and what
// a page, a count and a search by id cost there. Prints JSON lines.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { engine } from "@sightline/engine"

const inputs = 100_000
const directory = mkdtempSync(join(tmpdir(), "sightline-bench-"))

/** Fills the engine's own tables as adding that many processed images would, without the images. */
const fill = async (): Promise<void> => {
  await using local = engine({ directory })
  await local.fetch("/v2/concepts", { method: "POST", body: JSON.stringify({ concepts: [{ id: "a" }, { id: "b" }] }) })
  await local[Symbol.asyncDispose]()
  const db = new DatabaseSync(join(directory, "engine.sqlite"))
  const at = new Date().toISOString()
  db.exec("BEGIN")
  const media = db.prepare("INSERT INTO media (hash, type, size) VALUES (?, 'image/jpeg', 100000)")
  const input = db.prepare(
    `INSERT INTO inputs (app, id, kind, hash, data, info, status, created_at, modified_at)
     VALUES ('main', ?, 'image', ?, '{}', '{}', 30000, ?, ?)`
  )
  const annotation = db.prepare("INSERT INTO annotations (input, app, concept, value) VALUES (?, 'main', ?, 1)")
  const embedding = db.prepare("INSERT INTO embeddings (hash, embedder, vector) VALUES (?, 'bench', zeroblob(4096))")
  for (let i = 0; i < inputs; i++) {
    const hash = i.toString(16).padStart(64, "0")
    media.run(hash)
    const { lastInsertRowid } = input.run(`input-${i}`, hash, at, at)
    annotation.run(lastInsertRowid, i % 2 === 0 ? "a" : "b")
    embedding.run(hash)
  }
  db.exec("COMMIT")
  db.close()
}

const timed = async (run: () => Promise<Response>): Promise<number> => {
  const started = performance.now()
  const response = await run()
  await response.text()
  if (!response.ok) throw new Error(`answered ${response.status}`)
  return Math.round((performance.now() - started) * 10) / 10
}

try {
  await fill()
  for (let round = 0; round < 5; round++) {
    const started = performance.now()
    await using local = engine({ directory })
    const startMs = await timed(() => local.fetch("/v2/inputs/input-99999"))
    console.log(
      JSON.stringify({
        bench: "engine-start",
        inputs,
        firstAnswerMs: Math.round((performance.now() - started) * 10) / 10,
        startMs,
        oneInputMs: await timed(() => local.fetch("/v2/inputs/input-50000")),
        pageOf128Ms: await timed(() => local.fetch("/v2/inputs?page=400")),
        countMs: await timed(() => local.fetch("/v2/inputs/status"))
      })
    )
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}
