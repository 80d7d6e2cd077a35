/** Concepts that only shape, or only colour, separates: drawn by the test. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { predictHead, trainHead } from "../../src/learning/head.ts"
import { bufferVectors } from "../../src/learning/vector-buffer.ts"
import { makeRandom } from "../../src/seeded-random.ts"
import type { Pixels } from "../../src/vision/pixels.ts"
import { blocksOfVector, makeDescriber } from "../../src/vision/representation.ts"

type Random = () => number
type Shape = (u: number, v: number) => boolean

/** Outlines within |u|, |v| ≤ 1. */
const shapes: Readonly<Record<string, Shape>> = {
  disc: (u, v) => u * u + v * v < 0.8,
  cross: (u, v) => Math.min(Math.abs(u), Math.abs(v)) < 0.3,
  ring: (u, v) => u * u + v * v < 0.9 && u * u + v * v > 0.2,
  bars: (u) => Math.abs(((u + 1) * 1.5) % 1) < 0.5
}

const paint = (inside: Shape, random: Random, color: ReadonlyArray<number>): Pixels => {
  const side = 96
  const [x0, y0, radius] = [
    side * (0.4 + 0.2 * random()),
    side * (0.4 + 0.2 * random()),
    side * (0.25 + 0.1 * random())
  ]
  const turn = (random() - 0.5) * 0.4
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  const ground = 150 + 60 * random()
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)]
    const [u, v] = [((x - x0) * cos + (y - y0) * sin) / radius, ((y - y0) * cos - (x - x0) * sin) / radius]
    const level = Math.abs(u) < 1 && Math.abs(v) < 1 && inside(u, v) ? (color[i % 3] ?? 0) : ground
    return Math.min(255, Math.max(0, level + 40 * (random() - 0.5)))
  })
  return { width: side, height: side, data }
}

const anyColor = (random: Random) => [random() * 200, random() * 200, random() * 200]
const anyShape = (random: Random): Shape => Object.values(shapes)[Math.floor(random() * 4)] ?? (() => true)
const tints: Readonly<Record<string, ReadonlyArray<number>>> = {
  rust: [130, 70, 50],
  moss: [75, 110, 50],
  slate: [60, 80, 125]
}

const kinds = {
  shapes: {
    names: Object.keys(shapes),
    draw: (name: string, random: Random) => paint(shapes[name] ?? (() => true), random, anyColor(random))
  },
  colours: {
    names: Object.keys(tints),
    draw: (name: string, random: Random) => paint(anyShape(random), random, tints[name] ?? [])
  }
}

const describePicture = makeDescriber("fast")

/** Vectors of `each` pictures of every concept. */
const drawn = ({ draw, names }: (typeof kinds)["shapes"], each: number, seed: number) => {
  const random = makeRandom(seed)
  return names.flatMap((name) =>
    Array.from({ length: each }, () => ({
      vector: describePicture(draw(name, random)),
      labels: { [name]: 1 as const }
    }))
  )
}

type Drawn = ReturnType<typeof drawn>

/** The share of `tests` that a head recognizes. */
const accuracy = Effect.fnUntraced(function* (lessons: Drawn, tests: Drawn) {
  const concepts = [...new Set(lessons.flatMap(({ labels }) => Object.keys(labels)))]
  const head = yield* trainHead({
    ...(yield* bufferVectors(lessons)),
    blocks: blocksOfVector,
    embedder: "test",
    concepts,
    mutuallyExclusive: true,
    closedEnvironment: true,
    seed: 1
  })
  const right = tests.filter(({ labels, vector }) => {
    const scores = predictHead(head, vector)
    return labels[concepts[scores.indexOf(Math.max(...scores))] ?? ""] === 1
  })
  return right.length / tests.length
})

describe("five pictures of each concept", () => {
  it.live(
    "are enough for shapes of any colour, and for colours of any shape",
    () =>
      Effect.gen(function* () {
        const [lessons, tests] = [drawn(kinds.shapes, 5, 21), drawn(kinds.shapes, 8, 22)]
        const shapes = yield* accuracy(lessons, tests)
        const colours = yield* accuracy(drawn(kinds.colours, 5, 23), drawn(kinds.colours, 8, 24))
        assert.isAbove(shapes, 0.8) // chance is 0.25
        assert.isAbove(colours, 0.9)
      }),
    120_000
  )
})
