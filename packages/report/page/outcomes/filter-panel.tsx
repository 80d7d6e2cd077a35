/** The filters beside the grid. */
import type { ComponentChildren, JSX } from "preact"
import { useMemo, useState } from "preact/hooks"
import { rowKinds } from "../../src/document/report-data.ts"
import { colorClass } from "../shell/colors.ts"
import { count, score } from "../shell/format.ts"
import { Icon } from "../shell/icon.tsx"
import { useReport } from "../shell/report-context.ts"
import { attemptChoice, type Filters, histogram, isFiltered, noFilters, type Sort, tally } from "./filter.ts"

/** Concepts shown before all of them are asked for. */
const conceptsAtFirst = 10
/** Most concepts in the list; a search finds the others. */
const mostConcepts = 300

interface PanelProps {
  readonly filters: Filters
  readonly change: (filters: Filters) => void
}

const toggled = (set: ReadonlySet<number>, value: number): ReadonlySet<number> => {
  const next = new Set(set)
  if (!next.delete(value)) next.add(value)
  return next
}

const Group = ({ children, name }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element => (
  <fieldset class="filter-group">
    <legend>{name}</legend>
    {children}
  </fieldset>
)

interface ChoiceProps {
  readonly name: string
  readonly rows: number
  readonly share: number
  readonly chosen: boolean
  readonly color?: string
  readonly toggle: () => void
}

/** A choice with how many rows it leaves; the bar behind it shows their share. */
const Choice = ({ chosen, color, name, rows, share, toggle }: ChoiceProps): JSX.Element => (
  <label class={`choice ${chosen ? "chosen" : ""}`}>
    <input type="checkbox" checked={chosen} onChange={toggle} />
    <i class="share" style={{ width: `${100 * share}%` }} aria-hidden="true" />
    {color === undefined ? null : <i class={`dot ${color}`} aria-hidden="true" />}
    <bdi class="choice-name">{name}</bdi>
    <span class="choice-count">{count(rows)}</span>
  </label>
)

const ConceptChoices = ({ change, filters }: PanelProps): JSX.Element | null => {
  const { data } = useReport()
  const [search, setSearch] = useState("")
  const [all, setAll] = useState(false)
  const counts = useMemo(() => tally(data.rows.concept), [data])
  if (counts.length === 0) return null
  const wanted = search.trim().toLowerCase()
  const found =
    wanted === "" ? counts : counts.filter(([concept]) => data.concepts[concept]?.toLowerCase().includes(wanted))
  const chosenFirst = [
    ...found.filter(([concept]) => filters.concepts.has(concept)),
    ...found.filter(([concept]) => !filters.concepts.has(concept))
  ]
  const shown = chosenFirst.slice(0, all || wanted !== "" ? mostConcepts : conceptsAtFirst)
  const most = counts[0]?.[1] ?? 1
  return (
    <Group name="Concepts">
      {counts.length > conceptsAtFirst ? (
        <input
          type="search"
          class="small-search"
          aria-label="Find a concept"
          placeholder={`Find among ${count(counts.length)}`}
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      ) : null}
      {shown.map(([concept, rows]) => (
        <Choice
          key={concept}
          name={data.concepts[concept] ?? ""}
          rows={rows}
          share={rows / most}
          color={colorClass(data.concepts[concept] ?? "")}
          chosen={filters.concepts.has(concept)}
          toggle={() => change({ ...filters, concepts: toggled(filters.concepts, concept) })}
        />
      ))}
      {!all && wanted === "" && counts.length > conceptsAtFirst ? (
        <button type="button" class="link" onClick={() => setAll(true)}>
          Show {count(Math.min(counts.length, mostConcepts) - conceptsAtFirst)} more
        </button>
      ) : null}
    </Group>
  )
}

const bins = 25

const ScoreChoice = ({ change, filters }: PanelProps): JSX.Element | null => {
  const { conceptStart, data } = useReport()
  const counts = useMemo(
    () => histogram(data, conceptStart, filters.concepts, bins),
    [data, conceptStart, filters.concepts]
  )
  const most = Math.max(...counts)
  if (most === 0) return null
  return (
    <Group name={filters.concepts.size === 0 ? "Best score" : "Score of the chosen concepts"}>
      <svg class="histogram" viewBox={`0 0 ${bins} 10`} preserveAspectRatio="none" aria-hidden="true">
        {counts.map((rows, bin) => {
          const inside = (bin + 1) / bins > filters.least && bin / bins <= filters.most
          const height = rows === 0 ? 0 : Math.max(0.6, (10 * rows) / most)
          return (
            <rect key={bin} class={inside ? "in" : "out"} x={bin + 0.08} y={10 - height} width={0.84} height={height} />
          )
        })}
      </svg>
      <label class="slider">
        <span>at least</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.01}
          value={filters.least}
          onInput={(event) => change({ ...filters, least: Math.min(Number(event.currentTarget.value), filters.most) })}
        />
        <output>{score(filters.least)}</output>
      </label>
      <label class="slider">
        <span>at most</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.01}
          value={filters.most}
          onInput={(event) => change({ ...filters, most: Math.max(Number(event.currentTarget.value), filters.least) })}
        />
        <output>{score(filters.most)}</output>
      </label>
    </Group>
  )
}

