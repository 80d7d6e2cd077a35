/** What a training has done so far, kept where a later process finds it: one line of JSON for each step, written before the next. */
import { readableError } from "@sightline/core/plugin"
import { open, readFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import { Shortage } from "./adding/holdout.ts"
import type { TrainingBusy } from "./errors.ts"
import { Evaluation } from "./evaluation/report.ts"
import { codeOf, makeFolder } from "./make-folder.ts"
import { holdFile, holdHere } from "./lock.ts"

const strings = Schema.Array(Schema.String)

/** A test kept back: what it is, where it is (empty for bytes, which are nowhere) and what is in it. */
export const HeldOut = Schema.Struct({
  id: Schema.String,
  input: Schema.String,
  name: Schema.String,
  concepts: strings
})
export type HeldOut = typeof HeldOut.Type

/** What a training was asked for, beside its concepts. */
export const TrainingSettings = Schema.Struct({
  mutuallyExclusive: Schema.Boolean,
  closedEnvironment: Schema.Boolean,
  params: Schema.Record(Schema.String, Schema.Json),
  holdout: Schema.Number,
  strict: Schema.Boolean,
  /** Whether it has a policy, which is a function and so cannot be noted. */
  policy: Schema.Boolean
})
export type TrainingSettings = typeof TrainingSettings.Type

/** One step of a training. */
export const Entry = Schema.Union([
  Schema.TaggedStruct("started", { model: Schema.String, concepts: strings, settings: TrainingSettings }),
  /** These inputs were not on the service and are about to be sent. */
  Schema.TaggedStruct("adding", { ids: strings }),
  Schema.TaggedStruct("complete", {
    fingerprint: Schema.String,
    holdout: Schema.Array(HeldOut),
    /** Why nothing was kept back, where something should have been. */
    shortage: Schema.optionalKey(Shortage)
  }),
  /** The model is about to be made. */
  Schema.TaggedStruct("creating", { model: Schema.String }),
  /** A version is about to be asked for; these are there already. */
  Schema.TaggedStruct("asking", { description: Schema.String, known: strings }),
  Schema.TaggedStruct("version", { version: Schema.String }),
  Schema.TaggedStruct("trained", { version: Schema.String }),
  /** The policy has spoken; a version that it does not want is about to be deleted where there is another. */
  Schema.TaggedStruct("judged", {
    version: Schema.String,
    promoted: Schema.Boolean,
    /** The version that answers from now on. */
    chosen: Schema.String,
    evaluation: Schema.optionalKey(Evaluation),
    previous: Schema.optionalKey(Evaluation)
  }),
  /** It is over, well or not. */
  Schema.TaggedStruct("done", {}),
  /** It is over, and what it has made was taken away: nobody shall find it done. */
  Schema.TaggedStruct("discarded", {})
])
export type Entry = typeof Entry.Type

/** The journal cannot be read or written. */
export class JournalUnusable extends readableError(
  Schema.TaggedError<JournalUnusable>()("JournalUnusable", {
    path: Schema.String,
    problem: Schema.String
  })
) {
  readonly retryable: boolean = false
  override get message() {
    return `the journal at ${this.path} ${this.problem}; pass training({ journal }) another folder`
  }
}

/** Where trainings are noted. Replaceable: a database does as well as a folder. */
export interface Journal {
  /** Where it is, for people. */
  readonly place: string
  /** The steps of a training, in order; none for one that is not known. */
  readonly read: (id: string) => Effect.Effect<ReadonlyArray<Entry>, JournalUnusable>
  /** Notes one step; done when it is safe. */
  readonly append: (id: string, entry: Entry) => Effect.Effect<void, JournalUnusable>
  /**
   * Keeps everybody else from running this training until the scope ends, or the process does, however it ends. Fails
   * with `TrainingBusy` where somebody holds it. Two runs at once are not kept apart where this is absent.
   */
  readonly hold?: (id: string) => Effect.Effect<void, JournalUnusable | TrainingBusy, Scope>
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Entry))
const encode = Schema.encodeSync(Schema.fromJsonString(Entry))

