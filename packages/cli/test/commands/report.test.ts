/** The HTML reports of `predict` and `train`. */
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { cli } from "../support/run-cli.ts"
import { fast, trainedFolder } from "../support/folders.ts"

type Place = Awaited<ReturnType<typeof trainedFolder>>

let place: Place | undefined
const here = (): string => {
  if (place === undefined) throw new Error("there is no folder")
  return place.path
}
beforeAll(async () => {
  place = await trainedFolder()
}, 120_000)
afterAll(() => place?.[Symbol.dispose]())

const titleOf = (path: string): string => /<title>([^<]*)</.exec(readFileSync(path, "utf8"))?.[1] ?? ""

describe("--report", () => {
  it("writes the outcomes of a prediction to one file, and prints where it is; the outcomes are the same", async () => {
    const args = ["predict", "photos", "-m", "pets", ...fast]
    const without = await cli(args, { cwd: here() })
    const { code, stderr, stdout } = await cli([...args, "--report", join("made", "report.html")], { cwd: here() })
    const path = join(here(), "made", "report.html")
    expect([code, stderr]).toEqual([0, expect.stringContaining(`report: ${path}\n`)])
    expect(stdout.split("\n").length).toBe(without.stdout.split("\n").length)
    expect(titleOf(path)).toBe("Predictions of pets")
  })

  it("writes the evaluation of a training", async () => {
    const args = ["train", "pets", "photos", "--report", "pets.html", ...fast]
    const { code, stderr } = await cli(args, { cwd: here() })
    const path = join(here(), "pets.html")
    expect([code, stderr]).toEqual([0, expect.stringContaining(`report: ${path}\n`)])
    expect(titleOf(path)).toBe("Training of pets")
  }, 60_000)

  it("that cannot be written is one line after the outcomes, with the exit code of what may not be used", async () => {
    mkdirSync(join(here(), "taken.html"))
    const args = ["predict", "photos", "-m", "pets", "--report", "taken.html", ...fast]
    const { code, stderr, stdout } = await cli(args, { cwd: here() })
    expect(code).toBe(5)
    expect(stdout.trimEnd().split("\n").length).toBeGreaterThan(10)
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/cannot be written to .*taken\.html: there is a folder/)
    ])
  })
})
