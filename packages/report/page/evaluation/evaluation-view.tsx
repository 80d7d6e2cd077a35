/** The evaluation: figures, the confusion matrix, curves, mistakes, and versions beside each other. */
import type { JSX } from "preact"
import { useMemo, useState } from "preact/hooks"
import { allTests, testsOf, topTests } from "../../src/evaluation/scored-tests.ts"
import type { EvaluationData } from "../../src/document/report-data.ts"
import { count, percent, score } from "../shell/format.ts"
import { Tiles } from "../shell/tiles.tsx"
import { ConceptTable } from "./concept-table.tsx"
import { ConfusionMatrix } from "./confusion-matrix.tsx"
import { WorstMistakes } from "./example-strip.tsx"
import { PrecisionRecallPlot } from "./precision-recall-plot.tsx"
import { ReliabilityPlot } from "./reliability-plot.tsx"
import { VersionsTable } from "./versions-table.tsx"

interface CurveProps {
  readonly evaluation: EvaluationData
  /** Position of the concept whose curves are shown; -1 for all together. */
  readonly concept: number
  readonly setConcept: (concept: number) => void
}

const CurveBlocks = ({ concept, evaluation, setConcept }: CurveProps): JSX.Element | null => {
  const { concepts, exclusive, versions } = evaluation
  const [threshold, setThreshold] = useState(0.5)
  const scored = useMemo(
    () =>
      versions.flatMap(({ name, scored: columns }) =>
        columns === undefined ? [] : [{ name, tests: concept === -1 ? allTests(columns) : testsOf(columns, concept) }]
      ),
    [versions, concept]
  )
  const own = versions[0]?.scored
  const calibrated = useMemo(
    () =>
      own === undefined ? [] : concept === -1 ? (exclusive ? topTests(own) : allTests(own)) : testsOf(own, concept),
    [own, concept, exclusive]
  )
  if (own === undefined || scored.length === 0)
    return <p class="note">Curves need the tests with their scores, which this evaluation does not have.</p>
  const choice = (
    <label class="sort">
      <span>Curves of </span>
      <select id="curve-concept" value={concept} onChange={(event) => setConcept(Number(event.currentTarget.value))}>
        <option value={-1}>all concepts together</option>
        {concepts.map((name, i) => (
          <option key={i} value={i}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
  return (
    <div class="two">
      <section class="block" aria-labelledby="curve-name">
        <h2 id="curve-name">Precision and recall</h2>
        {choice}
        <PrecisionRecallPlot versions={scored} threshold={threshold} setThreshold={setThreshold} />
      </section>
      <section class="block" aria-labelledby="reliability-name">
        <h2 id="reliability-name">Reliability</h2>
        <p class="muted">
          {concept === -1 && exclusive
            ? "Of the highest score of each test."
            : concept === -1
              ? "Of every score of every concept."
              : `Of the scores of ${concepts[concept] ?? ""}.`}
        </p>
        <ReliabilityPlot tests={calibrated} />
      </section>
    </div>
  )
}

export const EvaluationView = ({ evaluation }: { readonly evaluation: EvaluationData }): JSX.Element | null => {
  const [concept, setConcept] = useState(-1)
  const version = evaluation.versions[0]
  if (version === undefined) return null
  return (
    <div class="view">
      <Tiles
        tiles={[
          ["Accuracy", percent(version.accuracy), version.accuracy < 0.5 ? "bad" : "good"],
          ["Mean F1", score(version.macroF1)],
          ["Tests", count(version.tests)],
          ["Without a prediction", count(version.failed), version.failed > 0 ? "bad" : undefined],
          ["Concepts", count(evaluation.concepts.length)],
          ["A prediction is", evaluation.exclusive ? "top score" : "≥ 0.5"]
        ]}
      />
      <VersionsTable evaluation={evaluation} />
      <div class="two wide-left">
        <section class="block" aria-labelledby="confusion-name">
          <h2 id="confusion-name">Confusion matrix</h2>
          <ConfusionMatrix evaluation={evaluation} version={version} />
        </section>
        <section class="block" aria-labelledby="concepts-name">
          <h2 id="concepts-name">Concepts</h2>
          <ConceptTable
            concepts={version.concepts}
            chosen={evaluation.concepts[concept]}
            choose={(name) => setConcept(name === undefined ? -1 : evaluation.concepts.indexOf(name))}
          />
        </section>
      </div>
      <CurveBlocks evaluation={evaluation} concept={concept} setConcept={setConcept} />
      <WorstMistakes version={version} />
    </div>
  )
}
