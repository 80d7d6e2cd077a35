/** Where programs of the docs run: a folder with a few pictures, and a service on the loopback to call. */
import { engine } from "@sightline/engine"
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp from "sharp"

export interface Sandbox {
  readonly folder: string
  /** What a program finds in its environment: the settings of an account at the service. */
  readonly env: Readonly<Record<string, string>>
  readonly close: () => Promise<void>
}

/** A drawn picture: one colour with stripes that make it a texture of its own. */
const draw = (path: string, color: string, stripe: number) =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="320" height="240" fill="${color}"/>` +
        Array.from(
          { length: 8 },
          (_, i) => `<rect x="${i * stripe}" width="${stripe / 2}" height="240" fill="#fff8"/>`
        ).join("") +
        "</svg>"
    )
  )
    .jpeg()
    .toFile(path)

/** Draws what programs of the docs may name: `photo.jpg`, `photos/<concept>/*.jpg`. */
const drawAll = async (): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "sightline-docs-"))
  await draw(join(folder, "photo.jpg"), "teal", 40)
  for (const [concept, color] of [
    ["cat", "orange"],
    ["dog", "navy"]
  ] as const) {
    mkdirSync(join(folder, "photos", concept), { recursive: true })
    for (let i = 0; i < 6; i++) await draw(join(folder, "photos", concept, `${i}.jpg`), color, 20 + i * 4)
  }
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

let drawn: Promise<string> | undefined

/** A new folder and a new service, which know of no other. */
export const openSandbox = async (): Promise<Sandbox> => {
  const folder = mkdtempSync(join(tmpdir(), "sightline-docs-"))
  cpSync(await (drawn ??= drawAll()), folder, { recursive: true })
  const local = engine({ directory: join(folder, ".service") })
  const { url, close } = await local.serve({ key: "docs-key" })
  return {
    folder,
    env: { CLARIFAI_API_BASE: url, CLARIFAI_PAT: "docs-key", CLARIFAI_USER_ID: "me", CLARIFAI_APP_ID: "main" },
    close: async () => {
      await close()
      await local[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
