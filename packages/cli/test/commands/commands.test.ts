/** Every command against the engine: what it prints, and how it ends. */
import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { dataPath, hasData } from "@sightline/fixtures"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { cli, main, start } from "../support/run-cli.ts"
import { drawImage, fast, temporaryFolder, trainedFolder, writePhotos } from "../support/folders.ts"

type Place = Awaited<ReturnType<typeof trainedFolder>>

const json = (text: string): ReadonlyArray<Record<string, unknown>> =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>) // what the command writes

let place: Place | undefined
const here = (): string => {
  if (place === undefined) throw new Error("there is no folder")
  return place.path
}
beforeAll(async () => {
  place = await trainedFolder()
}, 120_000)
afterAll(() => place?.[Symbol.dispose]())

describe("sightline predict", () => {
  it("prints a table on a terminal, and JSON in a pipe", async () => {
    const args = ["predict", join("photos", "cat", "0001.bmp"), "-m", "pets", ...fast]
    const terminal = await cli(args, { cwd: here(), tty: true })
    expect(terminal.code).toBe(0)
    expect(terminal.stdout).toMatch(/^CONCEPT +SCORE\ncat +\d+\.\d %\ndog +\d+\.\d %\n$/)
    const [line] = json((await cli(args, { cwd: here() })).stdout)
    expect(line).toMatchObject({
      input: join("photos", "cat", "0001.bmp"),
      ok: true,
      answer: { concepts: [{ name: "cat" }, { name: "dog" }] }
    })
    const csv = await cli([...args, "--format", "csv", "--top", "1"], { cwd: here() })
    expect(csv.stdout).toMatch(/^input,ok,time_ms,name[^\n]*\r\nphotos[^\n]*,cat,0\.\d+,[^\n]*\r\n$/)
    const quiet = await cli(["predict", "photos", "-m", "pets", "--quiet", ...fast], { cwd: here(), tty: true })
    expect([quiet.code, quiet.stderr]).toEqual([0, ""])
    expect(quiet.stdout.split("\n")).toHaveLength(21)
  })

  it("selects concepts, scores and versions", async () => {
    const [versions] = json((await cli(["versions", "pets", ...fast], { cwd: here() })).stdout)
    const args = ["predict", join("photos", "cat", "0001.bmp"), ...fast]
    for (const more of [
      ["-m", "pets", "--concepts", "cat"],
      ["-m", "pets", "--at-least", "0.5"],
      ["-m", `pets@${String(versions?.["id"])}`, "--top", "1"],
      ["-m", "pets", "--version", String(versions?.["id"]), "--top", "1"]
    ]) {
      const [line] = json((await cli([...args, ...more], { cwd: here() })).stdout)
      expect(line).toMatchObject({ ok: true, answer: { concepts: [{ name: "cat" }] } })
    }
    const both = await cli([...args, "-m", "pets@v1", "--version", "v2"], { cwd: here() })
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("the version is given twice") })
  })

  it("finds the engine's folder above, and names it if there is none", async () => {
    mkdirSync(join(here(), "deep", "er"), { recursive: true })
    const found = await cli(["predict", join("..", "..", "photos", "dog"), "-m", "pets", ...fast], {
      cwd: join(here(), "deep", "er")
    })
    expect(found.code).toBe(0)
    using empty = temporaryFolder()
    const none = await cli(["predict", "a.jpg", "-m", "pets"], { cwd: empty.path })
    expect(none).toMatchObject({
      code: 5,
      stdout: "",
      stderr: expect.stringMatching(/no engine folder \.sightline here or above; train a model/)
    })
  })

  it("opens a folder that has no database yet, and finds no model in it", async () => {
    using empty = temporaryFolder()
    mkdirSync(join(empty.path, ".sightline"))
    empty.write("a.bmp", drawImage("cat", 1))
    const { code, stderr } = await cli(["predict", "a.bmp", "-m", "pets", ...fast], { cwd: empty.path })
    expect([code, stderr.split("\n").length], stderr).toEqual([6, 2])
  })

  it("reports a missing file, a folder without media, and an unknown model in one line each", async () => {
    using empty = temporaryFolder()
    mkdirSync(join(empty.path, "nothing"))
    const cases = [
      [["predict", "nowhere.jpg", "-m", "pets", ...fast], 4, /there is no such file/],
      [["predict", join(empty.path, "nothing"), "-m", "pets", ...fast], 4, /there is no input in/],
      [["predict", "photos", "-m", "unknown-model", ...fast], 6, /'unknown-model' does not exist|not found/],
      [["predict", "photos"], 2, /no model is named; give --model/],
      [["predict", "-m", "pets"], 2, /no input is given/],
      [["predict", "*.gif", "-m", "pets", ...fast], 4, /no file matches/],
      [["predict", "photos", "-m", "pets", "--cloud", "--url", "http://127.0.0.1:1"], 2, /exclude each other/],
      [
        ["predict", "photos", "-m", "pets", "--embedder", "best"],
        5,
        /image encoder best cannot be used: .* has no model of that name/
      ]
    ] as const
    for (const [args, code, line] of cases) {
      const ran = await cli(args, { cwd: here() })
      expect([ran.code, ran.stderr.trimEnd().split("\n").length], ran.stderr).toEqual([code, 1])
      expect(ran.stderr).toMatch(line)
      expect(ran.stderr).toMatch(/^sightline predict: /)
    }
  })

  it("reports a model that takes inputs of another kind in one line", async () => {
    const { code, stderr } = await cli(["predict", "--text", "hello", "-m", "pets", ...fast], { cwd: here() })
    expect([4, 6]).toContain(code)
    expect(stderr.trimEnd().split("\n")).toHaveLength(1)
  })

  it("ends quietly when the reader of a pipe is gone", () => {
    const shell = `"${process.execPath}" --no-warnings "${main}" predict photos -m pets --embedder fast --format csv | head -1; echo "\${PIPESTATUS[0]}"`
    const { stderr, stdout } = spawnSync("bash", ["-c", shell], { cwd: here(), encoding: "utf8" })
    expect(stdout.split("\n")[0]).toContain("input,ok")
    expect(["141", "0"]).toContain(stdout.split("\n")[1]) // 0 if all of it fits into the pipe
    expect(stderr.replace(/^sightline predict: 20 inputs answered\n$/, "")).toBe("")
  })

  it("reports an output that cannot be written", { skip: !existsSync("/dev/full") }, () => {
    const shell = `"${process.execPath}" --no-warnings "${main}" predict photos -m pets --embedder fast > /dev/full; echo "$?"`
    const { stderr, stdout } = spawnSync("bash", ["-c", shell], { cwd: here(), encoding: "utf8" })
    expect([stdout, stderr]).toEqual([
      "1\n",
      expect.stringMatching(/^sightline predict: [^\n]*standard output cannot be written: the disk is full[^\n]*\n$/)
    ])
  })
})

