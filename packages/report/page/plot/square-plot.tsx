/** A plot of fractions against fractions, with axes from 0 to 1. */
import type { ComponentChildren, JSX } from "preact"

/** Units of the plot's inside. */
export const side = 300
const margin = { left: 46, right: 14, top: 12, bottom: 42 }
const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]

/** A fraction as a place on the plot, from its left edge. */
export const across = (fraction: number): number => margin.left + side * fraction
/** A fraction as a place on the plot, from its bottom edge. */
export const up = (fraction: number): number => margin.top + side * (1 - fraction)

/** Where a pointer is, as fractions of the plot's inside. */
export const pointerAt = (event: PointerEvent, plot: SVGSVGElement): { readonly x: number; readonly y: number } => {
  const bounds = plot.getBoundingClientRect()
  const scale = (margin.left + side + margin.right) / bounds.width
  const inside = (place: number, from: number): number => Math.max(0, Math.min(1, (place - from) / side))
  return {
    x: inside((event.clientX - bounds.left) * scale, margin.left),
    y: 1 - inside((event.clientY - bounds.top) * scale, margin.top)
  }
}

interface SquarePlotProps {
  readonly x: string
  readonly y: string
  /** What the plot shows, in a sentence. */
  readonly description: string
  readonly children: ComponentChildren
  readonly onPoint?: (place: { readonly x: number; readonly y: number }) => void
}

export const SquarePlot = ({ children, description, onPoint, x, y }: SquarePlotProps): JSX.Element => {
  const point = (event: PointerEvent & { readonly currentTarget: SVGSVGElement }): void =>
    onPoint?.(pointerAt(event, event.currentTarget))
  return (
    <svg
      class={`plot ${onPoint === undefined ? "" : "draggable"}`}
      viewBox={`0 0 ${margin.left + side + margin.right} ${margin.top + side + margin.bottom}`}
      role="img"
      aria-label={description}
      onPointerDown={(event) => {
        if (onPoint === undefined) return
        event.currentTarget.setPointerCapture(event.pointerId)
        point(event)
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) point(event)
      }}
    >
      {ticks.map((tick) => (
        <g key={tick} class="tick">
          <line x1={across(tick)} x2={across(tick)} y1={up(0)} y2={up(1)} />
          <line x1={across(0)} x2={across(1)} y1={up(tick)} y2={up(tick)} />
          <text x={across(tick)} y={up(0) + 16} text-anchor="middle">
            {tick.toFixed(1)}
          </text>
          <text x={across(0) - 7} y={up(tick) + 4} text-anchor="end">
            {tick.toFixed(1)}
          </text>
        </g>
      ))}
      <text class="axis" x={across(0.5)} y={up(0) + 35} text-anchor="middle">
        {x}
      </text>
      <text class="axis" transform={`translate(12 ${up(0.5)}) rotate(-90)`} text-anchor="middle">
        {y}
      </text>
      {children}
    </svg>
  )
}
