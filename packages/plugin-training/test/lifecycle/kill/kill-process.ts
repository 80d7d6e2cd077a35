/** Kills the process of a training several times, runs the training to its end, and compares the outcome. */
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { sightline } from "@sightline/core"
import { resources } from "@sightline/core/resources"
import { engine } from "@sightline/engine"
import { assert } from "vitest"
import { drawImage, temporaryFolder, writePhotos } from "../../support/images.ts"

const victim = join(import.meta.dirname, "victim.ts")
const each = 14

/** How a run of the victim ended. */
interface Ended {
  readonly word: "done" | "failed" | "killed"
  readonly rest: string
  /** The last state that it printed; if it was to die after a journal entry, the last entry. */
  readonly state: string
  /** The entries that it has written into its journal. */
  readonly noted: ReadonlyArray<string>
  readonly ms: number
}

/** When the process dies: after a time, in milliseconds from its start, or after a number of journal entries. */
export type Moment = { readonly ms: number } | { readonly line: number }

const never: Moment = { ms: Infinity }

/** Runs the victim and kills it at a moment. */
const runVictim = async (place: string, service: string, moment: Moment): Promise<Ended> => {
  const afterMs = "ms" in moment ? moment.ms : Infinity
  const line = "line" in moment ? String(moment.line) : "none"
  const child = spawn(process.execPath, ["--no-warnings", victim, place, service, line], {
    stdio: ["ignore", "pipe", "pipe"]
  })
  let text = ""
  let errors = ""
  let readyMs = 0
  let timer: NodeJS.Timeout | undefined
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()))
  child.stdout.on("data", (chunk: Buffer) => {
    if (text === "") {
      readyMs = performance.now()
      if (afterMs < Infinity) timer = setTimeout(() => child.kill("SIGKILL"), afterMs)
    }
    text += chunk.toString()
  })
  const [code, signal] = await new Promise<readonly [number | null, string | null]>((resolve) => {
    child.once("close", (...end) => resolve(end))
  })
  clearTimeout(timer)
  const ms = performance.now() - readyMs
  assert.isTrue(code === 0 || signal === "SIGKILL", `it ended on its own: ${errors}`)
  // A line that the kill has truncated does not count.
  const lines = text.split("\n").slice(0, -1)
  const said = (what: string) =>
    lines.flatMap((one) => (one.startsWith(`${what} `) ? [one.slice(what.length + 1)] : []))
  const noted = said("noted")
  const state = ("line" in moment ? noted : said("state")).at(-1) ?? "starting"
  const last = lines.at(-1) ?? ""
  const word = last.startsWith("done ") ? "done" : last.startsWith("failed ") ? "failed" : "killed"
  return { word, rest: last.slice(last.indexOf(" ") + 1), state, noted, ms }
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

/** The outcome of a training. */
interface Outcome {
  /** In the order in which they were uploaded. */
  readonly inputs: ReadonlyArray<string>
  readonly labels: ReadonlyArray<string>
  readonly vectors: ReadonlyArray<string>
  readonly trained: ReadonlyArray<string>
  readonly versions: number
  /** Hash of the weights of the trained version. */
  readonly head: string
  readonly scores: ReadonlyArray<number>
  readonly evaluation: string
}

const readOutcome = async (place: string, evaluation: string): Promise<Outcome> => {
  await using local = engine({ directory: join(place, "engine"), embedder: "fast", workers: 1 })
  const app = sightline(local).use(resources())
  const { inputs, versions } = app.resources
  const ids = (await inputs.list().all()).map(({ id }) => id)
  const all = await versions.list("pets").all()
  const scores = await Promise.all(
    ["cat", "dog", "fox"].map(async (shown) => {
      const { concepts } = await app.input(drawImage(shown, 4711)).predict("pets").run()
      return concepts.map(({ score }) => score)
    })
  )
  const db = new DatabaseSync(join(place, "engine", "engine.sqlite"), { readOnly: true })
  const heads = db.prepare("SELECT hex(head) AS head FROM versions WHERE status = 21100").all()
  const vectors = db
    .prepare(
      "SELECT hex(e.vector) || hex(e.mirrored) AS vector FROM inputs i JOIN embeddings e ON e.hash = i.hash ORDER BY i.seq"
    )
    .all()
  const labels = db
    .prepare(
      "SELECT i.id, a.concept, a.value FROM inputs i JOIN annotations a ON a.input = i.seq ORDER BY i.seq, a.concept"
    )
    .all()
  db.close()
  return {
    vectors: vectors.map(({ vector }) => sha256(String(vector))),
    labels: labels.map(({ id, concept, value }) => `${String(id)} ${String(concept)} ${String(value)}`),
    inputs: ids,
    trained: all.filter(({ state }) => state === "ready").map(({ id }) => id),
    versions: all.filter(({ state }) => state !== "untrained").length,
    head: heads.map(({ head }) => sha256(String(head))).join("\n"),
    scores: scores.flat(),
    evaluation
  }
}

