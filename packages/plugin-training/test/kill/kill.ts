/** Kills a training at random moments until it has ended, and looks at what came of it. */
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { sightline } from "@sightline/core"
import { resources } from "@sightline/core/resources"
import { engine } from "@sightline/engine"
import { assert } from "vitest"
import { picture, temporary, writePhotos } from "../pictures.ts"

const victim = join(import.meta.dirname, "victim.ts")
const each = 14

/** How a run of the victim ended. */
interface Ended {
  readonly word: "done" | "failed" | "killed"
  readonly rest: string
  /** The last state that it told; where it was to die after a line, the last that it noted. */
  readonly state: string
  /** The steps that it has noted in its journal. */
  readonly noted: ReadonlyArray<string>
  readonly ms: number
}

/** When a process dies: so long after it was ready, or right after it has noted so many lines in its journal. */
export type Moment = { readonly ms: number } | { readonly line: number }

const never: Moment = { ms: Infinity }

/** Runs the victim; kills it at a moment. */
const runVictim = async (place: string, service: string, moment: Moment): Promise<Ended> => {
  const afterMs = "ms" in moment ? moment.ms : Infinity
  const line = "line" in moment ? String(moment.line) : "none"
  const child = spawn(process.execPath, ["--no-warnings", victim, place, service, line], {
    stdio: ["ignore", "pipe", "pipe"]
  })
  let text = ""
  let complaints = ""
  let readyMs = 0
  let timer: NodeJS.Timeout | undefined
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()))
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
  assert.isTrue(code === 0 || signal === "SIGKILL", `it ended by itself: ${complaints}`)
  // a line that was cut by the kill was never fully said
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

/** What a training has come to. */
interface Come {
  /** In the order in which they came. */
  readonly inputs: ReadonlyArray<string>
  readonly labels: ReadonlyArray<string>
  readonly vectors: ReadonlyArray<string>
  readonly trained: ReadonlyArray<string>
  readonly versions: number
  /** The weights of the trained version, as the engine keeps them. */
  readonly head: string
  readonly scores: ReadonlyArray<number>
  readonly evaluation: string
}

const look = async (place: string, evaluation: string): Promise<Come> => {
  await using local = engine({ directory: join(place, "engine"), embedder: "fast", workers: 1 })
  const app = sightline(local).use(resources())
  const { inputs, versions } = app.resources
  const ids = (await inputs.list().all()).map(({ id }) => id)
  const all = await versions.list("pets").all()
  const scores = await Promise.all(
    ["cat", "dog", "fox"].map(async (shown) => {
      const { concepts } = await app.input(picture(shown, 4711)).predict("pets").run()
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

/** Where the service is: in the process that is killed, or in one that lives on. */
export type Where = "inside" | "beside"

const begin = async (where: Where) => {
  const folder = temporary()
  writePhotos(join(folder.path, "photos"), ["cat", "dog", "fox"], each)
  if (where === "inside") return { folder, service: "", close: () => Promise.resolve() }
  const local = engine({ directory: join(folder.path, "engine"), embedder: "fast", workers: 1 })
  const { url } = await local.serve({ key: "kill" })
  return { folder, service: url, close: () => local[Symbol.asyncDispose]() }
}

/** A training without a kill. */
export interface Undisturbed {
  /** What all others must come to. */
  readonly come: Come
  readonly ms: number
  /** The steps that it has noted, in order. */
  readonly noted: ReadonlyArray<string>
}

/** Trains without a kill. */
export const undisturbed = async (where: Where): Promise<Undisturbed> => {
  const { close, folder, service } = await begin(where)
  using _ = folder
  const { ms, noted, rest, word } = await runVictim(folder.path, service, never)
  assert.strictEqual(word, "done", rest)
  await close()
  return { come: await look(folder.path, rest.slice(rest.indexOf(" ") + 1)), ms, noted }
}

/** One training, killed at these moments, one process after the other, then left alone; gives the states it was killed in. */
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
      // the engine gives up a training that it was killed in three times; the same call trains anew
      assert.strictEqual(rest, "TrainingBroke")
      broke++
      continue
    }
    await close()
    const come = await look(folder.path, rest.slice(rest.indexOf(" ") + 1))
    assert.deepStrictEqual(come.inputs, expected.come.inputs, "each input is there once")
    assert.lengthOf(come.trained, 1, `one trained version, after kills in ${killed.join(", ")}`)
    assert.strictEqual(come.versions, 1 + broke, "no version was asked for twice")
    assert.deepStrictEqual(come.labels, expected.come.labels)
    assert.deepStrictEqual(come.vectors, expected.come.vectors)
    assert.strictEqual(come.head, expected.come.head, "the same weights")
    assert.deepStrictEqual(come.scores, expected.come.scores)
    assert.strictEqual(come.evaluation, expected.come.evaluation)
    const journal = readFileSync(join(folder.path, "journal", "pets.jsonl"), "utf8")
    assert.strictEqual(journal.match(/"_tag":"done"/g)?.length, 1 + broke)
    return killed
  }
}

/** Kills trainings at random moments until so many kills have struck; gives the states of each that was killed. */
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
