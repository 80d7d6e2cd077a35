// Small clips of every container, damaged at random, and what a decoder of hostile files is held to.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { isVideoError } from "../../src/errors.ts"
import { decodeFrames } from "../../src/index.ts"
import { ffmpeg } from "../oracle.ts"

const clips: Readonly<Record<string, ReadonlyArray<string>>> = {
  "a.mp4": ["-c:v", "libx264", "-bf", "2", "-g", "10"],
  "fragments.mp4": ["-c:v", "libx264", "-g", "5", "-movflags", "frag_keyframe+empty_moov"],
  "hevc.mp4": ["-c:v", "libx265", "-x265-params", "log-level=none", "-g", "10"],
  "a.mkv": ["-c:v", "libx264", "-g", "10"],
  "a.webm": ["-c:v", "libvpx-vp9", "-g", "10"],
  "a.ts": ["-c:v", "libx264", "-g", "10"],
  "mpeg2.ts": ["-c:v", "mpeg2video", "-g", "10"],
  "a.avi": ["-c:v", "mpeg4", "-g", "10"],
  "a.gif": []
}

/** Numbers from 0 to 1 that are the same for a seed. */
const randomOf = (seed: number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Bytes changed, zeroed, repeated or cut off. */
const damage = (bytes: Uint8Array, random: () => number): Uint8Array => {
  const made = new Uint8Array(bytes)
  const at = (length = made.length) => Math.floor(random() * length)
  const kind = at(4)
  if (kind === 0) return made.slice(0, 1 + at())
  if (kind === 1) {
    const start = at()
    return made.fill(random() < 0.5 ? 0 : 0xff, start, start + 1 + at(64))
  }
  if (kind === 2) {
    const [from, to] = [at(), at()]
    made.copyWithin(to, from, from + at(512))
    return made
  }
  // more at the front, where the structure is
  for (let n = 1 + at(12); n > 0; n--) made[random() < 0.7 ? at(Math.min(2000, made.length)) : at()] = at(256)
  return made
}

/** Damaged clips, `count` of each container: a name and the bytes. */
export const damagedClips = (count: number, seed: number): ReadonlyArray<readonly [string, Uint8Array]> => {
  const folder = mkdtempSync(join(tmpdir(), "sightline-damaged-"))
  const random = randomOf(seed)
  try {
    return Object.entries(clips).flatMap(([name, coding]) => {
      ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=2", ...coding, join(folder, name))
      const bytes = readFileSync(join(folder, name))
      return Array.from({ length: count }, (_, i) => [`${name} ${i}`, damage(bytes, random)] as const)
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Memory of this process and its children in bytes; Linux only, 0 elsewhere. */
const treeMemory = (): number => {
  if (process.platform !== "linux") return 0
  let sum = 0
  for (const name of readdirSync("/proc"))
    if (/^\d+$/.test(name))
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "latin1")
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
        if (Number(name) === process.pid || Number(fields[1]) === process.pid) sum += Number(fields[21]) * 4096
      } catch {
        // it ended meanwhile
      }
  return sum
}

/** Processor time of this thread, in milliseconds: what else the machine does has no part in it. */
const threadMs = (): number => {
  const { system, user } = process.threadCpuUsage()
  return (system + user) / 1000
}

/** How the decoding of one file ended. */
export interface Settled {
  readonly name: string
  readonly tookMs: number
  /** More than before the first file. */
  readonly addedMiB: number
  /** The longest work of this thread between two turns of its event loop. */
  readonly blockedMs: number
}

const deadlineMs = 10_000

/** Decodes files one after the other, each with a deadline, and asserts that each ends in frames or a typed error. */
export const settleAll = async (
  files: ReadonlyArray<readonly [string, Uint8Array]>
): Promise<ReadonlyArray<Settled>> => {
  const idle = treeMemory()
  const all: Array<Settled> = []
  for (const [name, bytes] of files) {
    let [most, blockedMs, last] = [0, 0, threadMs()]
    const tick = () => {
      const now = threadMs()
      blockedMs = Math.max(blockedMs, now - last)
      last = now
    }
    const timer = setInterval(tick, 5)
    const memory = setInterval(() => {
      most = Math.max(most, treeMemory() - idle)
      last = threadMs() // looking is not counted
    }, 50)
    const started = performance.now()
    const signal = AbortSignal.timeout(deadlineMs)
    try {
      const options = { maxSide: 64, everyMs: 100, signal, limits: { frames: 500, pixels: 4e7 } }
      for await (const _ of decodeFrames(bytes, options)) tick()
    } catch (error) {
      assert.isTrue(isVideoError(error) || error === signal.reason, `${name}: ${String(error)}`)
    } finally {
      tick()
      clearInterval(timer)
      clearInterval(memory)
    }
    all.push({ name, tookMs: performance.now() - started, addedMiB: most / 2 ** 20, blockedMs })
  }
  return all
}

/** Within the memory, and the event loop stays free, whatever else the machine does. */
export const assertBounded = ({ addedMiB, blockedMs, name }: Settled): void => {
  assert.isBelow(addedMiB, 512, name)
  assert.isBelow(blockedMs, 300, name)
}

/** The same, and settled by its deadline, give or take what a busy machine needs to report it. */
export const assertSettled = (one: Settled): void => {
  assertBounded(one)
  assert.isBelow(one.tookMs, deadlineMs + 5000, one.name)
}

/** The worst of each measure, in one line. */
export const worst = (all: ReadonlyArray<Settled>): string => {
  const most = (of: (one: Settled) => number, unit: string) => {
    const one = all.reduce((a, b) => (of(b) > of(a) ? b : a))
    return `${Math.round(of(one))} ${unit} (${one.name})`
  }
  return `${all.length} files; slowest ${most((one) => one.tookMs, "ms")}, most memory ${most((one) => one.addedMiB, "MiB")}, longest turn ${most((one) => one.blockedMs, "ms")}`
}
