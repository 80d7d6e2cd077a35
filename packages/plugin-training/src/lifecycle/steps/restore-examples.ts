/** Continues with the examples that an earlier run has uploaded. */
import * as Effect from "effect/Effect"
import type { TrainError } from "../../result/train-error.ts"
import { restoreTests } from "../../upload/restore-held-out.ts"
import type { Run } from "../run.ts"
import { rejectRun } from "./confirm-version.ts"
import { reportUntested, untestedOf } from "./holdout-problems.ts"

/** Reads the held-out examples again. */
export const restoreExamples = (run: Run): Effect.Effect<void, TrainError> =>
  Effect.gen(function* () {
    const { observe, spec, state } = run
    const { examples, uploads } = state().training
    if (examples === undefined) return yield* rejectRun(run)
    const { fingerprint, holdout, shortage } = examples
    const tests = yield* restoreTests(holdout, spec.examples)
    const untested = untestedOf(spec, tests.length, holdout.length > 0 ? "lost" : shortage)
    const reported = yield* reportUntested(run, untested)
    yield* observe({
      _tag: "examples-collected",
      examples: {
        tally: undefined,
        tests,
        lostTests: holdout.length - tests.length,
        untested: reported,
        fingerprint,
        names: new Map(uploads.flat().map((id) => [id, id]))
      }
    })
  })
