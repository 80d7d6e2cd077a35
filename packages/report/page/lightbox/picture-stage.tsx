/** The large picture: zoomed and moved by wheel, pointer and keys, upright or as it is stored. */
import type { JSX } from "preact"
import { useLayoutEffect, useRef, useState } from "preact/hooks"
import type { ShapeData } from "../../src/document/report-data.ts"
import { MaskLayer, ShapeDrawing } from "../outcomes/shape-overlay.tsx"
import { colorClass } from "../shell/colors.ts"
import { score } from "../shell/format.ts"
import { Icon } from "../shell/icon.tsx"
import { placeOf, storedTransform, swapsSides } from "./turns.ts"

/** Which pixels the picture is shown in. */
export type ShownFrame = "upright" | "stored"

interface View {
  readonly zoom: number
  readonly x: number
  readonly y: number
}

const whole: View = { zoom: 1, x: 0, y: 0 }
const mostZoom = 12

const zoomed = (view: View, factor: number): View => {
  const zoom = Math.max(1, Math.min(mostZoom, view.zoom * factor))
  const scale = zoom / view.zoom
  return zoom === 1 ? whole : { zoom, x: view.x * scale, y: view.y * scale }
}

interface StageProps {
  readonly address: string
  /** Width over height of the upright picture. */
  readonly ratio: number
  readonly orientation: number
  readonly frame: ShownFrame
  readonly shapes: ReadonlyArray<ShapeData>
  readonly chosen: number | undefined
  readonly choose: (shape: number | undefined) => void
  readonly drawn: boolean
  readonly description: string
}

const labelOf = ({ concepts, score: own, text }: ShapeData): string => {
  const [best] = concepts
  const name = best === undefined ? (text ?? "") : best[0]
  return `${name} ${score(best?.[1] ?? own)}`.trim()
}

/** Size of a picture of that shape inside of a room, in pixels. */
const within = (ratio: number, width: number, height: number) =>
  width / height > ratio ? { width: height * ratio, height } : { width, height: width / ratio }

export const PictureStage = (props: StageProps): JSX.Element => {
  const { address, choose, chosen, description, drawn, frame, orientation, ratio, shapes } = props
  const room = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState({ width: 600, height: 400 })
  const [view, setView] = useState(whole)
  const drag = useRef<{ readonly x: number; readonly y: number } | undefined>(undefined)

  useLayoutEffect(() => setView(whole), [address, frame])
  useLayoutEffect(() => {
    const element = room.current
    if (element === null) return
    const measure = (): void => setSize({ width: element.clientWidth, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    // a listener of its own: only such a one may keep the page from scrolling
    const wheel = (event: WheelEvent): void => {
      event.preventDefault()
      setView((now) => zoomed(now, Math.exp(-event.deltaY / 400)))
    }
    element.addEventListener("wheel", wheel, { passive: false })
    return () => {
      observer.disconnect()
      element.removeEventListener("wheel", wheel)
    }
  }, [])
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.altKey || event.ctrlKey || event.metaKey) return
      if (event.key === "+" || event.key === "=") setView((now) => zoomed(now, 1.5))
      else if (event.key === "-") setView((now) => zoomed(now, 1 / 1.5))
      else if (event.key === "0") setView(whole)
    }
    window.addEventListener("keydown", press)
    return () => window.removeEventListener("keydown", press)
  }, [])

  const turned = frame === "stored" && swapsSides(orientation)
  const shown = within(turned ? 1 / ratio : ratio, size.width, size.height)
  const upright = turned ? { width: shown.height, height: shown.width } : shown
  const turn = frame === "stored" ? storedTransform(orientation) : "none"
  return (
    <div class="stage">
      <div
        class={`stage-room ${view.zoom > 1 ? "zoomed" : ""}`}
        ref={room}
        onDblClick={() => setView(view.zoom > 1 ? whole : zoomed(view, 3))}
        onPointerDown={(event) => {
          if (view.zoom === 1) return
          event.currentTarget.setPointerCapture(event.pointerId)
          drag.current = { x: event.clientX - view.x, y: event.clientY - view.y }
        }}
        onPointerMove={(event) => {
          const from = drag.current
          if (from !== undefined) setView({ zoom: view.zoom, x: event.clientX - from.x, y: event.clientY - from.y })
        }}
        onPointerUp={() => {
          drag.current = undefined
        }}
      >
        <div
          class="stage-picture"
          style={{
            width: `${shown.width}px`,
            height: `${shown.height}px`,
            transform: `translate(${view.x}px, ${view.y}px) scale(${view.zoom})`
          }}
        >
          <div
            class="turned"
            style={{
              width: `${upright.width}px`,
              height: `${upright.height}px`,
              transform: `translate(-50%, -50%) ${turn === "none" ? "" : turn}`
            }}
          >
            <img src={address} alt={description} draggable={false} />
            {drawn ? <MaskLayer shapes={shapes} /> : null}
            {drawn ? <ShapeDrawing shapes={shapes} chosen={chosen} /> : null}
          </div>
          {drawn
            ? shapes.map((shape, i) => {
                const edges = frame === "stored" ? shape.stored : shape.upright
                if (edges === undefined) return null
                return (
                  <div
                    key={i}
                    class={`hit ${i === chosen ? "chosen" : ""}`}
                    style={placeOf(edges)}
                    onPointerEnter={() => choose(i)}
                    onPointerLeave={() => choose(undefined)}
                  >
                    {shapes.length <= 12 || i === chosen ? (
                      <span
                        class={`tag ${colorClass(shape.concepts[0]?.[0] ?? "")} ${edges[0] < 0.06 ? "inside" : ""}`}
                        style={{ transform: `scale(${1 / view.zoom})` }}
                      >
                        <bdi>{labelOf(shape)}</bdi>
                      </span>
                    ) : null}
                  </div>
                )
              })
            : null}
        </div>
      </div>
      <div class="zoom" role="group" aria-label="Zoom">
        <button
          type="button"
          aria-label="Zoom out"
          disabled={view.zoom === 1}
          onClick={() => setView(zoomed(view, 1 / 1.5))}
        >
          <Icon name="minus" />
        </button>
        <button
          type="button"
          class="zoom-value"
          aria-label={`${Math.round(view.zoom * 100)} %: show the whole picture`}
          onClick={() => setView(whole)}
        >
          {Math.round(view.zoom * 100)} %
        </button>
        <button
          type="button"
          aria-label="Zoom in"
          disabled={view.zoom === mostZoom}
          onClick={() => setView(zoomed(view, 1.5))}
        >
          <Icon name="plus" />
        </button>
      </div>
    </div>
  )
}
