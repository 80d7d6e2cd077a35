/** The evaluation of a report: labelled tests of one or several versions, with the figures of plugin-training. */
import type { Outcome } from "@sightline/core"
import { type Evaluation, evaluate, type Tested } from "@sightline/plugin-training"
import type { ConceptFigures, EvaluationData, VersionData } from "../document/report-data.ts"
import type { PrivateText } from "../outcomes/private-text.ts"

/** One version's answers about the inputs of the report, to compare with. */
export interface OtherVersion {
  readonly name: string
  /** Outcomes of the same inputs, by the same positions. */
  readonly outcomes: Iterable<Outcome<unknown, unknown>> | AsyncIterable<Outcome<unknown, unknown>>
}

/** What is right for each outcome of the report: its figures are computed from the outcomes. */
export interface LabelledOutcomes {
  /** The concepts that are in an input; undefined leaves it out of the evaluation. */
  readonly truth: (outcome: Outcome<unknown, unknown>) => string | ReadonlyArray<string> | undefined
  /**
   * The concepts that are evaluated.
   *
   * @default all that are in any input
   */
  readonly concepts?: ReadonlyArray<string>
  /**
   * True: the concept of the highest score is the prediction. False: every concept that scores 0.5 or more is.
   *
   * @default false
   */
  readonly mutuallyExclusive?: boolean
  /** The name of the version that answered. */
  readonly name?: string
  /** Other versions' answers about the same inputs. */
  readonly against?: ReadonlyArray<OtherVersion>
}

/** A version that was evaluated elsewhere, such as by `app.trained(id).compare(..)`. */
export interface ComparedVersion {
  /** @default the id of `version`, where it has one */
  readonly name?: string
  readonly version?: string | { readonly id: string }
  readonly evaluation: Evaluation
  /** Its tests with their scores: without them there are figures but no curves. */
  readonly tests?: ReadonlyArray<Tested>
}

/** Versions that were evaluated elsewhere, the one to show first. */
export interface EvaluatedVersions {
  readonly versions: ReadonlyArray<ComparedVersion>
  /** As in training: `mutuallyExclusive()`. */
  readonly mutuallyExclusive?: boolean
}

/** What `report({ evaluation })` takes. */
export type EvaluationOptions = Evaluation | LabelledOutcomes | EvaluatedVersions

/** A test as the report keeps it: its row, what is in it, and its scores by name. */
export interface RowTest {
  readonly row: number
  readonly name: string
  readonly truth: ReadonlyArray<string>
  readonly scores: Readonly<Record<string, number>>
}

const isLabelled = (options: EvaluationOptions): options is LabelledOutcomes => "truth" in options
const isVersions = (options: EvaluationOptions): options is EvaluatedVersions => "versions" in options

/** The versions of options that hold figures. */
export const versionsIn = (options: EvaluationOptions): EvaluatedVersions | undefined =>
  isLabelled(options) ? undefined : isVersions(options) ? options : { versions: [{ evaluation: options }] }

/** The options of labelled outcomes. */
export const labelledIn = (options: EvaluationOptions | undefined): LabelledOutcomes | undefined =>
  options !== undefined && isLabelled(options) ? options : undefined

/** A version as the report's data. */
interface VersionFacts {
  readonly name: string
  readonly evaluation: Evaluation
  readonly tests: ReadonlyArray<RowTest> | undefined
  readonly rowOf: FindRow
}

/** Finds the row of a test by its name, or by its path or address. */
export type FindRow = (test: { readonly name: string; readonly input?: string | undefined }) => number | undefined