describe("sightline plan", () => {
  it("shows calls, bytes and price without a network", async () => {
    const [plan] = json((await cli(["plan", "photos", "-m", "pets", ...fast], { cwd: here() })).stdout)
    expect(plan).toMatchObject({ items: 20, price: 0, unreadable: [] })
    const cloud = await cli(
      ["plan", "photos", "-m", "general", "--cloud", "--no-exif", "--price-per-input", "0.5", "--price-per-call", "1"],
      { cwd: here() }
    )
    expect(json(cloud.stdout)[0]).toMatchObject({ items: 20, price: 11 })
    const human = await cli(["plan", "photos", "-m", "general", "--cloud", "--no-exif", "--format", "human"], {
      cwd: here()
    })
    expect(human.stdout).toMatch(/1 call, 20 inputs, .*\n[^]*price: not known; give --price-per-call/)
    const wrong = await cli(["plan", "photos", "-m", "x", "--price-per-call", "cheap"], { cwd: here() })
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("a price must be a number") })
  })
})

describe("sightline train", () => {
  it("is finished at once if the same training is finished, and repeated with --again", async () => {
    const args = ["train", "pets", "photos", "--exclusive", ...fast]
    const [first] = json((await cli(args, { cwd: here() })).stdout)
    expect(first).toMatchObject({
      model: "pets",
      concepts: ["cat", "dog"],
      promoted: true,
      evaluation: { accuracy: 1 }
    })
    const human = await cli([...args, "--format", "human"], { cwd: here(), tty: true })
    expect(human.stdout).toMatch(/^pets version \w+\nCONCEPT +PRECISION +RECALL +F1 +TESTS\n/)
    expect(human.stderr).toContain("found")
  })

  it("stops at Ctrl-C, and the same command continues", { timeout: 120_000 }, async () => {
    using other = temporaryFolder()
    writePhotos(join(other.path, "photos"), 40)
    const args = ["train", "animals", "photos", ...fast]
    const process_ = start(args, { cwd: other.path })
    await process_.shows("adding")
    process_.kill("SIGINT")
    const { code, stderr } = await process_.ended
    if (code === 130) expect(stderr).toContain("stopped; to continue, repeat the same command")
    else expect(code).toBe(0) // it was finished before
    const again = await cli(args, { cwd: other.path })
    expect(again.code).toBe(0)
    expect(readdirSync(join(other.path, ".sightline", "trainings"))).toContain("animals.jsonl")
  })

  it("reports what is wrong with the examples, with exit code 4 or 8", async () => {
    using other = temporaryFolder()
    mkdirSync(join(other.path, "empty"))
    const cases = [
      [["train", "x", "nowhere", ...fast], 4, /there is no such folder/],
      [["train", "x", "empty", ...fast], 4, /no sub-folders/],
      [["train", "x", join(here(), "photos"), "--concepts", "cat,horse", ...fast], 8, /horse/],
      [["train", "x", "labels.csv", ...fast], 2, /give them with --concepts/]
    ] as const
    for (const [args, code, line] of cases) {
      const ran = await cli(args, { cwd: other.path })
      expect([ran.code, ran.stdout], ran.stderr).toEqual([code, ""])
      expect(ran.stderr).toMatch(line)
    }
  })
})

