/** Reuses a training that was finished before with the same examples and settings, instead of training again. */
import * as Effect from "effect/Effect"
import type { Entry, EntryOf } from "../../journal/entry.ts"
import type { JournalUnusable } from "../../journal/journal.ts"
import { isOpen, isSuccessful, type TrainingRecord } from "../../journal/training-record.ts"
import { matchesSpec } from "../../request/training-spec.ts"
import type { Run } from "../run.ts"
import { versionExists } from "./confirm-version.ts"

/** The newest finished training with these examples and settings whose version still exists. */
export const findFinished = (run: Run, fingerprint: string) =>
  Effect.gen(function* () {
    const candidates = run.earlier.filter(
      (one) => isSuccessful(one) && matchesSpec(run.spec, one) && one.examples?.fingerprint === fingerprint
    )
    for (const one of candidates.toReversed()) if (yield* versionExists(run, one)) return one
    return undefined
  })

/** The entries that make a new training continue from a finished one. */
const copyOf = (
  { createdModel, decision, uploads, version }: TrainingRecord,
  complete: EntryOf<"complete">,
  isToBeTested: boolean
): ReadonlyArray<Entry> => [
  ...uploads.map((ids): Entry => ({ _tag: "adding", ids })),
  ...(createdModel === undefined ? [] : [{ _tag: "creating", model: createdModel } as const]),
  complete,
  ...(isToBeTested && version !== undefined ? [{ _tag: "version", version } as const] : []),
  ...(!isToBeTested && decision !== undefined ? [{ _tag: "judged", ...decision } as const] : [])
]

/**
 * Continues from a finished training. The journal gets a copy of its entries, so that it becomes the last training, with
 * two exceptions: it is the last one already, or the last one is not over and has to stay last to be resumable.
 */
export const reuse = (
  run: Run,
  finished: TrainingRecord,
  complete: EntryOf<"complete">
): Effect.Effect<void, JournalUnusable> =>
  Effect.gen(function* () {
    const last = run.earlier.at(-1)
    // The earlier run had lost its tests and could not evaluate the version; this run has them.
    const isToBeTested = finished.decision?.evaluation === undefined && complete.holdout.length > 0
    const isNew = run.state().training.request === undefined
    const staysAsItIs = last !== undefined && (last === finished ? !isToBeTested : isOpen(last))
    if (isNew && staysAsItIs) return yield* run.observe({ _tag: "training-reused", training: finished })
    for (const entry of copyOf(finished, complete, isToBeTested)) yield* run.record(entry)
    yield* run.observe({ _tag: "training-reused", training: run.state().training })
  })
