// A step that changes an answer and leaves it one: of regions that overlap, the best stays.
import { type Box, definePlugin, extend, type Region } from "@sightline/core/plugin"
import { Effect } from "effect"

const area = ({ bottom, left, right, top }: Box) => Math.max(0, bottom - top) * Math.max(0, right - left)
const overlap = (a: Box, b: Box) => {
  const [top, left] = [Math.max(a.top, b.top), Math.max(a.left, b.left)]
  const shared = area({ top, left, bottom: Math.min(a.bottom, b.bottom), right: Math.min(a.right, b.right) })
  return shared / (area(a) + area(b) - shared)
}

/** From the best on, each region that overlaps none of those kept so far by more than `most`. */
const best = (regions: ReadonlyArray<Region>, most: number) => {
  const kept: Array<Region> = []
  for (const one of regions.toSorted((a, b) => b.score - a.score))
    if (kept.every(({ box }) => overlap(box, one.box) <= most)) kept.push(one)
  return kept
}

export const nms = () =>
  definePlugin({
    name: "nms",
    version: 1,
    verbs: {
      nms: (most = 0.5) =>
        extend("nms.keep", { most }, ({ regions }: { readonly regions: ReadonlyArray<Region> }) =>
          Effect.succeed({ regions: best(regions, most) })
        )
    }
  })
