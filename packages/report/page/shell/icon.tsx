/** Icons, drawn on a grid of 16. */
import type { JSX } from "preact"

const paths = {
  sun: "M8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.5 1.5M11.5 11.5L13 13M13 3l-1.5 1.5M4.5 11.5L3 13M8 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6",
  moon: "M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5",
  close: "M4 4l8 8M12 4l-8 8",
  left: "M10 3L5 8l5 5",
  right: "M6 3l5 5l-5 5",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  filter: "M2 3h12L9.5 8.5V13l-3-1.5v-3z",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.5 10.5L14 14",
  failed: "M8 1.8a6.2 6.2 0 1 0 0 12.4a6.2 6.2 0 1 0 0-12.4M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6",
  answered: "M8 1.8a6.2 6.2 0 1 0 0 12.4a6.2 6.2 0 1 0 0-12.4M5.2 8.2l2 2l3.6-4.2",
  play: "M5 3l8 5l-8 5z",
  repeat: "M13 8a5 5 0 1 1-1.5-3.5M13 2v3h-3",
  text: "M3 3h10M8 3v10M6 13h4",
  audio: "M6 12V4l6-1.5v8M6 12a1.8 1.5 0 1 1-3.6 0a1.8 1.5 0 1 1 3.6 0M12 10.5a1.8 1.5 0 1 1-3.6 0a1.8 1.5 0 1 1 3.6 0",
  image: "M2 3h12v10H2zM2 11l3.5-3.5L9 11M8.5 9.5L11 7l3 3M5.2 5.8v.1"
} as const

export type IconName = keyof typeof paths

/** An icon beside words that say the same. */
export const Icon = ({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): JSX.Element => (
  <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)
