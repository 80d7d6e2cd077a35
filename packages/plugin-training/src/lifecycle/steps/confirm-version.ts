/** Checks that the version of a finished training still exists. */
import * as Effect from "effect/Effect"
import { UnknownTraining } from "../../errors/run-errors.ts"
import type { TrainingRecord } from "../../journal/training-record.ts"
import type { TrainError } from "../../result/train-error.ts"
import { isTrained, readVersion } from "../../service/version-status.ts"
import type { Run } from "../run.ts"

/** Fails: nothing in the journal can continue without examples. */
export const rejectRun = ({ journalPlace, spec }: Run): Effect.Effect<never, UnknownTraining> =>
  Effect.fail(new UnknownTraining({ id: spec.id, journal: journalPlace }))

/** True if the version that a finished training points to exists and is trained. */
export const versionExists = ({ host, spec }: Run, { decision }: TrainingRecord) =>
  decision === undefined
    ? Effect.succeed(false)
    : Effect.map(readVersion(host.wire, spec.id, decision.chosen), isTrained).pipe(
        Effect.catchTag("NotFound", () => Effect.succeed(false))
      )

/** Fails if the version of the finished training that this run resumes does not exist any more. */
export const confirmVersion = (run: Run): Effect.Effect<void, TrainError> =>
  Effect.flatMap(versionExists(run, run.state().training), (exists) =>
    exists ? run.observe({ _tag: "version-confirmed" }) : rejectRun(run)
  )
