/** Passes a finished training to the function that reports it, such as `trainingReport` of `@sightline/report`. */
import * as Effect from "effect/Effect"
import { ReportFailed } from "../errors/run-errors.ts"
import type { TrainingSpec } from "../request/training-spec.ts"
import type { TrainedModel } from "../result/trained-model.ts"
import type { EvaluatedVersion, TrainingEvent } from "./training-event.ts"

/** A finished training, as a report shows it. */
export interface FinishedTraining {
  readonly model: TrainedModel
  readonly mutuallyExclusive: boolean
  /** The new version first, then the previous one; empty if nothing was held out. */
  readonly versions: ReadonlyArray<EvaluatedVersion>
}

/** Reports a finished training; the run ends when the promise is settled. */
export type TrainingReporter = (finished: FinishedTraining) => Promise<unknown>

/** Runs a training and passes its result to the reporter. `run` gets the listener for its events. */
export const reportTraining = <A extends TrainedModel, E>(
  { mutuallyExclusive }: Pick<TrainingSpec, "mutuallyExclusive">,
  report: TrainingReporter,
  onEvent: (event: TrainingEvent) => void,
  run: (onEvent: (event: TrainingEvent) => void) => Effect.Effect<A, E>
): Effect.Effect<A, E | ReportFailed> =>
  Effect.suspend(() => {
    let versions: ReadonlyArray<EvaluatedVersion> = []
    const listen = (event: TrainingEvent): void => {
      if (event.state === "evaluated") {
        const { evaluation, previous, tests, version } = event
        const latest = { version, evaluation, ...(tests === undefined ? {} : { tests }) }
        versions = previous === undefined ? [latest] : [latest, previous]
      }
      onEvent(event)
    }
    return Effect.tap(run(listen), (model) =>
      Effect.tryPromise({
        try: async () => {
          await report({ model, mutuallyExclusive, versions })
        },
        catch: (cause) =>
          new ReportFailed({
            model: model.id,
            version: model.versionId,
            problem: cause instanceof Error ? cause.message : String(cause),
            cause
          })
      })
    )
  })
