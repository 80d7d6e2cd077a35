/** What every part of the page can reach: the data, its blocks, and the names of rows. */
import { createContext } from "preact"
import { useContext, useEffect, useState } from "preact/hooks"
import { isRight } from "../../src/evaluation/scored-tests.ts"
import { type ReportData, type RowDetail, type RowKind, rowKinds } from "../../src/document/report-data.ts"
import type { Blocks } from "./blocks.ts"

/** One report as the page holds it. */
export interface OpenReport {
  readonly data: ReportData
  readonly blocks: Blocks
  /** Where the concepts of each row begin in its columns. */
  readonly conceptStart: ReadonlyArray<number>
  /** Where the boxes of each row begin. */
  readonly boxStart: ReadonlyArray<number>
  /** What is there, of rows that were tested and told wrongly. */
  readonly wrong: ReadonlyMap<number, string>
  /** Opens the lightbox with these rows at one of them. */
  readonly open: (rows: ReadonlyArray<number>, at: number) => void
  /** Shows outcomes of these rows alone, named so. */
  readonly only: (rows: ReadonlyArray<number>, name: string) => void
  /** Shows one call in the run. */
  readonly showCall: (id: number) => void
}

export const ReportContext = createContext<OpenReport | undefined>(undefined)

/** The open report. */
export const useReport = (): OpenReport => {
  const open = useContext(ReportContext)
  if (open === undefined) throw new Error("there is no report around this component")
  return open
}

/** Rows that the first version told wrongly, with what is there. */
export const wrongRows = ({ evaluation }: ReportData): ReadonlyMap<number, string> => {
  const scored = evaluation?.versions[0]?.scored
  if (evaluation === undefined || scored === undefined) return new Map()
  const namesOf = (truth: ReadonlyArray<number>): string =>
    truth.map((concept) => evaluation.concepts[concept]).join(", ")
  return new Map(
    scored.row.flatMap((row, test) =>
      isRight(scored, test, evaluation.exclusive) ? [] : [[row, namesOf(scored.truth[test] ?? [])] as const]
    )
  )
}

/** Sums of all counts before each. */
export const startsOf = (counts: ReadonlyArray<number>): ReadonlyArray<number> => {
  let sum = 0
  return counts.map((count) => {
    sum += count
    return sum - count
  })
}

/** A concept and its score. */
export interface ConceptScore {
  readonly concept: number
  readonly score: number
}

/** The `most` best concepts of a row. */
export const conceptsOf = (
  { conceptStart, data }: OpenReport,
  row: number,
  most: number
): ReadonlyArray<ConceptScore> => {
  const start = conceptStart[row] ?? 0
  const length = Math.min(most, data.rows.conceptCount[row] ?? 0)
  return Array.from({ length }, (_, i) => ({
    concept: data.rows.concept[start + i] ?? 0,
    score: data.rows.score[start + i] ?? 0
  }))
}

/** The caller's name of a row where it is shown, and its position. */
export const rowName = ({ data }: OpenReport, row: number): string => {
  const label = data.rows.label?.[row]
  return label === undefined || label === "" ? `#${data.rows.index[row] ?? row}` : label
}

/** The kind of a row's input. */
export const kindOf = ({ data }: OpenReport, row: number): RowKind => rowKinds[data.rows.kind[row] ?? 4] ?? "other"

/** The tag of a row's failure; undefined for an answer. */
export const errorOf = ({ data }: OpenReport, row: number): string | undefined =>
  data.errors[data.rows.error[row] ?? -1]

/** A row in a few words, for those who cannot see its picture. */
export const describeRow = (report: OpenReport, row: number): string => {
  const error = errorOf(report, row)
  if (error !== undefined) return `${rowName(report, row)}, failed: ${error}`
  const best = conceptsOf(report, row, 1).map(
    ({ concept, score }) => `${report.data.concepts[concept] ?? ""} ${score.toFixed(2)}`
  )
  return [rowName(report, row), kindOf(report, row), ...best].join(", ")
}

/** A row's detail, once it is read. */
export const useDetail = (row: number | undefined): RowDetail | undefined => {
  const { blocks } = useReport()
  const [found, setFound] = useState<{ readonly row: number; readonly detail: RowDetail | undefined }>()
  useEffect(() => {
    let current = true
    if (row !== undefined)
      void blocks.detail(row).then((detail) => {
        if (current) setFound({ row, detail })
      })
    return () => {
      current = false
    }
  }, [blocks, row])
  return found !== undefined && found.row === row ? found.detail : undefined
}

/** A picture's address, once it is read. */
export const usePicture = (picture: number | undefined): string | undefined => {
  const { blocks } = useReport()
  const [found, setFound] = useState<{ readonly picture: number; readonly address: string }>()
  useEffect(() => {
    let current = true
    if (picture !== undefined)
      void blocks.picture(picture).then((address) => {
        if (current) setFound({ picture, address })
      })
    return () => {
      current = false
    }
  }, [blocks, picture])
  return found !== undefined && found.picture === picture ? found.address : undefined
}
