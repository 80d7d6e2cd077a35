/** The page: its heading, its views, and the lightbox over them. */
import type { JSX } from "preact"
import { useLayoutEffect, useMemo, useState } from "preact/hooks"
import type { ReportData } from "../../src/document/report-data.ts"
import { EvaluationView } from "../evaluation/evaluation-view.tsx"
import { Lightbox } from "../lightbox/lightbox.tsx"
import { type Filters, noFilters } from "../outcomes/filter.ts"
import { OutcomesView } from "../outcomes/outcomes-view.tsx"
import { RunView } from "../run/run-view.tsx"
import type { Blocks } from "./blocks.ts"
import { count, counted } from "./format.ts"
import { Icon } from "./icon.tsx"
import { type OpenReport, ReportContext, startsOf, wrongRows } from "./report-context.ts"
import { applyTheme, firstTheme } from "./theme.ts"

type View = "outcomes" | "evaluation" | "run"

interface Tab {
  readonly view: View
  readonly name: string
  readonly note: string
}

const tabsOf = ({ evaluation, rows, run, skipped }: ReportData): ReadonlyArray<Tab> => [
  ...(rows.count === 0 ? [] : [{ view: "outcomes", name: "Outcomes", note: count(rows.count) } as const]),
  ...(evaluation === undefined ? [] : [{ view: "evaluation", name: "Evaluation", note: "" } as const]),
  ...(run === undefined && skipped.length === 0
    ? []
    : [
        {
          view: "run",
          name: "Run",
          note: run === undefined || run.calls.length === 0 ? "" : count(run.calls.length)
        } as const
      ])
]

/** `#view=run` and `#outcome=12`, so that a part of a report can be pointed at. */
const fromHash = (hash: string): { readonly view: string | null; readonly outcome: string | null } => {
  const asked = new URLSearchParams(hash.replace(/^#/, ""))
  return { view: asked.get("view"), outcome: asked.get("outcome") }
}

interface Opened {
  readonly rows: ReadonlyArray<number>
  readonly at: number
}

const openedBy = ({ rows }: ReportData, outcome: string | null): Opened | undefined => {
  const row = outcome === null ? -1 : rows.index.indexOf(Number(outcome))
  return row === -1 ? undefined : { rows: [row], at: 0 }
}

interface AppProps {
  readonly data: ReportData
  readonly blocks: Blocks
  readonly printing: boolean
}

const Heading = ({ data }: { readonly data: ReportData }): JSX.Element => {
  const { models, rows, title } = data
  const failed = rows.error.filter((error) => error >= 0).length
  return (
    <div class="heading">
      <h1>
        <bdi>{title}</bdi>
      </h1>
      <p class="summary">
        {rows.count === 0 ? null : (
          <>
            <span class="state-well">
              <Icon name="answered" /> {count(rows.count - failed)} answered
            </span>
            {failed === 0 ? null : (
              <span class="state-failed">
                <Icon name="failed" /> {count(failed)} failed
              </span>
            )}
          </>
        )}
        {models.length === 0 ? null : (
          <span class="muted">
            {models.length <= 3 ? <bdi>{models.join(", ")}</bdi> : counted(models.length, "model")}
          </span>
        )}
      </p>
    </div>
  )
}

/** True where a key is a letter of a text. */
const isTyping = ({ target }: KeyboardEvent): boolean =>
  target instanceof HTMLInputElement && (target.type === "search" || target.type === "text")

/** The whole page. */
export const App = ({ blocks, data, printing }: AppProps): JSX.Element => {
  const tabs = useMemo(() => tabsOf(data), [data])
  const asked = useMemo(() => fromHash(location.hash), [])
  const [view, setView] = useState<View>(
    () => tabs.find((tab) => tab.view === asked.view)?.view ?? tabs[0]?.view ?? "run"
  )
  const [filters, setFilters] = useState<Filters>(noFilters)
  const [opened, setOpened] = useState<Opened | undefined>(() => openedBy(data, asked.outcome))
  const [call, setCall] = useState<number>()
  const [theme, setTheme] = useState(firstTheme)
  useLayoutEffect(() => applyTheme(theme), [theme])
  const show = (next: View): void => {
    setView(next)
    history.replaceState(null, "", `#view=${next}`)
    window.scrollTo(0, 0)
  }
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key !== "/" || isTyping(event)) return
      const search = document.getElementById("search")
      if (search === null) return
      event.preventDefault()
      search.focus()
    }
    window.addEventListener("keydown", press)
    return () => window.removeEventListener("keydown", press)
  }, [])
  const report = useMemo(
    (): OpenReport => ({
      data,
      blocks,
      conceptStart: startsOf(data.rows.conceptCount),
      boxStart: startsOf(data.rows.boxCount),
      wrong: wrongRows(data),
      open: (rows, at) => setOpened({ rows, at }),
      only: (rows, name) => {
        setFilters({ ...noFilters, only: { rows: new Set(rows), name } })
        show("outcomes")
      },
      showCall: (id) => {
        setOpened(undefined)
        setCall(id)
        show("run")
      }
    }),
    [data, blocks]
  )
  const moveTab = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0
    if (by === 0) return
    const at = tabs.findIndex((tab) => tab.view === view)
    const next = tabs[(at + by + tabs.length) % tabs.length]
    if (next === undefined) return
    show(next.view)
    document.getElementById(`tab-${next.view}`)?.focus()
  }
  const views: Readonly<Record<View, () => JSX.Element | null>> = {
    outcomes: () => <OutcomesView filters={filters} change={setFilters} printing={printing} />,
    evaluation: () => (data.evaluation === undefined ? null : <EvaluationView evaluation={data.evaluation} />),
    run: () => <RunView run={data.run} skipped={data.skipped} chosen={call} choose={setCall} printing={printing} />
  }
  return (
    <ReportContext.Provider value={report}>
      <header class="top">
        <Heading data={data} />
        <div class="tabs" role="tablist" aria-label="Views" onKeyDown={moveTab}>
          {tabs.map((tab) => (
            <button
              key={tab.view}
              type="button"
              role="tab"
              id={`tab-${tab.view}`}
              aria-selected={tab.view === view}
              aria-controls="view"
              tabIndex={tab.view === view ? 0 : -1}
              onClick={() => show(tab.view)}
            >
              {tab.name} {tab.note === "" ? null : <span class="segment-count">{tab.note}</span>}
            </button>
          ))}
        </div>
        <button
          type="button"
          class="button square theme"
          aria-label={theme === "dark" ? "Use the light theme" : "Use the dark theme"}
          onClick={() => setTheme(theme === "dark" ? "light" : "dark")}
        >
          <Icon name={theme === "dark" ? "sun" : "moon"} />
        </button>
      </header>
      <main>
        {printing ? (
          tabs.map((tab) => (
            <section key={tab.view} class="printed">
              <h2>{tab.name}</h2>
              {views[tab.view]()}
            </section>
          ))
        ) : (
          <div id="view" role="tabpanel" aria-labelledby={`tab-${view}`}>
            {views[view]()}
          </div>
        )}
      </main>
      {data.notes.length === 0 ? null : (
        <footer class="foot">
          {data.notes.map((note, i) => (
            <p key={i}>{note}</p>
          ))}
        </footer>
      )}
      {opened === undefined || printing ? null : (
        <Lightbox
          rows={opened.rows}
          at={opened.at}
          go={(at) => setOpened({ rows: opened.rows, at })}
          close={() => setOpened(undefined)}
        />
      )}
    </ReportContext.Provider>
  )
}
