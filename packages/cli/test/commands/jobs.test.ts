/** `sightline jobs`: submitted, run and read by separate commands over one file, against a service that counts. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { badMark, startCountingService } from "../support/counting-service.ts"
import { drawImage, temporaryFolder } from "../support/folders.ts"
import { cli, start } from "../support/run-cli.ts"

const env = { CLARIFAI_PAT: "key", CLARIFAI_USER_ID: "me", CLARIFAI_APP_ID: "main" }
const photos = 6

describe("sightline jobs", { timeout: 60_000 }, () => {
  const place = temporaryFolder()
  let service: Awaited<ReturnType<typeof startCountingService>> | undefined
  const url = () => service?.url ?? ""
  const run = (args: ReadonlyArray<string>, stdin = "") => cli(["jobs", ...args], { cwd: place.path, env, stdin })
  const submit = (args: ReadonlyArray<string>, stdin = "") =>
    run(["submit", ...args, "-m", "pets", "--url", url(), "--no-exif", "-q"], stdin)
  const work = (more: ReadonlyArray<string> = []) => run(["work", "--url", url(), "--no-exif", "--until-idle", ...more])
  const linesOf = (stdout: string): ReadonlyArray<Record<string, unknown>> =>
    stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  beforeAll(async () => {
    for (let i = 0; i < photos; i++) place.write(`photos/${i}.bmp`, drawImage("cat", i))
    place.write("photos/notes.db", "not a medium")
    service = await startCountingService({ delayMs: 0 })
  })
  afterAll(async () => {
    await service?.[Symbol.asyncDispose]()
    place[Symbol.dispose]()
  })

  it("submits a folder once, works on it, and prints its outcomes by the names of the inputs", async () => {
    const submitted = await submit(["photos"])
    expect(submitted.code, submitted.stderr).toBe(0)
    const [job] = linesOf(submitted.stdout)
    expect(job).toMatchObject({ state: "running", inputs: photos, listed: true, calls: { made: 0, planned: 1 } })
    const [again] = linesOf((await submit(["photos"])).stdout)
    expect(again?.["id"]).toBe(job?.["id"])
    const worked = await work()
    expect([worked.code, worked.stdout], worked.stderr).toEqual([0, ""])
    const printed = await run(["outcomes", String(job?.["id"])])
    expect(printed.code).toBe(0)
    const outcomes = linesOf(printed.stdout)
    expect(outcomes.map(({ input }) => String(input)).toSorted()).toEqual(
      Array.from({ length: photos }, (_, i) => join("photos", `${i}.bmp`))
    )
    expect(outcomes[0]).toMatchObject({ seq: 1, ok: true, answer: { concepts: [{ score: 0.5 }] } })
    const [status] = linesOf((await run(["status", String(job?.["id"])])).stdout)
    expect(status).toMatchObject({ state: "done", outcomes: { succeeded: photos }, calls: { made: 1 } })
    const table = await cli(["jobs", "list"], { cwd: place.path, env, tty: true })
    expect(table.stdout).toMatch(/^JOB +STATE +INPUTS +SETTLED/)
    expect(table.stdout).toMatch(new RegExp(`${String(job?.["id"])} +done +${photos}`))
  })

  it("takes jobs from a queue, and says what is wrong with its address without showing it", async () => {
    const other = await run(["list", "--queue", "ftp://me:secret@127.0.0.1/"])
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("redis:")])
    expect(other.stderr).not.toContain("secret")
    const alone = await run(["list", "--ledger", "postgres://127.0.0.1/jobs"])
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining("--queue")])
    // nothing listens there, which shows that it is asked
    const absent = await cli(["jobs", "list"], {
      cwd: place.path,
      env: { ...env, SIGHTLINE_QUEUE: "postgres://me:secret@127.0.0.1:1/x" }
    })
    expect(absent.stderr).toMatch(/the ledger postgres:\/\/127\.0\.0\.1:1\/x cannot be used/)
    expect(absent.code).not.toBe(0)
  })

  it("reads a list on standard input under an id, stops at its budget, and goes on with a larger one", async () => {
    const names = Array.from({ length: 3 }, (_, i) => `photos/${i}.bmp\n`).join("")
    const submitted = await submit(["-", "--id", "listed", "--max-usd", "0.01", "--price-per-input", "0.004"], names)
    expect(submitted.code, submitted.stderr).toBe(0)
    await work()
    const [spent] = linesOf((await run(["status", "listed"])).stdout)
    expect(spent).toMatchObject({ state: "budget-spent", counts: { settled: 0, pending: 3 }, usd: { spent: 0 } })
    const resumed = await run(["resume", "listed", "--max-usd", "0.02"])
    expect(linesOf(resumed.stdout)).toMatchObject([{ state: "running", budget: { usd: 0.02 } }])
    await work()
    const [done] = linesOf((await run(["status", "listed"])).stdout)
    expect(done).toMatchObject({ state: "done", outcomes: { succeeded: 3 } })
    const unpriced = await submit(["photos", "--id", "unpriced", "--max-usd", "1"])
    expect([unpriced.code, unpriced.stdout]).toEqual([2, ""])
    expect(unpriced.stderr).toMatch(/^sightline jobs: budget usd needs the price of pets; .*\n$/)
  })

  it("prints failures alone with the exit code of their reason, and does them again when asked", async () => {
    const file = place.write("bad/0.bmp", `${badMark} 0`)
    place.write("bad/1.bmp", drawImage("dog", 1))
    await submit(["bad", "--id", "bad"])
    await work()
    expect((await run(["outcomes", "bad"])).code).toBe(3)
    const failed = await run(["outcomes", "bad", "--only", "InputRejected"])
    expect(failed.code).toBe(4)
    expect(linesOf(failed.stdout)).toMatchObject([{ input: join("bad", "0.bmp"), ok: false }])
    expect((await run(["outcomes", "bad", "--only", "PoisonInput"])).stdout).toBe("")
    writeFileSync(file, drawImage("dog", 0))
    const retried = await run(["retry", "bad"])
    expect(linesOf(retried.stdout)).toMatchObject([{ state: "running", counts: { pending: 1, settled: 1 } }])
    await work()
    expect((await run(["outcomes", "bad"])).code).toBe(0)
  })

  it("cancels a job, which a worker then leaves alone", async () => {
    await submit(["photos", "--id", "cancelled"])
    expect(linesOf((await run(["cancel", "cancelled"])).stdout)).toMatchObject([{ state: "cancelled" }])
    await work()
    expect(linesOf((await run(["status", "cancelled"])).stdout)).toMatchObject([{ counts: { settled: 0 } }])
  })

  it("ends a worker in order at the first signal", async () => {
    const worker = start(["jobs", "work", "--url", url(), "--no-exif", "--verbose"], { cwd: place.path, env })
    await submit(["photos", "--id", "late"])
    const followed = await run(["outcomes", "late", "--follow"])
    expect(linesOf(followed.stdout)).toHaveLength(photos)
    worker.kill("SIGINT")
    const { code, stderr } = await worker.ended
    expect([code, stderr]).toEqual([
      130,
      "sightline jobs work: stopped; what was under way is settled, and another worker continues\n"
    ])
  })

  it("says by which command an input is sent again whose worker was killed", async () => {
    if (service === undefined) throw new Error("no service")
    const { state } = service
    await submit(["photos", "--id", "killed"])
    state.delayMs = 60_000
    const worker = start(["jobs", "work", "--url", url(), "--no-exif"], { cwd: place.path, env })
    state.onCall = () => worker.kill("SIGKILL")
    await worker.ended
    Object.assign(state, { delayMs: 0, onCall: undefined })
    await work()
    const [killed] = linesOf((await run(["outcomes", "killed"])).stdout)
    const command = "jobs retry killed --only MaybePaid"
    expect(killed).toMatchObject({
      ok: false,
      error: { tag: "MaybePaid", message: expect.stringContaining(`; "sightline ${command}" sends it again`) }
    })
    await run(command.split(" ").slice(1))
    await work()
    const [done] = linesOf((await run(["status", "killed"])).stdout)
    expect(done).toMatchObject({ outcomes: { succeeded: photos, maybePaid: 0 }, calls: { made: 2, planned: 1 } })
    const table = await cli(["jobs", "list"], { cwd: place.path, env, tty: true })
    expect(table.stdout).toMatch(/ CALLS +PLANNED /)
  })

  it("reports a job that a worker cannot run, and everything else that is wrong, in one line", async () => {
    const exif = await run(["submit", "photos", "-m", "pets", "--url", url(), "--id", "upright", "-q"])
    expect(exif.code, exif.stderr).toBe(0)
    const refused = await work()
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/^sightline jobs work: job upright cannot be run here: plugin exif: /)
    for (const [args, code, line] of [
      [["status", "none"], 2, /no job has the id none/],
      [["submit", "photos"], 2, /no model is named; give --model/],
      [["submit", "photos", "-m", "pets", "--url", url(), "--prompt", "what?"], 2, /--prompt is not possible in a job/],
      [["submit", "missing/*.bmp", "-m", "pets", "--url", url()], 4, /no file matches/],
      [["retry", "bad", "--only", "all"], 2, /--only all is not known; give failed, PoisonInput, MaybePaid/],
      [["list", "--store", "no/where.db"], 7, /the ledger .* cannot be used/]
    ] as const) {
      const ended = await run(args)
      expect([ended.code, ended.stdout], ended.stderr).toEqual([code, ""])
      expect(ended.stderr.trim().split("\n")).toHaveLength(1)
      expect(ended.stderr).toMatch(line)
    }
  })
})
