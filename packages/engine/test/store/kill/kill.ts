/** Kills an engine at a random moment, again and again, and looks at what is left each time. */
import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { createHash } from "node:crypto"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert } from "@effect/vitest"
import { engine } from "../../../src/index.ts"
import { ask, poll } from "../../support/fresh-engine.ts"
import { drawBase64 } from "../../support/draw-picture.ts"

/** What all victims so far were told is safe. */
export interface Acknowledged {
  readonly inputs: Set<string>
  readonly asked: Set<string>
  readonly trained: Set<string>
  predictions: number
}

const victim = join(import.meta.dirname, "victim.ts")

/**
 * Runs one victim and kills it `afterMs` after it was ready, or, every second time, after it had acknowledged an input:
 * on a busy machine there would else be nothing to lose. Notes what it had acknowledged.
 */
export const killOnce = async (directory: string, run: number, afterMs: number, known: Acknowledged): Promise<void> => {
  const child = spawn(process.execPath, ["--no-warnings", victim, directory, String(run)], {
    stdio: ["ignore", "pipe", "pipe"]
  })
  let text = ""
  let complaints = ""
  child.stderr.on("data", (chunk: Buffer) => {
    complaints += chunk.toString()
  })
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve())
  })
  const begin = run % 2 === 0 ? "ready\n" : "added "
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes(begin)) resolve()
    })
    child.once("close", () => reject(new Error(`the engine ended by itself: ${complaints}`)))
  })
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  assert.isNull(child.exitCode, `the engine ended by itself: ${complaints}`)
  child.kill("SIGKILL")
  await ended
  // A line that was cut by the kill was never fully said.
  for (const line of text.slice(0, text.lastIndexOf("\n")).split("\n")) {
    const [word = "", id = ""] = line.split(" ")
    assert.notMatch(word, /^refused/)
    if (word === "added") known.inputs.add(id)
    if (word === "asked") known.asked.add(id)
    if (word === "trained") known.trained.add(id)
    if (word === "predicted") known.predictions++
  }
}

interface VersionState {
  readonly id: string
  readonly status: { readonly code: number }
}

/** Opens the folder again and checks every promise; leaves it idle. */
export const inspect = async (directory: string, known: Acknowledged): Promise<void> => {
  checkFiles(directory)
  await using local = engine({ directory, embedder: "fast", workers: 1 })
  for (const id of known.inputs) {
    const { http } = await ask(local.fetch, `GET /v2/inputs/${id}`)
    assert.strictEqual(http, 200, `the acknowledged input ${id} is gone`)
  }
  const versions = await poll(
    () => ask(local.fetch, "GET /v2/models/m/versions?per_page=1000"),
    ({ body, http }) =>
      http !== 200 || body.model_versions.every(({ status }: VersionState) => ![21103, 21101].includes(status.code))
  )
  const states = new Map((versions.body.model_versions ?? []).map(({ id, status }: VersionState) => [id, status.code]))
  for (const id of known.asked) assert.isTrue(states.has(id), `the version ${id} is gone`)
  for (const id of known.trained) assert.strictEqual(states.get(id), 21100, `the version ${id} is not trained any more`)
  const picture = await drawBase64("down", 4711)
  for (const [id, code] of [...states].slice(0, 5)) {
    const reply = await ask(local.fetch, `POST /v2/models/m/versions/${String(id)}/outputs`, {
      inputs: [{ data: { image: { base64: picture } } }]
    })
    assert.strictEqual(reply.body.status.code === 10000, code === 21100, `version ${String(id)} says ${String(code)}`)
  }
  const { body } = await poll(
    () => ask(local.fetch, "GET /v2/inputs/status"),
    ({ body }) => body.counts.to_process + body.counts.processing === 0
  )
  assert.strictEqual(body.counts.errors, 0)
  assert.isAtLeast(body.counts.processed, known.inputs.size)
}

/** The database as SQLite sees it, and every medium by its hash. */
const checkFiles = (directory: string): void => {
  const db = new DatabaseSync(join(directory, "engine.sqlite"))
  try {
    assert.deepStrictEqual(
      db
        .prepare("PRAGMA integrity_check")
        .all()
        .map((row) => row["integrity_check"]),
      ["ok"]
    )
    assert.deepStrictEqual(db.prepare("PRAGMA foreign_key_check").all(), [])
    const halfTrained =
      "SELECT count(*) AS n FROM versions WHERE status = 21100 AND (head IS NULL OR completed_at IS NULL)"
    assert.strictEqual(db.prepare(halfTrained).get()?.["n"], 0)
    for (const { hash } of db.prepare("SELECT hash FROM inputs WHERE hash IS NOT NULL").all()) {
      const file = join(directory, "media", String(hash).slice(0, 2), String(hash))
      assert.isTrue(existsSync(file), `the media file ${String(hash)} is gone`)
      assert.strictEqual(createHash("sha256").update(readFileSync(file)).digest("hex"), hash)
    }
  } finally {
    db.close()
  }
}

/** Kills `times` victims on one folder, at moments between 20 and `withinMs` milliseconds. */
export const killMany = async (
  directory: string,
  times: number,
  withinMs: number,
  random: () => number
): Promise<Acknowledged> => {
  const known: Acknowledged = { inputs: new Set(), asked: new Set(), trained: new Set(), predictions: 0 }
  for (let run = 0; run < times; run++) {
    await killOnce(directory, run, 20 + random() * withinMs, known)
    await inspect(directory, known)
  }
  return known
}
