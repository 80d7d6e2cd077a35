/** Temporary folders with images, and with an engine that has a trained model. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { cli } from "./run-cli.ts"

/** A temporary folder that is removed at the end of its block. */
export const temporaryFolder = () => {
  const path = mkdtempSync(join(tmpdir(), "sightline-cli-"))
  return {
    path,
    /** Writes a file below the folder, and returns its path. */
    write: (name: string, content: string | Uint8Array): string => {
      const file = join(path, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      return file
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true })
  }
}

const side = 32
const colors = { cat: [210, 60, 40], dog: [40, 70, 210] } as const

/** A bitmap of one colour with noise, different for each seed. */
export const drawImage = (concept: keyof typeof colors, seed: number): Uint8Array => {
  const [red, green, blue] = colors[concept]
  const file = Buffer.alloc(54 + side * side * 3)
  file.write("BM")
  file.writeUInt32LE(file.length, 2)
  file.writeUInt32LE(54, 10)
  file.writeUInt32LE(40, 14)
  file.writeInt32LE(side, 18)
  file.writeInt32LE(side, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(24, 28)
  let state = seed * 7919 + 17
  for (let at = 54; at < file.length; at += 3)
    for (const [channel, level] of [blue, green, red].entries()) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      file[at + channel] = Math.max(0, Math.min(255, level + (state >>> 26) - 32))
    }
  return new Uint8Array(file)
}

/** Writes `each` images of both concepts into sub-folders. */
export const writePhotos = (folder: string, each: number): void => {
  for (const concept of ["cat", "dog"] as const) {
    mkdirSync(join(folder, concept), { recursive: true })
    for (let i = 0; i < each; i++)
      writeFileSync(join(folder, concept, `${String(i).padStart(4, "0")}.bmp`), drawImage(concept, i))
  }
}

let trained: Promise<string> | undefined

const train = async (): Promise<string> => {
  const path = mkdtempSync(join(tmpdir(), "sightline-cli-trained-"))
  process.once("exit", () => rmSync(path, { recursive: true, force: true }))
  writePhotos(join(path, "photos"), 10)
  const { code, stderr } = await cli(["train", "pets", "photos", "--exclusive", "--embedder", "fast"], { cwd: path })
  if (code !== 0) throw new Error(`the training ended with ${code}: ${stderr}`)
  return path
}

/** A temporary folder with `photos/cat`, `photos/dog`, and an engine with the model `pets`. Trains once in each process. */
export const trainedFolder = async () => {
  const folder = temporaryFolder()
  cpSync(await (trained ??= train()), folder.path, { recursive: true })
  return folder
}

/** The option that the engine of `trainedFolder` needs. */
export const fast = ["--embedder", "fast"]
