/** Trainings and evaluations as text, JSON or CSV. */
import type { Evaluation, TrainedModel } from "@sightline/plugin-training"
import { printable, table } from "../terminal/table.ts"
import type { Format } from "./write-outcomes.ts"

type WrittenFormat = Exclude<Format, "auto">

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** The evaluation of one version of a model. */
export interface Evaluated {
  readonly model: string
  readonly version: string
  readonly evaluation: Evaluation
}

const evaluationTable = ({ accuracy, concepts, macroF1, tests, worst }: Evaluation): string => {
  const rows = Object.entries(concepts).map(([name, one]) => [
    printable(name),
    percent(one.precision),
    percent(one.recall),
    one.f1.toFixed(3),
    String(one.positives)
  ])
  const columns = ["CONCEPT", "PRECISION", "RECALL", "F1", "TESTS"].map((title, i) => ({ title, right: i > 0 }))
  const mistakes = worst
    .slice(0, 5)
    .map(
      ({ name, predicted, truth }) =>
        `  ${printable(name)}: ${printable(predicted.join(", ")) || "nothing"} instead of ${printable(truth.join(", ")) || "nothing"}\n`
    )
  return `${table(columns, rows)}accuracy ${percent(accuracy)}, mean F1 ${macroF1.toFixed(3)}, ${tests} tests\n${mistakes.length === 0 ? "" : `worst mistakes:\n${mistakes.join("")}`}`
}

/** The result of a training. */
export const reportTraining = (model: TrainedModel, format: WrittenFormat): string => {
  const { concepts, evaluation, id, previous, promoted, tally, untested, versionId } = model
  if (format !== "human")
    return `${JSON.stringify({ model: id, version: versionId, concepts, promoted, evaluation, previous, untested, tally })}\n`
  const rejected = promoted ? "" : "; the new version was not better and was rejected"
  const unusable = (tally?.unusable ?? []).map(({ name, problem }) => `  ${printable(name)}: ${printable(problem)}\n`)
  return [
    `${printable(id)} version ${versionId}${rejected}\n`,
    evaluation === undefined ? "" : evaluationTable(evaluation),
    untested === undefined ? "" : `not evaluated: ${untested.problem}\n`,
    unusable.length === 0 ? "" : `not used:\n${unusable.join("")}`
  ].join("")
}

/** Evaluations of several versions on the same examples. */
export const reportEvaluations = (all: ReadonlyArray<Evaluated>, format: WrittenFormat): string => {
  if (format === "json") return all.map((one) => `${JSON.stringify(one)}\n`).join("")
  if (format === "csv")
    return [
      "model,version,concept,precision,recall,f1,tests\r\n",
      ...all.flatMap(({ evaluation, model, version }) =>
        Object.entries(evaluation.concepts).map(([concept, { f1, positives, precision, recall }]) => {
          const quoted = [model, version, concept].map((text) =>
            /[",\r\n]/.test(text) ? `"${text.replaceAll(`"`, `""`)}"` : text
          )
          return `${quoted.join(",")},${precision},${recall},${f1},${positives}\r\n`
        })
      )
    ].join("")
  if (all.length === 1 && all[0] !== undefined)
    return `${printable(all[0].model)} version ${all[0].version}\n${evaluationTable(all[0].evaluation)}`
  const columns = ["MODEL", "VERSION", "ACCURACY", "MEAN F1", "TESTS"].map((title, i) => ({ title, right: i > 1 }))
  return table(
    columns,
    all.map(({ evaluation, model, version }) => [
      printable(model),
      version,
      percent(evaluation.accuracy),
      evaluation.macroF1.toFixed(3),
      String(evaluation.tests)
    ])
  )
}
