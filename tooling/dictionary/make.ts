/**
 * Makes the built-in embedder's dictionary from drawn pictures: `node tooling/dictionary/make.ts` writes it,
 * with `--check` it only tells whether the stored one is what this script makes. Takes a minute or two.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { makeRandom } from "../../packages/engine/src/seeded-random.ts"
import { drawLeaves } from "../../packages/engine/src/vision/dead-leaves.ts"
import { denseColor, localColorSize } from "../../packages/engine/src/vision/features/local-color.ts"
import type { Planes } from "../../packages/engine/src/vision/features/planes.ts"
import { toPlanes } from "../../packages/engine/src/vision/features/planes.ts"
import { shrink } from "../../packages/engine/src/vision/features/pyramid.ts"
import { denseSift, siftSize } from "../../packages/engine/src/vision/features/sift.ts"
import { encodeVocabulary } from "../../packages/engine/src/vision/vocabulary.ts"
import type { Vocabulary } from "../../packages/engine/src/vision/vocabulary.ts"
import { learnMixture } from "./mixture.ts"
import { principal } from "./pca.ts"

const pictures = 400
const perPicture = 120
const target = new URL("../../packages/engine/src/vision/dictionary-bytes.ts", import.meta.url)

type Dense = (planes: Planes, out: Float32Array, first: number) => number

const sample = (all: ReadonlyArray<Planes>, dense: Dense, input: number, random: () => number): Float32Array => {
  const out = new Float32Array(pictures * perPicture * input)
  const room = new Float32Array(20_000 * input)
  for (const [i, planes] of all.entries()) {
    const count = dense(planes, room, 0)
    for (let k = 0; k < perPicture; k++) {
      const from = Math.floor(random() * count) * input
      out.set(room.subarray(from, from + input), (i * perPicture + k) * input)
    }
  }
  return out
}

const learn = (descriptors: Float32Array, input: number, size: number, words: number): Vocabulary => {
  const { mean, projection } = principal(descriptors, input, size)
  const rows = new Float32Array((descriptors.length / input) * size)
  for (let n = 0; n < rows.length / size; n++) {
    for (let i = 0; i < input; i++) {
      const value = (descriptors[n * input + i] ?? 0) - (mean[i] ?? 0)
      for (let d = 0; d < size; d++)
        rows[n * size + d] = (rows[n * size + d] ?? 0) + value * (projection[i * size + d] ?? 0)
    }
  }
  return { input, size, words, mean, projection, ...learnMixture(rows, size, words, makeRandom(11)) }
}

const make = (): string => {
  const random = makeRandom(5)
  // each picture is seen at one of the sizes that the embedder looks at
  const all = Array.from({ length: pictures }, (_, i) => {
    const planes = toPlanes(drawLeaves(1000 + i, 256, 192))
    return i % 3 === 0 ? planes : shrink(planes, i % 3 === 1 ? 0.7 : 0.5)
  })
  const sift = learn(sample(all, denseSift, siftSize, random), siftSize, 48, 64)
  const color = learn(sample(all, denseColor, localColorSize, random), localColorSize, 32, 64)
  return Buffer.concat([encodeVocabulary(sift), encodeVocabulary(color)]).toString("base64")
}

const lines = make().match(/.{1,110}/g) ?? []
const text = `/** The dictionary's bytes in base64. Written by tooling/dictionary/make.ts from drawn pictures: do not edit. */
export const dictionaryBytes: string = [
${lines.map((line) => `  "${line}"`).join(",\n")}
].join("")
`
if (process.argv.includes("--check")) {
  const same = readFileSync(target, "utf8") === text
  console.log(
    same ? "the stored dictionary is what this script makes" : "the stored dictionary differs: run without --check"
  )
  process.exitCode = same ? 0 : 1
} else {
  writeFileSync(target, text)
  console.log(`wrote ${text.length} bytes`)
}
