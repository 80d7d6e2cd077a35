/** What was answered about one input, beside its picture: concepts, regions, text, facts, the failure, and the JSON. */
import type { ComponentChildren, JSX } from "preact"
import { useState } from "preact/hooks"
import type {
  AnswerData,
  Edges,
  Extent,
  FailureData,
  FrameData,
  RowDetail,
  ShapeData
} from "../../src/document/report-data.ts"
import { colorClass } from "../shell/colors.ts"
import { percent, score } from "../shell/format.ts"
import type { ShownFrame } from "./picture-stage.tsx"

/** Most concepts listed before all are asked for. */
const conceptsAtFirst = 12

const Section = ({ children, name }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element => (
  <section class="panel-section">
    <h3>{name}</h3>
    {children}
  </section>
)

/** Names, bars and scores. */
export const ScoreList = ({
  concepts
}: {
  readonly concepts: ReadonlyArray<readonly [string, number]>
}): JSX.Element => {
  const [all, setAll] = useState(false)
  const shown = all ? concepts : concepts.slice(0, conceptsAtFirst)
  return (
    <>
      <ol class="scores">
        {shown.map(([name, value], i) => (
          <li key={i}>
            <i
              class={`level ${colorClass(name)}`}
              style={{ width: `${100 * Math.max(0, Math.min(1, value))}%` }}
              aria-hidden="true"
            />
            <bdi>{name}</bdi>
            <span>{score(value)}</span>
          </li>
        ))}
      </ol>
      {shown.length < concepts.length ? (
        <button type="button" class="link" onClick={() => setAll(true)}>
          Show {concepts.length - shown.length} more
        </button>
      ) : null}
    </>
  )
}

/** Edges in whole pixels of a picture, as core's `pixelsOf` gives them; in thousandths where the size is not known. */
const edgesText = (edges: Edges | undefined, size: Extent | undefined): string => {
  if (edges === undefined) return ""
  const [top, left, bottom, right] = edges
  if (size === undefined) return [left, top, right, bottom].map((edge) => edge.toFixed(3)).join(", ")
  const [width, height] = size
  return [left * width, top * height, right * width, bottom * height].map((edge) => Math.round(edge)).join(", ")
}

interface ShapeListProps {
  readonly shapes: ReadonlyArray<ShapeData>
  readonly detail: RowDetail
  readonly frame: ShownFrame
  readonly chosen: number | undefined
  readonly choose: (shape: number | undefined) => void
}

/** Regions as a table; the row under the pointer is drawn stronger on the picture. */
const ShapeList = ({ choose, chosen, detail, frame, shapes }: ShapeListProps): JSX.Element => {
  const size = frame === "stored" ? detail.stored : detail.upright
  const unit = size === undefined ? "fractions" : "pixels"
  return (
    <div class="scroll-x">
      <table class="regions">
        <thead>
          <tr>
            <th scope="col">Region</th>
            <th scope="col" class="number">
              Score
            </th>
            <th scope="col" class="number">
              Left, top, right, bottom in {unit}, {frame === "stored" ? "as stored" : "upright"}
            </th>
          </tr>
        </thead>
        <tbody>
          {shapes.map((shape, i) => (
            <tr
              key={i}
              class={i === chosen ? "chosen" : ""}
              onPointerEnter={() => choose(i)}
              onPointerLeave={() => choose(undefined)}
            >
              <td>
                <i class={`dot ${colorClass(shape.concepts[0]?.[0] ?? "")}`} aria-hidden="true" />
                <bdi>{shape.concepts[0]?.[0] ?? shape.text ?? "region"}</bdi>
                {shape.text !== undefined && shape.concepts.length > 0 ? <bdi class="said"> {shape.text}</bdi> : null}
              </td>
              <td class="number">{score(shape.concepts[0]?.[1] ?? shape.score)}</td>
              <td class="number">
                {shape.span === undefined
                  ? edgesText(frame === "stored" ? shape.stored : shape.upright, size)
                  : `characters ${shape.span[0]} to ${shape.span[1]}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const Facts = ({ facts }: { readonly facts: ReadonlyArray<readonly [string, string]> }): JSX.Element | null =>
  facts.length === 0 ? null : (
    <dl class="facts">
      {facts.map(([name, value], i) => (
        <div key={i}>
          <dt>{name}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  )

/** A failure: its tag, its sentence, and its fields. */
export const Failure = ({ failure }: { readonly failure: FailureData }): JSX.Element => (
  <div class="failure">
    <strong>{failure.tag}</strong>
    <p>
      <bdi>{failure.message}</bdi>
    </p>
    <Facts facts={failure.facts} />
  </div>
)

interface AnswerProps extends Omit<ShapeListProps, "shapes"> {
  readonly answer: AnswerData
  /** Position of the answer's first shape among all that are drawn. */
  readonly firstShape: number
  readonly clipFrame: FrameData | undefined
}

const Answer = ({ answer, clipFrame, firstShape, ...rest }: AnswerProps): JSX.Element => {
  const { colors, facts, failure, model, name, text, version } = answer
  const concepts = clipFrame?.concepts ?? answer.concepts
  const shapes = clipFrame?.shapes ?? answer.shapes
  const said = clipFrame?.text ?? text
  const { choose, chosen } = rest
  return (
    <>
      {name === undefined ? null : (
        <h3 class="answer-name">
          <bdi>{name}</bdi>
        </h3>
      )}
      {failure === undefined ? null : <Failure failure={failure} />}
      {said === undefined || said === "" ? null : (
        <Section name="Text">
          <p class="said-whole" dir="auto">
            {said}
          </p>
        </Section>
      )}
      {concepts.length === 0 ? null : (
        <Section name="Concepts">
          <ScoreList concepts={concepts} />
        </Section>
      )}
      {shapes.length === 0 ? null : (
        <Section name={`Regions (${shapes.length})`}>
          <ShapeList
            {...rest}
            shapes={shapes}
            chosen={chosen === undefined ? undefined : chosen - firstShape}
            choose={(shape) => choose(shape === undefined ? undefined : shape + firstShape)}
          />
        </Section>
      )}
      {colors === undefined ? null : (
        <Section name="Colours">
          <ul class="colors">
            {colors.map(([hex, colorName, coverage], i) => (
              <li key={i}>
                <i class="swatch" style={{ background: hex }} aria-hidden="true" />
                <bdi>{colorName === "" ? hex : colorName}</bdi> <span>{percent(coverage)}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Facts
        facts={[
          ...(model === undefined || model === "" ? [] : [["model", model] as const]),
          ...(version === undefined || version === "" ? [] : [["version", version] as const]),
          ...facts
        ]}
      />
    </>
  )
}

const pretty = (json: string): string => {
  try {
    return JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    return json // what `redact` made of it need not be JSON any more
  }
}

interface PanelProps extends Omit<ShapeListProps, "shapes"> {
  readonly clipFrame: FrameData | undefined
  readonly asJson: boolean
}

/** Everything that was answered about a row. */
export const AnswerPanel = ({ asJson, clipFrame, detail, ...rest }: PanelProps): JSX.Element => {
  if (asJson)
    return (
      <pre class="json" tabIndex={0} aria-label="The answer as JSON">
        {pretty(detail.json)}
      </pre>
    )
  let firstShape = 0
  return (
    <>
      {detail.failure === undefined ? null : <Failure failure={detail.failure} />}
      {detail.inputText === undefined ? null : (
        <Section name="Input">
          <p class="said-whole" dir="auto">
            {detail.inputText}
          </p>
        </Section>
      )}
      {detail.answers.map((answer, i) => {
        const first = firstShape
        firstShape += answer.shapes.length
        return <Answer key={i} answer={answer} clipFrame={clipFrame} firstShape={first} detail={detail} {...rest} />
      })}
    </>
  )
}