const versionData = (
  concepts: ReadonlyArray<string>,
  { evaluation, name, rowOf, tests }: VersionFacts,
  text: PrivateText
): VersionData => {
  const position = new Map(concepts.map((concept, i) => [concept, i]))
  const figures = concepts.flatMap((concept): ReadonlyArray<ConceptFigures> => {
    const own = Object.hasOwn(evaluation.concepts, concept) ? evaluation.concepts[concept] : undefined
    if (own === undefined) return []
    const { rocAuc, ...figures } = own
    return [{ name: text.said(concept, "concept"), ...figures, ...(rocAuc === undefined ? {} : { rocAuc }) }]
  })
  const count = (truth: string, predicted: string): number => {
    const row = Object.hasOwn(evaluation.confusion, truth) ? evaluation.confusion[truth] : undefined
    return row !== undefined && Object.hasOwn(row, predicted) ? (row[predicted] ?? 0) : 0
  }
  return {
    name,
    tests: evaluation.tests,
    failed: evaluation.failed,
    accuracy: evaluation.accuracy,
    macroF1: evaluation.macroF1,
    concepts: figures,
    confusion: concepts.map((truth) => concepts.map((predicted) => count(truth, predicted))),
    worst: evaluation.worst.map(({ input, name, predicted, score, truth }) => {
      const row = rowOf({ name, input })
      return {
        ...(row === undefined ? {} : { row }),
        name: text.name(name),
        predicted: predicted.map((concept) => text.said(concept, "concept")),
        truth: truth.map((concept) => text.said(concept, "concept")),
        score
      }
    }),
    ...(tests === undefined
      ? {}
      : {
          scored: {
            row: tests.map(({ row }) => row),
            truth: tests.map(({ truth }) => truth.flatMap((concept) => position.get(concept) ?? [])),
            scores: tests.map(({ scores }) =>
              concepts.map((concept) => (Object.hasOwn(scores, concept) ? (scores[concept] ?? 0) : 0))
            )
          }
        })
  }
}

/** One version's labelled tests. */
export interface LabelledVersion {
  readonly name: string
  readonly tests: ReadonlyArray<RowTest>
  readonly failed: number
}

/** The evaluation of labelled outcomes. */
export const evaluateLabelled = (
  { concepts: given, mutuallyExclusive = false }: LabelledOutcomes,
  versions: ReadonlyArray<LabelledVersion>,
  text: PrivateText
): EvaluationData => {
  const found = new Set(versions.flatMap(({ tests }) => tests.flatMap(({ truth }) => truth)))
  const concepts = given ?? [...found].toSorted()
  const made = versions.map(({ failed, name, tests }) => {
    // the row stands for the name, which need not be unique
    const tested = tests.map(({ row, scores, truth }): Tested => ({ name: String(row), concepts: truth, scores }))
    const evaluation = evaluate(concepts, tested, { mutuallyExclusive, failed })
    return versionData(concepts, { name, evaluation, tests, rowOf: ({ name: row }) => Number(row) }, text)
  })
  return {
    concepts: concepts.map((concept) => text.said(concept, "concept")),
    exclusive: mutuallyExclusive,
    versions: made
  }
}

/** The evaluation of versions that were evaluated elsewhere. `rowOf` finds the row of a test by its name. */
export const evaluationOf = (
  { mutuallyExclusive = false, versions }: EvaluatedVersions,
  rowOf: FindRow,
  text: PrivateText
): EvaluationData => {
  const concepts = [...new Set(versions.flatMap(({ evaluation }) => Object.keys(evaluation.concepts)))]
  return {
    concepts: concepts.map((concept) => text.said(concept, "concept")),
    exclusive: mutuallyExclusive,
    versions: versions.map(({ evaluation, name, tests, version }, i) => {
      const rowed = tests?.flatMap((test): ReadonlyArray<RowTest> => {
        const row = rowOf(test)
        return row === undefined ? [] : [{ row, name: test.name, truth: test.concepts, scores: test.scores }]
      })
      const id = typeof version === "object" ? version.id : version
      const facts = { name: name ?? id ?? `version ${i + 1}`, evaluation, tests: rowed, rowOf }
      return versionData(concepts, facts, text)
    })
  }
}