describe("sightline evaluate, compare and versions", () => {
  it("measure models on labelled images", { timeout: 120_000 }, async () => {
    const at = here()
    const [evaluated] = json((await cli(["evaluate", "pets", "photos", ...fast], { cwd: at })).stdout)
    expect(evaluated).toMatchObject({ model: "pets", evaluation: { tests: 20, accuracy: 1 } })
    const second = await cli(["train", "pets", "photos", "--exclusive", "--again", ...fast], { cwd: at })
    expect(second.code).toBe(0)
    const listed = json((await cli(["versions", "pets", ...fast], { cwd: at })).stdout).filter(
      ({ state }) => state === "ready"
    )
    expect(listed).toHaveLength(2)
    const [a, b] = listed.map(({ id }) => `pets@${String(id)}`)
    const compared = await cli(["compare", a ?? "", b ?? "", "-e", "photos", "--format", "human", ...fast], { cwd: at })
    expect(compared.stdout).toMatch(/^MODEL +VERSION +ACCURACY +MEAN F1 +TESTS\npets [^\n]*\npets [^\n]*\n$/)
    const csv = await cli(["evaluate", "pets", "photos", "--format", "csv", ...fast], { cwd: at })
    expect(csv.stdout).toMatch(/^model,version,concept[^\n]*\r\npets,\w+,cat,1,1,1,10\r\n/)
    const shown = await cli(["versions", "pets", "--format", "human", ...fast], { cwd: at })
    expect(shown.stdout.match(/untrained \(made with the model\)/g)).toHaveLength(1)
    const kept = await cli(["versions", "pets", "--keep", "1", ...fast], { cwd: at })
    expect(kept.stderr).toMatch(/deleted \w+/)
    expect(json(kept.stdout).filter(({ state }) => state === "ready")).toHaveLength(1)
    const gone = await cli(["evaluate", b ?? "", "photos", ...fast], { cwd: at })
    expect(gone).toMatchObject({ code: 6, stderr: expect.stringContaining("has no trained version") })
    const missing = await cli(["compare", "pets", "pets", ...fast], { cwd: at })
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("give --examples") })
  })
})

