/** The outcomes: filters, the order, and the grid. */
import type { JSX } from "preact"
import { useMemo, useRef, useState } from "preact/hooks"
import { count, counted } from "../shell/format.ts"
import { Icon } from "../shell/icon.tsx"
import { useReport } from "../shell/report-context.ts"
import { type Filters, filterRows, isFiltered, noFilters, searchTexts } from "./filter.ts"
import { FilterPanel, SortChoice } from "./filter-panel.tsx"
import { OutcomeGrid } from "./outcome-grid.tsx"

const states = [
  ["all", "All"],
  ["failed", "Failed"],
  ["wrong", "Wrong"],
  ["answered", "Answered"]
] as const

const sizes = [
  ["Small cards", 124],
  ["Medium cards", 176],
  ["Large cards", 264]
] as const

/** The grid and its filters. `filters` belong to the page, since other views set them. */
export const OutcomesView = ({
  change,
  filters,
  printing
}: {
  readonly filters: Filters
  readonly change: (filters: Filters) => void
  readonly printing: boolean
}): JSX.Element => {
  const { conceptStart, data, wrong } = useReport()
  const [size, setSize] = useState<number>(sizes[1][1])
  const [open, setOpen] = useState(false)
  const texts = useRef<ReadonlyArray<string> | undefined>(undefined)
  const rows = useMemo(
    () => filterRows(data, conceptStart, wrong, () => (texts.current ??= searchTexts(data)), filters),
    [data, conceptStart, wrong, filters]
  )
  const failed = useMemo(() => data.rows.error.filter((error) => error >= 0).length, [data])
  const totals = { all: data.rows.count, failed, wrong: wrong.size, answered: data.rows.count - failed }
  return (
    <div class={`outcomes ${open ? "filters-open" : ""}`}>
      <aside
        class="sidebar"
        id="filters"
        aria-label="Filters"
        onKeyDown={(event) => {
          if (event.key === "Escape") setOpen(false)
        }}
      >
        <FilterPanel filters={filters} change={change} close={() => setOpen(false)} />
      </aside>
      <section class="results" aria-label="Results">
        <div class="toolbar">
          <button
            type="button"
            class="button filter-toggle"
            aria-expanded={open}
            aria-controls="filters"
            onClick={() => setOpen(!open)}
          >
            <Icon name="filter" /> Filters
          </button>
          <div class="segments" role="group" aria-label="Outcome">
            {states.map(([state, name]) =>
              state === "wrong" && data.evaluation === undefined ? null : (
                <button
                  key={state}
                  type="button"
                  class={state}
                  aria-pressed={filters.state === state}
                  onClick={() => change({ ...filters, state })}
                >
                  {name} <span class="segment-count">{count(totals[state])}</span>
                </button>
              )
            )}
          </div>
          <label class="search">
            <Icon name="search" />
            <span class="visually-hidden">Search names, concepts, texts and errors</span>
            <input
              type="search"
              id="search"
              placeholder="Search  ( / )"
              value={filters.search}
              onInput={(event) => change({ ...filters, search: event.currentTarget.value })}
            />
          </label>
          <SortChoice filters={filters} change={change} />
          <div class="segments sizes" role="group" aria-label="Size of cards">
            {sizes.map(([name, width], i) => (
              <button
                key={name}
                type="button"
                aria-label={name}
                aria-pressed={size === width}
                onClick={() => setSize(width)}
              >
                <i class={`size size-${i}`} aria-hidden="true" />
              </button>
            ))}
          </div>
        </div>
        {filters.only === undefined ? null : (
          <p class="chip">
            <bdi>{filters.only.name}</bdi>
            <button
              type="button"
              aria-label="Show all outcomes again"
              onClick={() => change({ ...filters, only: undefined })}
            >
              <Icon name="close" size={12} />
            </button>
          </p>
        )}
        <p class="found" role="status">
          {isFiltered(filters)
            ? `${count(rows.length)} of ${counted(data.rows.count, "outcome")}`
            : counted(rows.length, "outcome")}
        </p>
        {rows.length === 0 ? (
          <div class="empty">
            <p>No outcome matches.</p>
            <button type="button" class="button" onClick={() => change({ ...noFilters, sort: filters.sort })}>
              Clear all filters
            </button>
          </div>
        ) : (
          <OutcomeGrid rows={rows} size={size} printing={printing} />
        )}
      </section>
    </div>
  )
}