/** The last line may be torn by a kill; what was not wholly written did not happen. */
const parse = (text: string): ReadonlyArray<Entry> =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => Option.toArray(decode(line)))

const unusable = (path: string, what: string, cause: unknown): JournalUnusable =>
  new JournalUnusable({ path, problem: `${what} (${codeOf(cause) ?? "unknown reason"})` })

const guard = <A>(path: string, what: string, use: () => Promise<A>): Effect.Effect<A, JournalUnusable> =>
  Effect.tryPromise({ try: use, catch: (cause) => unusable(path, what, cause) })

/** A journal in a folder: one file for each training, made when first needed, and one that says that it runs. */
export const fileJournal = (directory: string): Journal => {
  const fileOf = (id: string, type = "jsonl") =>
    join(directory, `${encodeURIComponent(id).replaceAll(".", "%2E")}.${type}`)
  return {
    place: directory,
    read: (id) =>
      guard(fileOf(id), "cannot be read", async () => {
        try {
          return parse(await readFile(fileOf(id), "utf8"))
        } catch (cause) {
          if (codeOf(cause) === "ENOENT") return []
          throw cause
        }
      }),
    append: (id, entry) =>
      guard(fileOf(id), "cannot be written", async () => {
        await makeFolder(directory)
        const file = await open(fileOf(id), "a")
        try {
          // a line break first: a line torn by a kill stays alone
          await file.write(`\n${encode(entry)}\n`)
          await file.sync()
        } finally {
          await file.close()
        }
      }),
    hold: (id) =>
      Effect.andThen(
        guard(fileOf(id), "cannot be written", () => makeFolder(directory)),
        holdFile(id, fileOf(id, "lock"), (cause) => unusable(fileOf(id, "lock"), "cannot be locked", cause))
      )
  }
}

/** A journal that lives as long as this value; for tests, and for those who never resume. */
export const memoryJournal = (): Journal => {
  const entries = new Map<string, ReadonlyArray<Entry>>()
  const held = new Set<string>()
  return {
    place: "memory",
    hold: (id) => holdHere(id, held),
    read: (id) => Effect.sync(() => entries.get(id) ?? []),
    append: (id, entry) =>
      Effect.sync(() => {
        entries.set(id, [...(entries.get(id) ?? []), entry])
      })
  }
}

/** The trainings that a journal tells of, each with its steps, oldest first. */
export const trainingsOf = (entries: ReadonlyArray<Entry>): ReadonlyArray<ReadonlyArray<Entry>> => {
  const starts = entries.flatMap(({ _tag }, at) => (_tag === "started" ? [at] : []))
  return starts.map((at, i) => entries.slice(at, starts[i + 1]))
}

/** What the journal says of the last training, whether it is over or not. */
export const latest = (entries: ReadonlyArray<Entry>): ReadonlyArray<Entry> => trainingsOf(entries).at(-1) ?? []

const has = (steps: ReadonlyArray<Entry>, tag: Entry["_tag"]) => steps.some(({ _tag }) => _tag === tag)

/** Whether a training has come to an end, well or not. */
export const isOver = (steps: ReadonlyArray<Entry>): boolean => has(steps, "done") || has(steps, "discarded")

/** What the journal says of the training that is not over yet; nothing when the last one is. */
export const unfinished = (entries: ReadonlyArray<Entry>): ReadonlyArray<Entry> => {
  const begun = latest(entries)
  return isOver(begun) ? [] : begun
}

/** Whether a training has come to a good end, and nobody has taken away what it made. */
export const isDone = (steps: ReadonlyArray<Entry>): boolean =>
  has(steps, "judged") && has(steps, "done") && !has(steps, "discarded")

/** The last step of a kind. */
export const find = <T extends Entry["_tag"]>(
  steps: ReadonlyArray<Entry>,
  tag: T
): Extract<Entry, { readonly _tag: T }> | undefined =>
  steps.findLast((entry): entry is Extract<Entry, { readonly _tag: T }> => entry._tag === tag)

/** The version that a training has asked for, as far as its steps know. */
export const versionIn = (steps: ReadonlyArray<Entry>): string | undefined =>
  find(steps, "version")?.version ?? find(steps, "judged")?.version