describe("sightline models, inputs and concepts", () => {
  it("list, show and check models, and write handles", async () => {
    const at = here()
    const [listed] = json((await cli(["models", "list", ...fast], { cwd: at })).stdout)
    expect(listed).toMatchObject({ id: "pets", task: "embedding-classifier" })
    const human = await cli(["models", "list", "--format", "human", ...fast], { cwd: at })
    expect(human.stdout).toMatch(/^ID +TYPE +STATE +NAME\npets +embedding-classifier +ready +pets\n$/)
    const [info] = json((await cli(["models", "info", "pets", ...fast], { cwd: at })).stdout)
    expect(info).toMatchObject({ model: "pets", concepts: ["cat", "dog"] })
    const [checked] = json((await cli(["models", "check", "pets", ...fast], { cwd: at })).stdout)
    expect(checked).toMatchObject({ model: "pets", ok: true })
    expect((await cli(["models", "check", "unknown", ...fast], { cwd: at })).code).toBe(6)
    const written = await cli(["models", "handles", "--out", "models.ts", ...fast], { cwd: at })
    expect(written).toMatchObject({ code: 0, stdout: "", stderr: "sightline models: 1 model in models.ts\n" })
    expect(readFileSync(join(at, "models.ts"), "utf8")).toContain(`concepts: ["cat","dog"]`)
    const again = await cli(["models", "handles", "--out", "models.ts", ...fast], { cwd: at })
    expect(again.stderr).toBe("sightline models: 1 model in models.ts, unchanged\n")
    const nowhere = await cli(["models", "handles", "--out", join("no", "models.ts"), ...fast], { cwd: at })
    expect(nowhere).toMatchObject({ code: 4, stderr: expect.stringContaining("its folder does not exist") })
    const both = await cli(["models", "handles", "pets", "--type", "x", ...fast], { cwd: at })
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("leave them out if models are named") })
    expect(readdirSync(at).filter((name) => name.endsWith(".tmp"))).toEqual([])
  })

  it("add, list and delete inputs", async () => {
    const at = here()
    writeFileSync(join(at, "new.bmp"), drawImage("cat", 900))
    writeFileSync(join(at, "broken.jpg"), "")
    const added = await cli(
      ["inputs", "add", "new.bmp", "broken.jpg", "--concepts", "cat", "--not-concepts", "dog", ...fast],
      { cwd: at }
    )
    expect(added.code).toBe(3)
    const [first, second] = json(added.stdout)
    expect(first).toMatchObject({ input: "new.bmp", ok: true })
    expect(second).toMatchObject({ input: "broken.jpg", ok: false, error: { tag: "MediaUnreadable" } })
    const id = String(first?.["id"])
    const listed = json((await cli(["inputs", "list", ...fast], { cwd: at })).stdout)
    expect(listed.find((input) => input["id"] === id)).toMatchObject({ kind: "image" })
    const deleted = await cli(["inputs", "delete", "-", ...fast], { cwd: at, stdin: `${id}\n` })
    expect(deleted).toMatchObject({ code: 0, stderr: "sightline inputs: 1 deleted\n" })
    const left = json((await cli(["inputs", "list", ...fast], { cwd: at })).stdout)
    expect(left.some((input) => input["id"] === id)).toBe(false)
    expect((await cli(["inputs", "delete", "-", ...fast], { cwd: at })).code).toBe(2)
    const concepts = await cli(["concepts", "list", "--format", "csv", ...fast], { cwd: at })
    expect(concepts.stdout).toBe("id,name\r\ncat,cat\r\ndog,dog\r\n")
  })
})

describe("sightline serve", () => {
  it("serves the engine until it is stopped, while other commands read it", { timeout: 120_000 }, async () => {
    const at = here()
    const process_ = start(["serve", "--port", "0", "--format", "json", ...fast], { cwd: at })
    await process_.shows("stop with Ctrl-C")
    process_.kill("SIGINT")
    const { code, stderr, stdout } = await process_.ended
    expect(code).toBe(0)
    expect(stderr).toContain("stopped")
    expect(json(stdout)[0]).toEqual({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) })
  })

  it("needs a key beyond this machine, from a private file", async () => {
    const at = here()
    const open = await cli(["serve", "--host", "0.0.0.0", "--port", "0", ...fast], { cwd: at })
    expect(open).toMatchObject({ code: 2, stderr: expect.stringContaining("needs a key") })
    writeFileSync(join(at, "key.txt"), "secret\n", { mode: 0o644 })
    chmodSync(join(at, "key.txt"), 0o644)
    const shared = await cli(["serve", "--key-file", "key.txt", "--port", "0", ...fast], { cwd: at })
    expect(shared).toMatchObject({
      code: 5,
      stderr: expect.stringContaining("can be read by other users; run: chmod 600 key.txt")
    })
    const missing = await cli(["serve", "--key-file", "no.txt", "--port", "0", ...fast], { cwd: at })
    expect(missing).toMatchObject({ code: 5, stderr: expect.stringContaining("there is no such file") })
    rmSync(join(at, "key.txt"))
  })
})

