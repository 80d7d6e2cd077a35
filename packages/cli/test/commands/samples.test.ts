/** The samples of docs/cli.md, run as they are written against the engine. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { dataPath, hasData } from "@sightline/fixtures"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { cli } from "../support/run-cli.ts"
import { drawImage, temporaryFolder, writePhotos } from "../support/folders.ts"
import { startSampleService } from "../support/sample-service.ts"

const page = readFileSync(join(import.meta.dirname, "../../../../docs/cli.md"), "utf8")
const section = page.slice(page.indexOf("## The platform's samples"))
const samples = [...section.matchAll(/^\| ([^|]+?) +\| `sightline ([^`]+)` +\|$/gm)].map(
  ([, name = "", command = ""]) => [name, command] as const
)

/** The words of a command line, with double quotes. */
const wordsOf = (command: string): ReadonlyArray<string> =>
  [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "")

/** A second of a loud tone and a second of silence as a WAV file: 16 kHz, mono, 16 bits. */
const drawSound = (): Uint8Array => {
  const samples_ = 1280
  const file = Buffer.alloc(44 + samples_ * 2)
  file.write("RIFF", 0, "latin1")
  file.writeUInt32LE(file.length - 8, 4)
  file.write("WAVEfmt ", 8, "latin1")
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(16_000, 24)
  file.writeUInt32LE(32_000, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write("data", 36, "latin1")
  file.writeUInt32LE(samples_ * 2, 40)
  for (let i = 0; i < samples_; i++) file.writeInt16LE(i < samples_ / 2 ? 30_000 : 0, 44 + i * 2)
  return new Uint8Array(file)
}

const hasVideo = hasData("video")

describe("the samples of the page", () => {
  const place = temporaryFolder()
  let service: Awaited<ReturnType<typeof startSampleService>> | undefined
  beforeAll(async () => {
    place.write("photo.jpg", drawImage("cat", 1))
    writePhotos(join(place.path, "photos"), 2)
    place.write("review.txt", "good good bad")
    writeFileSync(join(place.path, "sound.wav"), drawSound())
    mkdirSync(join(place.path, "out"), { recursive: true })
    if (hasVideo) cpSync(dataPath("video", "hevc_tiny.mp4"), join(place.path, "clip.mp4"))
    service = await startSampleService(place.path)
  }, 120_000)
  afterAll(async () => {
    await service?.[Symbol.asyncDispose]()
    place[Symbol.dispose]()
  })

  it("are all of the platform's", () => {
    expect(samples).toHaveLength(23)
  })

  it.each(samples)("%s: sightline %s", async (_, command) => {
    if (command.includes("clip.mp4") && !hasVideo) return
    const words = wordsOf(command).map((word) => word.replace("https://example.com", service?.files ?? ""))
    const { code, stderr, stdout } = await cli([...words, "--url", service?.url ?? ""], {
      cwd: place.path,
      env: { CLARIFAI_USER_ID: "me", CLARIFAI_APP_ID: "main" }
    })
    expect([code, stderr.includes("failed")], stderr + stdout).toEqual([0, false])
    const outcomes = stdout
      .split("\n")
      .slice(0, -1)
      .map((line): { readonly ok: boolean; readonly answer: object } => JSON.parse(line))
    expect(outcomes.length).toBeGreaterThan(0)
    for (const { answer, ok } of outcomes) {
      expect(ok).toBe(true)
      expect(Object.keys(answer).length).toBeGreaterThan(0)
    }
    if (command.includes("--save")) {
      const [file] = stdout.match(/out[\\/]+[^"]+/) ?? [""]
      expect(existsSync(join(place.path, file))).toBe(true)
      expect(readdirSync(join(place.path, "out")).length).toBeGreaterThan(0)
    }
    if (command.includes("review") || command.includes("good good bad"))
      expect(stdout).toMatch(/"name":"positive","score":0\.[5-9]/)
    if (command.includes("clip.mp4")) expect(stdout).toContain(`"frames":[{`)
    if (command.includes("What is this?")) expect(stdout).toContain("an answer to What is this?")
  })
})
