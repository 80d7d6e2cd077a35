/** The state of a training, as a fold over its journal: one pure function from a record and an entry to a record. */
import type { Entry, EntryOf, TrainingSettings } from "./entry.ts"

/** The `judged` entry without its tag. */
export type Decision = Omit<EntryOf<"judged">, "_tag">

/** All that a journal contains about one training. Each field is undefined, empty or false until its entry is written. */
export interface TrainingRecord {
  /** What the training was asked for. */
  readonly request: { readonly concepts: ReadonlyArray<string>; readonly settings: TrainingSettings } | undefined
  /** Ids of the inputs that it has uploaded, or was about to upload, in groups; an id may be in several. */
  readonly uploads: ReadonlyArray<ReadonlyArray<string>>
  /** The examples, once all of them are on the service. */
  readonly examples: Omit<EntryOf<"complete">, "_tag"> | undefined
  /** The id of the model, where this training has created it. */
  readonly createdModel: string | undefined
  /** The request for a version, written before it was sent. */
  readonly versionRequest: Omit<EntryOf<"asking">, "_tag"> | undefined
  readonly version: string | undefined
  readonly trained: boolean
  /** The evaluation and the policy's decision. */
  readonly decision: Decision | undefined
  /** How the training ended; undefined while it can continue. */
  readonly end: "done" | "discarded" | undefined
}

/** A training without any entry. */
export const emptyRecord: TrainingRecord = {
  request: undefined,
  uploads: [],
  examples: undefined,
  createdModel: undefined,
  versionRequest: undefined,
  version: undefined,
  trained: false,
  decision: undefined,
  end: undefined
}

/**
 * The record after one more entry. Total: an entry that does not fit, as in a journal that was damaged, keeps what is
 * known and adds what it says.
 */
export const reduceRecord = (record: TrainingRecord, entry: Entry): TrainingRecord => {
  switch (entry._tag) {
    case "started":
      return { ...emptyRecord, request: { concepts: entry.concepts, settings: entry.settings } }
    case "adding":
      return { ...record, uploads: [...record.uploads, entry.ids] }
    case "complete": {
      const { _tag, ...examples } = entry
      return { ...record, examples }
    }
    case "creating":
      return { ...record, createdModel: entry.model }
    case "asking": {
      const { _tag, ...versionRequest } = entry
      return { ...record, versionRequest }
    }
    case "version":
      return { ...record, version: entry.version }
    case "trained":
      return { ...record, version: record.version ?? entry.version, trained: true }
    case "judged": {
      const { _tag, ...decision } = entry
      return { ...record, version: record.version ?? entry.version, decision }
    }
    case "done":
      return { ...record, end: record.end ?? "done" }
    case "discarded":
      return { ...record, end: "discarded" }
  }
}

/** Adds an entry to the trainings of a journal: `started` begins a new one, all others belong to the last. */
export const reduceTrainings = (
  trainings: ReadonlyArray<TrainingRecord>,
  entry: Entry
): ReadonlyArray<TrainingRecord> => {
  if (entry._tag === "started") return [...trainings, reduceRecord(emptyRecord, entry)]
  const last = trainings.at(-1)
  return last === undefined ? trainings : [...trainings.slice(0, -1), reduceRecord(last, entry)]
}

/** The trainings of a journal, oldest first. */
export const trainingsIn = (entries: ReadonlyArray<Entry>): ReadonlyArray<TrainingRecord> =>
  entries.reduce(reduceTrainings, [])

/** The last training of a journal, over or not. */
export const lastTraining = (entries: ReadonlyArray<Entry>): TrainingRecord =>
  trainingsIn(entries).at(-1) ?? emptyRecord

/** True for a training that has begun and is not over. */
export const isOpen = ({ end, request }: TrainingRecord): boolean => request !== undefined && end === undefined

/** The last training of a journal if it is not over; else an empty record. */
export const openTraining = (entries: ReadonlyArray<Entry>): TrainingRecord => {
  const last = lastTraining(entries)
  return isOpen(last) ? last : emptyRecord
}

/** True for a training that was successful and whose version was not discarded. */
export const isSuccessful = ({ decision, end }: TrainingRecord): boolean => decision !== undefined && end === "done"
