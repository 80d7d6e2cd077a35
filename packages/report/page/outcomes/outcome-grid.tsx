/** The grid: only the cards on screen are there, however many rows there are. */
import type { JSX } from "preact"
import { useLayoutEffect, useRef, useState } from "preact/hooks"
import { useReport } from "../shell/report-context.ts"
import { OutcomeCard } from "./outcome-card.tsx"

/** Height of a card below its picture, and the gap between cards, in CSS pixels. */
const wordsHeight = 76
const gap = 12
/** Rows of cards beyond the screen, above and below. */
const beyond = 2
/** Most cards on paper. */
const mostPrinted = 240

interface Layout {
  readonly columns: number
  readonly cardWidth: number
  readonly rowHeight: number
}

const layoutOf = (width: number, wanted: number): Layout => {
  const columns = Math.max(2, Math.floor((width + gap) / (wanted + gap)))
  const cardWidth = (width - gap * (columns - 1)) / columns
  return { columns, cardWidth, rowHeight: Math.round(cardWidth) + wordsHeight + gap }
}

/** Which rows of cards are on screen. */
interface Visible {
  readonly first: number
  readonly last: number
}

const steps: Readonly<Record<string, (columns: number) => number>> = {
  ArrowRight: () => 1,
  ArrowLeft: () => -1,
  ArrowDown: (columns) => columns,
  ArrowUp: (columns) => -columns,
  PageDown: (columns) => columns * 4,
  PageUp: (columns) => -columns * 4,
  Home: () => -Infinity,
  End: () => Infinity
}

/** A virtual grid of these rows. `size`: the wanted width of a card. */
export const OutcomeGrid = ({
  printing,
  rows,
  size
}: {
  readonly rows: ReadonlyArray<number>
  readonly size: number
  readonly printing: boolean
}): JSX.Element => {
  const { open } = useReport()
  const list = useRef<HTMLUListElement>(null)
  const [width, setWidth] = useState(0)
  const [visible, setVisible] = useState<Visible>({ first: 0, last: 6 })
  const [focused, setFocused] = useState(0)
  /** A card that gets the focus once it is there. */
  const wanted = useRef<number | undefined>(undefined)
  const layout = layoutOf(width === 0 ? 800 : width, size)
  const { columns, rowHeight } = layout
  const lines = Math.ceil(rows.length / columns)

  useLayoutEffect(() => {
    const element = list.current
    if (element === null) return
    const measure = (): void => setWidth(element.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  useLayoutEffect(() => {
    const look = (): void => {
      const top = list.current?.getBoundingClientRect().top ?? 0
      const first = Math.max(0, Math.floor(-top / rowHeight) - beyond)
      const last = Math.ceil((window.innerHeight - top) / rowHeight) + beyond
      setVisible((now) => (now.first === first && now.last === last ? now : { first, last }))
    }
    look()
    window.addEventListener("scroll", look, { passive: true })
    window.addEventListener("resize", look)
    return () => {
      window.removeEventListener("scroll", look)
      window.removeEventListener("resize", look)
    }
  }, [rowHeight, rows.length])

  useLayoutEffect(() => setFocused(0), [rows])

  useLayoutEffect(() => {
    if (wanted.current === undefined) return
    const card = list.current?.querySelector<HTMLElement>(`[data-position="${wanted.current}"] button`)
    if (card === null || card === undefined) return
    wanted.current = undefined
    card.focus({ preventScroll: true })
  })

  const move = (event: KeyboardEvent): void => {
    const step = steps[event.key]?.(columns)
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const next = Math.max(0, Math.min(rows.length - 1, focused + step))
    wanted.current = next
    setFocused(next)
    const top = (list.current?.getBoundingClientRect().top ?? 0) + Math.floor(next / columns) * rowHeight
    const header = 120
    if (top < header) window.scrollBy(0, top - header)
    else if (top + rowHeight > window.innerHeight) window.scrollBy(0, top + rowHeight - window.innerHeight)
  }

  const first = printing ? 0 : Math.min(visible.first, Math.max(0, lines - 1))
  const last = printing ? Math.ceil(mostPrinted / columns) : visible.last
  const shown = rows.slice(first * columns, Math.min(rows.length, last * columns))
  return (
    <>
      <ul
        class={`grid ${printing ? "printing" : ""}`}
        ref={list}
        style={printing ? {} : { height: `${Math.max(0, lines * rowHeight - gap)}px` }}
        onKeyDown={move}
        aria-label="Outcomes"
      >
        {shown.map((row, i) => {
          const position = first * columns + i
          const [line, column] = [Math.floor(position / columns), position % columns]
          const place = {
            width: `${layout.cardWidth}px`,
            height: `${rowHeight - gap}px`,
            transform: `translate(${column * (layout.cardWidth + gap)}px, ${line * rowHeight}px)`
          }
          return (
            <li
              key={row}
              data-position={position}
              style={printing ? {} : place}
              aria-posinset={position + 1}
              aria-setsize={rows.length}
            >
              <OutcomeCard
                row={row}
                focused={position === focused}
                open={() => open(rows, position)}
                focus={() => setFocused(position)}
              />
            </li>
          )
        })}
      </ul>
      {printing && rows.length > shown.length ? (
        <p class="note">
          {shown.length} of {rows.length} outcomes are printed.
        </p>
      ) : null}
    </>
  )
}