/** Where the engine runs: in the process that is killed, or in another one. */
export type Where = "inside" | "beside"

const begin = async (where: Where) => {
  const folder = temporaryFolder()
  writePhotos(join(folder.path, "photos"), ["cat", "dog", "fox"], each)
  if (where === "inside") return { folder, service: "", close: () => Promise.resolve() }
  const local = engine({ directory: join(folder.path, "engine"), embedder: "fast", workers: 1 })
  const { url } = await local.serve({ key: "kill" })
  return { folder, service: url, close: () => local[Symbol.asyncDispose]() }
}

/** A training that is not killed. */
export interface Undisturbed {
  /** The outcome that all others must have. */
  readonly outcome: Outcome
  readonly ms: number
  /** The journal entries that it has written, in order. */
  readonly noted: ReadonlyArray<string>
}

/** Runs a training that is not killed. */
export const undisturbed = async (where: Where): Promise<Undisturbed> => {
  const { close, folder, service } = await begin(where)
  using _ = folder
  const { ms, noted, rest, word } = await runVictim(folder.path, service, never)
  assert.strictEqual(word, "done", rest)
  await close()
  return { outcome: await readOutcome(folder.path, rest.slice(rest.indexOf(" ") + 1)), ms, noted }
}

/** Runs one training in several processes, each killed at one of the moments, and the last one to its end. Resolves with the states that it was killed in. */
export const killTraining = async (
  where: Where,
  expected: Undisturbed,
  moments: Iterable<Moment>
): Promise<ReadonlyArray<string>> => {
  const { close, folder, service } = await begin(where)
  using _ = folder
  const killed: Array<string> = []
  let broke = 0
  const left = moments[Symbol.iterator]()
  for (;;) {
    const { rest, state, word } = await runVictim(folder.path, service, left.next().value ?? never)
    if (word === "killed") {
      killed.push(state)
      continue
    }
    if (word === "failed") {
      // The engine fails a training that it was killed in three times; the same call trains again.
      assert.strictEqual(rest, "TrainingBroke")
      broke++
      continue
    }
    await close()
    const outcome = await readOutcome(folder.path, rest.slice(rest.indexOf(" ") + 1))
    assert.deepStrictEqual(outcome.inputs, expected.outcome.inputs, "each input is uploaded once")
    assert.lengthOf(outcome.trained, 1, `one trained version, after kills in ${killed.join(", ")}`)
    assert.strictEqual(outcome.versions, 1 + broke, "no version was requested twice")
    assert.deepStrictEqual(outcome.labels, expected.outcome.labels)
    assert.deepStrictEqual(outcome.vectors, expected.outcome.vectors)
    assert.strictEqual(outcome.head, expected.outcome.head, "the same weights")
    assert.deepStrictEqual(outcome.scores, expected.outcome.scores)
    assert.strictEqual(outcome.evaluation, expected.outcome.evaluation)
    const journal = readFileSync(join(folder.path, "journal", "pets.jsonl"), "utf8")
    assert.strictEqual(journal.match(/"_tag":"done"/g)?.length, 1 + broke)
    return killed
  }
}

/** Kills trainings at random moments, until the number of kills is reached. Resolves with the states that each training was killed in. */
export const killAtRandom = async (
  where: Where,
  expected: Undisturbed,
  kills: number,
  random: () => number
): Promise<ReadonlyArray<ReadonlyArray<string>>> => {
  const trainings: Array<ReadonlyArray<string>> = []
  const left = () => kills - trainings.flat().length
  while (left() > 0) {
    const moments = Array.from({ length: Math.min(8, left()) }, () => ({ ms: random() * expected.ms * 0.9 }))
    trainings.push(await killTraining(where, expected, moments))
  }
  return trainings
}
