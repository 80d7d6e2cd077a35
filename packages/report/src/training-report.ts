/** The report of a training, as the option of its run. */
import type { FinishedTraining, TrainingReporter } from "@sightline/plugin-training"
import type { ReportOptions } from "./options.ts"
import { report } from "./report.ts"

const titleOf = ({ model }: FinishedTraining): string => `Training of ${model.id}`

/**
 * Reports a training when it is finished: the held-out examples with their pictures, the evaluation of the new version
 * beside the previous one, and the examples that were left out.
 *
 * Pictures are there where an example is a file that can be read again. `options` are those of `report(..)`.
 *
 * @example
 * const pets = app.train("pets").concepts("cat", "dog").examples(folder("photos")).holdout(0.2)
 * await pets.run({ report: trainingReport("pets.html", { names: true }) })
 */
export const trainingReport =
  (
    path: string,
    options: Omit<ReportOptions, "evaluation" | "outcomes" | "run" | "job" | "inputs"> = {}
  ): TrainingReporter =>
  (finished) => {
    const { model, mutuallyExclusive, versions } = finished
    return report({
      title: titleOf(finished),
      outcomes: [],
      ...(versions.length === 0 ? {} : { evaluation: { versions, mutuallyExclusive } }),
      skipped: model.tally?.unusable ?? [],
      ...options
    }).write(path)
  }