const attemptNames = ["never sent", "1 attempt", "2 attempts", "3 or more"]

/** One group of choices over a column; nothing where the column has one value only. */
const ColumnChoices = ({
  chosen,
  name,
  nameOf,
  set,
  values
}: {
  readonly name: string
  readonly values: ReadonlyArray<number>
  readonly chosen: ReadonlySet<number>
  readonly nameOf: (value: number) => string
  readonly set: (chosen: ReadonlySet<number>) => void
}): JSX.Element | null => {
  const counts = useMemo(() => tally(values), [values])
  const total = values.length
  return (
    <Group name={name}>
      {counts.map(([value, rows]) => (
        <Choice
          key={value}
          name={nameOf(value)}
          rows={rows}
          share={rows / total}
          chosen={chosen.has(value)}
          toggle={() => set(toggled(chosen, value))}
        />
      ))}
    </Group>
  )
}

const sorts: Readonly<Record<Sort, string>> = {
  failures: "Failures first",
  input: "Order of inputs",
  highest: "Highest score first",
  lowest: "Lowest score first",
  attempts: "Most attempts first"
}

const isSort = (value: string): value is Sort => value in sorts

/** The order of the grid. */
export const SortChoice = ({ change, filters }: PanelProps): JSX.Element => (
  <label class="sort">
    <span class="visually-hidden">Order</span>
    <select
      value={filters.sort}
      onChange={(event) => {
        const { value } = event.currentTarget
        if (isSort(value)) change({ ...filters, sort: value })
      }}
    >
      {Object.entries(sorts).map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  </label>
)

/** All filters, and a way back to none. */
export const FilterPanel = ({ change, close, filters }: PanelProps & { readonly close: () => void }): JSX.Element => {
  const { data } = useReport()
  const { rows } = data
  const failures = useMemo(() => rows.error.filter((error) => error >= 0), [rows])
  const attempts = useMemo(() => rows.attempts.filter((made) => made >= 0).map(attemptChoice), [rows])
  const kinds = useMemo(() => new Set(rows.kind).size, [rows])
  return (
    <div class="filters">
      <ConceptChoices filters={filters} change={change} />
      <ScoreChoice filters={filters} change={change} />
      {failures.length === 0 ? null : (
        <ColumnChoices
          name="Errors"
          values={failures}
          chosen={filters.errors}
          nameOf={(error) => data.errors[error] ?? ""}
          set={(errors) => change({ ...filters, errors })}
        />
      )}
      {new Set(attempts).size < 2 ? null : (
        <ColumnChoices
          name="Attempts"
          values={attempts}
          chosen={filters.attempts}
          nameOf={(made) => attemptNames[made] ?? ""}
          set={(chosen) => change({ ...filters, attempts: chosen })}
        />
      )}
      {kinds < 2 ? null : (
        <ColumnChoices
          name="Kinds"
          values={rows.kind}
          chosen={filters.kinds}
          nameOf={(kind) => rowKinds[kind] ?? "other"}
          set={(chosen) => change({ ...filters, kinds: chosen })}
        />
      )}
      {isFiltered(filters) ? (
        <button type="button" class="button wide" onClick={() => change({ ...noFilters, sort: filters.sort })}>
          <Icon name="close" /> Clear all filters
        </button>
      ) : null}
      <button type="button" class="button wide done" onClick={close}>
        Show the outcomes
      </button>
    </div>
  )
}
