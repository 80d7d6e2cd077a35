/** Boxes, outlines, points and masks over a picture. */
import type { JSX } from "preact"
import { useLayoutEffect, useRef } from "preact/hooks"
import type { Edges, MaskData, ShapeData } from "../../src/document/report-data.ts"
import { colorClass, colorValue } from "../shell/colors.ts"

/** Units of the drawing on each side. */
const units = 1000

/** Stroke widths stay those of the screen, however the drawing is stretched. */
const still = "non-scaling-stroke"

export const BoxOutline = ({
  color,
  edges,
  strong
}: {
  readonly edges: Edges
  readonly color: string
  readonly strong?: boolean
}): JSX.Element => {
  const [top, left, bottom, right] = edges
  const place = {
    x: left * units,
    y: top * units,
    width: Math.max(0, right - left) * units,
    height: Math.max(0, bottom - top) * units,
    "vector-effect": still
  }
  return (
    <g class={`shape ${color} ${strong === true ? "strong" : ""}`}>
      <rect class="halo" {...place} />
      <rect class="line" {...place} />
    </g>
  )
}

const points = (spots: ReadonlyArray<readonly [number, number]>): string =>
  spots.map(([x, y]) => `${x * units},${y * units}`).join(" ")

const nameOf = ({ concepts }: ShapeData): string => concepts[0]?.[0] ?? ""

/** The drawing of shapes over an upright picture. `chosen` is drawn stronger. */
export const ShapeDrawing = ({
  chosen,
  shapes
}: {
  readonly shapes: ReadonlyArray<ShapeData>
  readonly chosen?: number | undefined
}): JSX.Element => (
  <svg class="overlay" viewBox={`0 0 ${units} ${units}`} preserveAspectRatio="none" aria-hidden="true">
    {shapes.map((shape, i) => {
      const color = colorClass(nameOf(shape))
      return (
        <g key={i}>
          {shape.upright === undefined ? null : (
            <BoxOutline edges={shape.upright} color={color} strong={i === chosen} />
          )}
          {shape.polygon === undefined ? null : (
            <polygon class={`shape outline ${color}`} points={points(shape.polygon)} vector-effect={still} />
          )}
          {shape.points?.map(([x, y], at) => (
            <path key={at} class={`shape spot ${color}`} d={`M${x * units} ${y * units}h0`} vector-effect={still} />
          ))}
        </g>
      )
    })}
  </svg>
)

/** Calls `fill` for every pixel inside of a mask. */
const eachInside = ({ runs, width }: MaskData, fill: (x: number, y: number) => void): void => {
  let at = 0
  for (const [i, length] of runs.entries()) {
    if (i % 2 === 1) for (let k = at; k < at + length; k++) fill(k % width, Math.floor(k / width))
    at += length
  }
}

const channels = (color: string): readonly [number, number, number] => {
  const hex = /^#(..)(..)(..)$/.exec(color)
  return hex === null
    ? [80, 120, 255]
    : [Number.parseInt(hex[1] ?? "", 16), Number.parseInt(hex[2] ?? "", 16), Number.parseInt(hex[3] ?? "", 16)]
}

/** Masks of shapes, each in the colour of its concept. */
export const MaskLayer = ({ shapes }: { readonly shapes: ReadonlyArray<ShapeData> }): JSX.Element | null => {
  const canvas = useRef<HTMLCanvasElement>(null)
  const masked = shapes.filter(({ mask }) => mask !== undefined)
  const width = Math.max(1, ...masked.map(({ mask }) => mask?.width ?? 0))
  const height = Math.max(1, ...masked.map(({ mask }) => mask?.height ?? 0))
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d")
    if (context === null || context === undefined) return
    const image = context.createImageData(width, height)
    for (const shape of masked) {
      if (shape.mask === undefined) continue
      const [red, green, blue] = channels(colorValue(nameOf(shape)))
      const [stepX, stepY] = [width / shape.mask.width, height / shape.mask.height]
      eachInside(shape.mask, (x, y) => {
        for (let row = Math.floor(y * stepY); row < Math.floor((y + 1) * stepY); row++)
          for (let column = Math.floor(x * stepX); column < Math.floor((x + 1) * stepX); column++)
            image.data.set([red, green, blue, 130], 4 * (row * width + column))
      })
    }
    context.putImageData(image, 0, 0)
  })
  return masked.length === 0 ? null : <canvas class="overlay masks" ref={canvas} width={width} height={height} />
}
