/** The `sightline` command from packed packages: it starts, trains and predicts, and starts fast. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Verdict } from "../ci/check.ts"
import { step } from "./consumer.ts"
import type { Tarball } from "./tarballs.ts"

const rounds = 11

/** Milliseconds of one process. */
const processMs = async (folder: string, ...args: ReadonlyArray<string>): Promise<number> => {
  const began = performance.now()
  await step(folder, process.execPath, ...args)
  return performance.now() - began
}

/** A bitmap of one colour: 8 × 8 pixels, with one byte that makes it different from others. */
const drawBitmap = (red: number, blue: number, seed: number): Uint8Array => {
  const file = Buffer.alloc(54 + 8 * 8 * 3)
  file.write("BM")
  file.writeUInt32LE(file.length, 2)
  file.writeUInt32LE(54, 10)
  file.writeUInt32LE(40, 14)
  file.writeInt32LE(8, 18)
  file.writeInt32LE(8, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(24, 28)
  for (let at = 54; at < file.length; at += 3) file.set([blue, seed, red], at)
  return new Uint8Array(file)
}

/**
 * Installs the packed command with npm and uses it as `npx` does. The start of `--help` may take 1.5 times that of
 * `node -e 0` plus 150 ms, in the best of interleaved rounds.
 */
export const tryCommand = async (folder: string, tarballs: ReadonlyArray<Tarball>): Promise<Verdict> => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty-folder", version: "0.0.0", private: true }))
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]
  await step(folder, "npm", "install", ...flags, ...tarballs.map(({ path }) => path))
  const command = (...args: ReadonlyArray<string>) => step(folder, "npx", "--no-install", "sightline", ...args)
  for (const [concept, red, blue] of [
    ["red", 220, 30],
    ["blue", 30, 220]
  ] as const) {
    mkdirSync(join(folder, "photos", concept), { recursive: true })
    for (let i = 0; i < 5; i++) writeFileSync(join(folder, "photos", concept, `${i}.bmp`), drawBitmap(red, blue, i))
  }
  await command("train", "colors", "photos", "--quiet")
  const predicted = await command("predict", "photos/red/1.bmp", "--model", "colors", "--top", "1")
  if (!predicted.includes(`"name":"red"`)) return { problem: `the command predicted ${predicted}` }
  const program = join(folder, "node_modules", "@sightline", "cli", "dist", "main.js")
  const [nothing, help]: [Array<number>, Array<number>] = [[], []]
  for (let round = 0; round < rounds; round++) {
    nothing.push(await processMs(folder, "-e", "0"))
    help.push(await processMs(folder, program, "--help"))
  }
  const [nothingMs, helpMs] = [Math.min(...nothing), Math.min(...help)]
  const note = `sightline --help ${helpMs.toFixed(0)} ms, node -e 0 ${nothingMs.toFixed(0)} ms`
  return helpMs <= nothingMs * 1.5 + 150 ? { note } : { problem: `too slow: ${note}` }
}
