/** Stopping and continuing: 1,000 files, 20 of them bad, stopped by a signal at ten random moments. */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { badMark, startCountingService } from "../support/counting-service.ts"
import { temporaryFolder } from "../support/folders.ts"
import { cli, start } from "../support/run-cli.ts"

const files = 1000
const isBad = (index: number) => index % 50 === 7
const bytesEach = 60_000
const env = { CLARIFAI_PAT: "key", CLARIFAI_USER_ID: "me", CLARIFAI_APP_ID: "main" }

describe("a run of 1,000 files with 20 bad ones", () => {
  const place = temporaryFolder()
  const args = (url: string) => ["predict", "photos", "-m", "pets", "--url", url, "--no-exif", "--concurrency", "2"]
  let service: Awaited<ReturnType<typeof startCountingService>> | undefined
  const running = () => {
    if (service === undefined) throw new Error("the service did not start")
    return service
  }
  beforeAll(async () => {
    mkdirSync(join(place.path, "photos"))
    for (let i = 0; i < files; i++) {
      const content = Buffer.alloc(bytesEach, i % 251)
      content.write(`${isBad(i) ? badMark : "BM"} ${i}`)
      writeFileSync(join(place.path, "photos", `${String(i).padStart(4, "0")}.bmp`), content)
    }
    service = await startCountingService({ delayMs: 60 })
  }, 60_000)
  afterAll(async () => {
    await service?.[Symbol.asyncDispose]()
    place[Symbol.dispose]()
  })

  it(
    "answers each input once, however often it is stopped, and writes the same bytes",
    { timeout: 600_000 },
    async () => {
      const { counts, state, url } = running()
      const undisturbed = await cli(args(url), { cwd: place.path, env })
      expect(undisturbed.code).toBe(3)
      expect(undisturbed.stderr).toContain("980 inputs answered, 20 failed; repeat the failed ones with --retry-failed")
      const calls = state.calls
      expect(calls).toBeGreaterThan(15)
      counts.clear()

      const out = join(place.path, "out.ndjson")
      writeFileSync(out, "")
      let stops = 0
      for (let round = 0; round < 60; round++) {
        const running_ = start([...args(url), "--resume", "out.ndjson"], { cwd: place.path, env })
        // Stopped while the first or the second call of the process is answered, at a random time of it.
        const after = state.calls + 1 + Math.floor(Math.random() * 2)
        state.onCall = (now) => {
          if (stops < 10 && now === after)
            setTimeout(() => running_.kill(stops % 3 === 2 ? "SIGTERM" : "SIGINT"), Math.random() * 60)
        }
        const { code, stderr, stdout } = await running_.ended
        appendFileSync(out, stdout)
        if (code === 3 || code === 0) break
        stops++
        expect([130, 143]).toContain(code)
        expect(stderr).toMatch(
          /stopped after \d+ inputs?; to continue, repeat the command with --resume out\.ndjson >> out\.ndjson/
        )
      }
      state.onCall = undefined
      expect(stops).toBe(10)
      expect(counts.size).toBe(files)
      expect([...counts.values()].filter((count) => count !== 1)).toEqual([])
      expect(readFileSync(out, "utf8")).toBe(undisturbed.stdout)

      // The failed ones alone, from the file itself or of the same folder.
      counts.clear()
      const retried = await cli(["predict", "-m", "pets", "--url", url, "--no-exif", "--retry-failed", "out.ndjson"], {
        cwd: place.path,
        env
      })
      expect(retried.code).toBe(4)
      expect(counts.size).toBe(20)
      const again = await cli([...args(url), "--retry-failed", "out.ndjson"], { cwd: place.path, env })
      expect(again.stdout).toBe(retried.stdout)
      expect(retried.stdout.split("\n")).toHaveLength(21)

      // Nothing is left.
      counts.clear()
      const finished = await cli([...args(url), "--resume", "out.ndjson"], { cwd: place.path, env })
      expect(finished).toMatchObject({ code: 0, stdout: "" })
      expect(finished.stderr).toContain("0 inputs answered, 1000 skipped")
      expect(counts.size).toBe(0)
    }
  )

  it("ends at once at the second signal", { timeout: 60_000 }, async () => {
    const { state, url } = running()
    const { delayMs } = state
    state.delayMs = 30_000
    try {
      const process_ = start(args(url), { cwd: place.path, env })
      await new Promise<void>((called) => (state.onCall = () => called()))
      const began = performance.now()
      process_.kill("SIGINT")
      await new Promise((resolve) => setTimeout(resolve, 300))
      process_.kill("SIGINT")
      const { code } = await process_.ended
      expect(code).toBe(130)
      expect(performance.now() - began).toBeLessThan(5000)
    } finally {
      state.onCall = undefined
      state.delayMs = delayMs
    }
  })

  it(
    "keeps the answers of other calls when one call fails for good, and continues with the others",
    { timeout: 120_000 },
    async () => {
      const { counts, state, url } = running()
      counts.clear()
      state.calls = 0
      // The fourth call is refused, while the third one is still being answered.
      state.refuse = (call) => call >= 4
      const stopped = await cli(args(url), { cwd: place.path, env })
      state.refuse = undefined
      expect(stopped.code).toBe(5)
      expect(stopped.stderr).toMatch(/stopped after \d+ inputs; to continue.*\n.*credential was not accepted/)
      const lines = stopped.stdout.split("\n").slice(0, -1)
      expect(lines.length).toBe([...counts.values()].length)
      writeFileSync(join(place.path, "part.ndjson"), stopped.stdout)
      const rest = await cli([...args(url), "--resume", "part.ndjson"], { cwd: place.path, env })
      expect(rest.code).toBe(3)
      expect([...counts.values()].filter((count) => count !== 1)).toEqual([])
      expect(counts.size).toBe(files)
    }
  )

  it("stops at the first error that concerns every input, and writes no outcome", async () => {
    const missing = await cli(["predict", "photos", "-m", "pets", "--engine", "nowhere"], { cwd: place.path })
    expect(missing).toMatchObject({ code: 5, stdout: "" })
    expect(missing.stderr.split("\n")).toHaveLength(2)
  })
})

describe("--resume and --retry-failed", () => {
  it("exclude each other, and need a file", async () => {
    using at = temporaryFolder()
    const both = await cli(["predict", "a.jpg", "-m", "x", "--resume", "a", "--retry-failed", "b"], { cwd: at.path })
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("exclude each other") })
    const none = await cli(["predict", "a.jpg", "-m", "x", "--resume", "a"], { cwd: at.path })
    expect(none).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("the outcomes in a cannot be read: there is no such file")
    })
    at.write("all.ndjson", `${JSON.stringify({ input: "a", ok: true, answer: {} })}\n`)
    const nothing = await cli(["predict", "-m", "x", "--retry-failed", "all.ndjson"], { cwd: at.path })
    expect(nothing).toMatchObject({ code: 0, stdout: "", stderr: "sightline predict: no input has failed\n" })
  })
})