describe("sightline strip", () => {
  it("writes upright images without metadata", { skip: !hasData("exif") }, async () => {
    const at = here()
    const source =
      readdirSync(dataPath("exif"), { recursive: true, encoding: "utf8" }).find((name) => /\.jpg$/i.test(name)) ?? ""
    writeFileSync(join(at, "private.jpg"), readFileSync(dataPath("exif", source)))
    expect(readFileSync(join(at, "private.jpg")).toString("latin1")).toContain("Exif\0\0")
    const { code, stdout } = await cli(["strip", "private.jpg", "--out", "clean"], { cwd: at })
    expect(code).toBe(0)
    expect(json(stdout)).toEqual([{ input: "private.jpg", ok: true, file: join("clean", "private.jpg") }])
    expect(readFileSync(join(at, "clean", "private.jpg")).toString("latin1")).not.toContain("Exif\0\0")
    const before = statSync(join(at, "private.jpg")).size
    expect((await cli(["strip", "private.jpg", "--in-place"], { cwd: at })).code).toBe(0)
    expect(statSync(join(at, "private.jpg")).size).toBeLessThan(before)
  })

  it("reports files that are not images, and two that would be one", async () => {
    using other = temporaryFolder()
    other.write("a/x.bmp", drawImage("cat", 1))
    other.write("b/x.bmp", drawImage("cat", 2))
    other.write("bad.jpg", "no image")
    const bad = await cli(["strip", "bad.jpg", "--out", "clean"], { cwd: other.path })
    expect(bad.code).toBe(4)
    const both = await cli(["strip", "a", "b", "--out", "clean"], { cwd: other.path })
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("two images would be written to") })
    const neither = await cli(["strip", "a"], { cwd: other.path })
    expect(neither).toMatchObject({ code: 2, stderr: expect.stringContaining("either --out FOLDER or --in-place") })
    expect(readdirSync(join(other.path, "clean")).filter((name) => name.endsWith(".tmp"))).toEqual([])
  })
})

describe("sightline frames", () => {
  it("writes frames of videos as images", { skip: !hasData("video"), timeout: 120_000 }, async () => {
    const at = here()
    writeFileSync(join(at, "clip.mp4"), readFileSync(dataPath("video", "hevc_tiny.mp4")))
    const { code, stderr, stdout } = await cli(
      ["frames", "clip.mp4", "--every", "1s", "--out", "frames", "--max-side", "64"],
      { cwd: at }
    )
    expect(code, stderr).toBe(0)
    const lines = json(stdout)
    expect(lines.length).toBeGreaterThan(0)
    expect(lines[0]).toEqual({ input: "clip.mp4", timeMs: 0, file: join("frames", "clip-00000000.jpg") })
    const first = readFileSync(join(at, "frames", "clip-00000000.jpg"))
    expect([first[0], first[1]]).toEqual([0xff, 0xd8])
    const bad = await cli(["frames", "photos/cat/0001.bmp", "--out", "frames"], { cwd: at })
    expect(bad.code).toBe(4)
    const both = await cli(["frames", "clip.mp4", "--every", "1s", "--scenes", "--out", "frames"], { cwd: at })
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("exclude each other") })
    expect((await cli(["frames", "clip.mp4"], { cwd: at })).code).toBe(2)
  })
})

describe("sightline doctor", () => {
  it("checks the installation, the folder and the connection, with what to do", async () => {
    const ok = await cli(["doctor", ...fast], { cwd: here() })
    expect(ok.code, ok.stdout).toBe(0)
    const checks = json(ok.stdout)
    expect(checks.map(({ check }) => check)).toEqual([
      "@sightline/cli",
      "Node",
      "@sightline/engine",
      "@sightline/plugin-video",
      "onnxruntime-node",
      "@huggingface/transformers",
      "engine folder",
      "connection"
    ])
    expect(checks.every(({ state }) => state === "ok")).toBe(true)
    using empty = temporaryFolder()
    const none = json((await cli(["doctor"], { cwd: empty.path })).stdout)
    expect(none.at(-1)).toMatchObject({
      check: "engine folder",
      state: "note",
      remedy: expect.stringContaining("sightline train")
    })
    const down = await cli(["doctor", "--url", "http://127.0.0.1:1"], { cwd: empty.path })
    expect(down.code).toBe(5)
    expect(json(down.stdout).slice(-2)).toMatchObject([
      { check: "key", state: "note", remedy: expect.stringContaining("sightline login") },
      { check: "connection", state: "problem", found: expect.stringContaining("ECONNREFUSED") }
    ])
    const human = await cli(["doctor", "--format", "human"], { cwd: empty.path, tty: true })
    expect(human.stdout).toContain("\u001b[32mok")
  })
})
