/** Images for tests: small bitmaps of one colour for each concept, with seeded noise, which a classifier separates. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const colors: Readonly<Record<string, readonly [number, number, number]>> = {
  cat: [210, 60, 40],
  dog: [40, 70, 210],
  fox: [40, 200, 60]
}

/** A seeded random generator (mulberry32), so that a failing test fails again. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const size = 32

/** A 32 × 32 bitmap that shows `concept`, different for each seed. */
export const drawImage = (concept: string, seed: number): Uint8Array => {
  const random = seededRandom(seed * 31 + concept.length)
  const [red, green, blue] = colors[concept] ?? [128, 128, 128]
  const file = Buffer.alloc(54 + size * size * 3)
  file.write("BM")
  file.writeUInt32LE(file.length, 2)
  file.writeUInt32LE(54, 10)
  file.writeUInt32LE(40, 14)
  file.writeInt32LE(size, 18)
  file.writeInt32LE(size, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(24, 28)
  for (let at = 54; at < file.length; at += 3)
    for (const [channel, level] of [blue, green, red].entries())
      file[at + channel] = Math.max(0, Math.min(255, level + Math.floor((random() - 0.5) * 80)))
  return new Uint8Array(file)
}

/** The concept that a bitmap shows, from the mean of its colours: how the fake service predicts. */
export const conceptIn = (bytes: Uint8Array): string => {
  const sums = [0, 0, 0]
  for (let at = 54; at < bytes.length; at++) sums[(at - 54) % 3] = (sums[(at - 54) % 3] ?? 0) + (bytes[at] ?? 0)
  const brightest = sums.indexOf(Math.max(...sums))
  return ["dog", "fox", "cat"][brightest] ?? ""
}

/** A temporary folder that is removed at the end of its block. */
export const temporaryFolder = () => {
  const path = mkdtempSync(join(tmpdir(), "sightline-training-"))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Writes `each` images of each concept into sub-folders. */
export const writePhotos = (path: string, concepts: ReadonlyArray<string>, each: number, from = 0): void => {
  for (const concept of concepts) {
    mkdirSync(join(path, concept), { recursive: true })
    for (let i = from; i < from + each; i++)
      writeFileSync(join(path, concept, `${String(i).padStart(5, "0")}.bmp`), drawImage(concept, i))
  }
}

/** Examples in memory. */
export const drawExamples = (concepts: ReadonlyArray<string>, each: number, from = 0) =>
  Array.from({ length: each }, (_, i) =>
    concepts.map((concept) => ({
      name: `${concept}-${from + i}`,
      input: drawImage(concept, from + i),
      concepts: [concept],
      notConcepts: concepts.filter((other) => other !== concept)
    }))
  ).flat()
