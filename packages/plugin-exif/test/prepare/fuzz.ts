/** Damages files in the ways that files get damaged, and checks that every function returns a typed result. */
import { assert } from "@effect/vitest"
import { seeded } from "@sightline/fixtures/drawing"
import { Effect, Exit } from "effect"
import { isImageError } from "../../src/errors.ts"
import { readMetadata } from "../../src/file/image-metadata.ts"
import { strip } from "../../src/file/strip-metadata.ts"
import { turn } from "../../src/file/turn-upright.ts"
import { prepared } from "../dataset.ts"

/** A damaged copy: bytes changed, numbers pushed to their limits, parts cut out, doubled, swapped or cut off. */
export const damaged = (source: Uint8Array, random: () => number): Uint8Array => {
  let bytes = Uint8Array.from(source)
  const somewhere = () => Math.floor(random() ** 2 * bytes.length) // headers are at the front
  const times = 1 + Math.floor(random() * 6)
  for (let i = 0; i < times && bytes.length > 8; i++) {
    const at = somewhere()
    const kind = Math.floor(random() * 6)
    if (kind === 0) bytes[at] = Math.floor(random() * 256)
    else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
    else if (kind === 2) bytes.fill(random() < 0.5 ? 0xff : 0, at, at + 1 + Math.floor(random() * 4))
    else if (kind === 3) bytes = bytes.slice(0, at + 1)
    else {
      const size = 1 + Math.floor(random() * 64)
      const piece = bytes.slice(at, at + size)
      const rest = kind === 4 ? [piece, piece] : []
      bytes = Uint8Array.from([
        ...bytes.subarray(0, at),
        ...rest.flatMap((part) => [...part]),
        ...bytes.subarray(at + size)
      ])
    }
  }
  return bytes
}

/** Processor time of this process and its threads so far: a busy machine does not lengthen it. */
const processorMs = (): number => {
  const { system, user } = process.cpuUsage()
  return (system + user) / 1000
}

/** What the fuzzer measured. */
export interface FuzzReport {
  readonly runs: number
  readonly slowestMs: number
  readonly peakRssMb: number
}

/**
 * Tries `runs` damaged files, or as many as `withinMs` allow. Fails on any exception, on any untyped failure, and when one
 * file takes over 5 s of processor time or leaves the process with over 512 MiB more than it had.
 */
export const fuzz = async (
  sources: ReadonlyArray<readonly [string, Uint8Array]>,
  runs: number,
  seed: number,
  withPixels: boolean,
  withinMs = Infinity
): Promise<FuzzReport> => {
  const random = seeded(seed)
  const before = process.memoryUsage().rss
  let slowestMs = 0
  let peakRssMb = 0
  const began = performance.now()
  for (let run = 0; run < runs; run++) {
    if (performance.now() - began > withinMs) return { runs: run, slowestMs, peakRssMb }
    const [name, source] = sources[Math.floor(random() * sources.length)] ?? ["nothing", new Uint8Array()]
    const bytes = damaged(source, random)
    const label = `${name}, run ${run} of seed ${seed}`
    const start = processorMs()
    const orientation = ([2, 3, 4, 5, 6, 7, 8] as const)[run % 7] ?? 6
    for (const read of [
      readMetadata(bytes),
      strip(bytes),
      turn(bytes, { orientation, partialBlocks: run % 2 === 0 ? "trim" : "requantise" })
    ]) {
      if (!read.ok) assert.isTrue(isImageError(read.error), label)
    }
    if (withPixels) {
      const exit = await Effect.runPromise(
        Effect.exit(prepared(bytes, { maxPixels: 1 << 24, ...(run % 2 === 0 ? { accepts: ["png"] as const } : {}) }))
      )
      const [reason] = Exit.isFailure(exit) ? exit.cause.reasons : []
      if (reason !== undefined)
        assert.isTrue(reason._tag === "Fail" && isImageError(reason.error), `${label}: ${String(reason)}`)
    }
    slowestMs = Math.max(slowestMs, processorMs() - start)
    peakRssMb = Math.max(peakRssMb, (process.memoryUsage().rss - before) / (1 << 20))
    assert.isBelow(slowestMs, 5000, label)
    assert.isBelow(peakRssMb, 512, label)
  }
  return { runs, slowestMs, peakRssMb }
}
