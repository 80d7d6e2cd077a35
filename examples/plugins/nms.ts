// A step that changes an answer and leaves it one: of regions that overlap, the best stays.
import { type Box, definePlugin, extend, type Region } from "@sightline/core/plugin"
import { Effect } from "effect"

const area = ({ bottom, left, right, top }: Box) => Math.max(0, bottom - top) * Math.max(0, right - left)

const overlap = (a: Box, b: Box) => {
  const shared = area({
    top: Math.max(a.top, b.top),
    left: Math.max(a.left, b.left),
    bottom: Math.min(a.bottom, b.bottom),
    right: Math.min(a.right, b.right)
  })
  return shared / (area(a) + area(b) - shared)
}

const best = (regions: ReadonlyArray<Region>, most: number) =>
  regions
    .toSorted((a, b) => b.score - a.score)
    .filter((one, i, sorted) => sorted.slice(0, i).every((other) => overlap(one.box, other.box) <= most))

export const nms = () =>
  definePlugin({
    name: "nms",
    version: 1,
    verbs: {
      nms: (most = 0.5) =>
        extend("nms.keep", { most }, (answer: { readonly regions: ReadonlyArray<Region> }) =>
          Effect.succeed({ regions: best(answer.regions, most) })
        )
    }
  })
