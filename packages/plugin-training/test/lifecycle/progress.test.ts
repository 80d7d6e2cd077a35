import { describe, expect, it } from "vitest"
import { progress, type TrainingEvent, type TrainingState } from "../../src/index.ts"
import { appOf } from "../support/backends.ts"
import { drawExamples, temporaryFolder } from "../support/images.ts"
import { makeFakeService, connectDirectly } from "../support/fake-service.ts"

const tally = {
  added: 1200,
  known: 0,
  relabelled: 0,
  duplicates: 3,
  heldOut: 40,
  unusable: [{ name: "x", problem: "y" }]
}
const states: ReadonlyArray<TrainingState> = [
  { state: "adding", tally: { ...tally, added: 128 } },
  { state: "adding", tally },
  { state: "processing", waiting: 800 },
  { state: "processing", waiting: 200 },
  { state: "preparing", concepts: ["cat", "dog"] },
  { state: "queued", version: "v1" },
  { state: "training", version: "v1", percent: 45, secondsLeft: 61 },
  { state: "trained", version: "v1" },
  { state: "evaluating", version: "v1", done: 20, of: 40 },
  { state: "ready", version: "v1", promoted: false }
]
const events = states.map((state, i): TrainingEvent => ({ ...state, training: "pets", atMs: i * 150 }))

const written = (isTTY: boolean, told: ReadonlyArray<TrainingEvent>, columns = 60) => {
  let text = ""
  const listener = progress({ to: { write: (more) => (text += more), isTTY, columns } })
  for (const event of told) listener(event)
  return text
}

/** What a terminal shows at the end: a carriage return overwrites the line. */
const screen = (text: string) => text.split("\n").map((line) => (line.split("\r").at(-1) ?? "").trimEnd())

describe("progress", () => {
  it("shows one line for each state with its last numbers, never wider than the terminal", () => {
    const text = written(true, events)
    expect(screen(text)).toEqual(
      [
        "adding      1,200 examples, 3 duplicates, 40 held out, 1 unusable",
        "processing  [###############.....] 200 inputs left",
        "preparing   cat, dog",
        "queued      version v1",
        "training    [#########...........] 61 s left",
        "trained     version v1",
        "evaluating  [##########..........] 20 of 40",
        "ready       version v1; the new version was rejected",
        ""
      ].map((line) => line.slice(0, 59))
    )
    for (const line of text.split(/[\n\r]/)) expect(line.length).toBeLessThan(60)
  })

  it("shows in full why nothing was tested, and that a version exists already", () => {
    const problem = "no concept has 5 new examples, of which holdout(0.2) would hold out one; add more"
    const told: ReadonlyArray<TrainingState> = [
      { state: "adding", tally },
      { state: "untested", reason: "few", problem },
      { state: "found", version: "v1" },
      { state: "ready", version: "v1", promoted: true }
    ]
    const found = told.map((state, i): TrainingEvent => ({ ...state, training: "pets", atMs: i * 150 }))
    expect(screen(written(true, found)).slice(1)).toEqual([
      `untested    ${problem}`,
      "found       already trained as version v1",
      "ready       version v1",
      ""
    ])
    expect(written(false, found)).toContain(`pets: untested, ${problem}\npets: found, already trained as version v1\n`)
  })

  it("updates a line at most ten times a second, and always shows the last event of a state", () => {
    const many = Array.from({ length: 1000 }, (_, i): TrainingEvent => ({
      state: "evaluating",
      version: "v",
      done: i + 1,
      of: 1000,
      training: "p",
      atMs: i
    }))
    const text = written(true, [...many, { state: "ready", version: "v", promoted: true, training: "p", atMs: 1000 }])
    expect(text.split("\r").length).toBeLessThan(15)
    expect(screen(text)[0]).toContain("1000 of 1000")
  })

  it("writes one line for each state without a terminal", () => {
    expect(written(false, events).split("\n")).toEqual([
      "pets: adding, 1,200 examples, 3 duplicates, 40 held out, 1 unusable",
      "pets: processing, 200 inputs left",
      "pets: preparing, cat, dog",
      "pets: queued, version v1",
      "pets: training, 61 s left",
      "pets: trained, version v1",
      "pets: evaluating, 20 of 40",
      "pets: ready, version v1; the new version was rejected",
      ""
    ])
  })

  it("is a listener of a training, which ignores errors of its listeners", async () => {
    using folder = temporaryFolder()
    const app = appOf({ connection: connectDirectly(makeFakeService()), folder: folder.path })
    const pipeline = app
      .train("pets")
      .concepts("cat", "dog")
      .examples(drawExamples(["cat", "dog"], 5))
      .holdout(0.4)
    let text = ""
    await pipeline.run({ onEvent: progress({ to: { write: (more) => (text += more) } }) })
    expect(text).toMatch(/^pets: adding, 6 examples, 4 held out\n/)
    expect(text).toMatch(/pets: evaluated, 100\.0 % of 4 tests correct, mean F1 1\.000\npets: ready, version v1\n$/)
    const model = await pipeline.run({
      onEvent: () => {
        throw new Error("a broken listener")
      }
    })
    expect(model.versionId).toBe("v1")
  })
})
