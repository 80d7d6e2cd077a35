/** The next step of a training: a table of state → step, and its laws. */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Entry } from "../../src/journal/entry.ts"
import {
  emptyRecord,
  isOpen,
  isSuccessful,
  lastTraining,
  type TrainingRecord
} from "../../src/journal/training-record.ts"
import { nextStep, type Step } from "../../src/lifecycle/next-step.ts"
import {
  type CollectedExamples,
  initialState,
  type Observation,
  reduce,
  type RunMode,
  type RunState
} from "../../src/lifecycle/run-state.ts"
import { decision, entries, examples, settings } from "../support/entries.ts"

const once: RunMode = { resumes: false, again: false }
const resumed: RunMode = { resumes: true, again: false }
const again: RunMode = { resumes: false, again: true }

const tally = { added: 2, known: 0, relabelled: 0, duplicates: 0, heldOut: 0, unusable: [] }
const collected: CollectedExamples = {
  tally,
  tests: [],
  lostTests: 0,
  untested: undefined,
  fingerprint: "f",
  names: new Map()
}
const restored: CollectedExamples = { ...collected, tally: undefined }

const begun: TrainingRecord = { ...emptyRecord, request: { concepts: ["cat"], settings } }
const complete: TrainingRecord = { ...begun, examples }
const requesting: TrainingRecord = { ...complete, versionRequest: { description: "d", known: [] } }
const inTraining: TrainingRecord = { ...requesting, version: "v1" }
const decided: TrainingRecord = { ...inTraining, trained: true, decision }
const finished: TrainingRecord = { ...decided, end: "done" }
const discarded: TrainingRecord = { ...finished, end: "discarded" }

const state = (mode: RunMode, training: TrainingRecord, more: Partial<RunState> = {}): RunState => ({
  ...initialState(mode, training),
  ...more
})
const processed = { examples: collected, inputsProcessed: true }
const prepared = { ...processed, modelPrepared: true }

const table: ReadonlyArray<readonly [string, RunState, Step]> = [
  ["a new training", state(once, emptyRecord), "collect-examples"],
  ["a new training with again", state(again, emptyRecord), "collect-examples"],
  ["an upload that was interrupted", state(once, begun), "collect-examples"],
  ["an upload that was interrupted, by id", state(resumed, begun), "reject"],
  ["complete examples, not requested yet: they may have changed", state(once, complete), "collect-examples"],
  ["complete examples, by id", state(resumed, complete), "restore-examples"],
  ["a request that was interrupted", state(once, requesting), "restore-examples"],
  ["a request that was interrupted, with again", state(again, requesting), "restore-examples"],
  ["a version in training", state(once, inTraining), "restore-examples"],
  ["a version whose examples are not in the journal", state(once, { ...begun, version: "v1" }), "collect-examples"],
  ["a finished training, by id", state(resumed, finished), "confirm-version"],
  ["the same, confirmed", state(resumed, finished, { versionConfirmed: true }), "restore-examples"],
  ["a finished training, by id and with again", state({ resumes: true, again: true }, finished), "reject"],
  ["a discarded training, by id", state(resumed, discarded), "reject"],
  ["examples that are uploaded", state(once, complete, { examples: collected }), "process-inputs"],
  ["examples of the app", state(once, complete, { examples: restored }), "process-inputs"],
  ["examples of an earlier run with a version", state(once, inTraining, { examples: restored }), "reuse-version"],
  ["given examples of a version that exists", state(once, inTraining, { examples: collected }), "process-inputs"],
  ["processed inputs", state(once, complete, processed), "prepare-model"],
  ["processed inputs of a requested version", state(once, requesting, processed), "prepare-model"],
  ["processed inputs of a version", state(once, inTraining, processed), "reuse-version"],
  ["a prepared model", state(once, complete, prepared), "request-version"],
  ["a prepared model of an interrupted request", state(once, requesting, prepared), "request-version"],
  ["a requested version", state(once, inTraining, prepared), "wait-for-version"],
  [
    "a version that was trained in an earlier run: it may be deleted",
    state(once, { ...inTraining, trained: true }, prepared),
    "wait-for-version"
  ],
  ["a trained version", state(once, inTraining, { ...prepared, versionReady: true }), "evaluate-version"],
  ["a decision of an earlier run", state(once, decided, prepared), "reuse-evaluation"],
  ["a decision", state(once, decided, { ...prepared, evaluationReported: true }), "finish"],
  ["a finished training", state(once, finished, { ...prepared, evaluationReported: true }), "return-model"],
  ["a reused training", state(once, finished, { ...prepared, reused: true }), "reuse-evaluation"]
]

describe("the next step", () => {
  it.each(table)("of %s", (_, given, step) => {
    expect(nextStep(given)).toBe(step)
  })

  it("has a row for each step", () => {
    const steps: Readonly<Record<Step, true>> = {
      reject: true,
      "confirm-version": true,
      "restore-examples": true,
      "collect-examples": true,
      "process-inputs": true,
      "prepare-model": true,
      "reuse-version": true,
      "request-version": true,
      "wait-for-version": true,
      "evaluate-version": true,
      "reuse-evaluation": true,
      finish: true,
      "return-model": true
    }
    expect(new Set(table.map(([, , step]) => step))).toEqual(new Set(Object.keys(steps)))
  })
})

/** The facts that each step adds when it succeeds, as its effects do. `reuses`: the same training is finished. */
const factsOf = (step: Step, { training }: RunState, reuses: boolean): ReadonlyArray<Entry | Observation> => {
  const start: ReadonlyArray<Entry> =
    training.request === undefined ? [{ _tag: "started", model: "pets", concepts: ["cat"], settings }] : []
  switch (step) {
    case "confirm-version":
      return [{ _tag: "version-confirmed" }]
    case "restore-examples":
      return [{ _tag: "examples-collected", examples: restored }]
    case "collect-examples":
      return [
        ...(reuses && training.request === undefined
          ? [{ _tag: "training-reused", training: finished } as const]
          : [...start, { _tag: "complete", ...examples } as const]),
        { _tag: "examples-collected", examples: collected }
      ]
    case "process-inputs":
      return [{ _tag: "inputs-processed", rejected: [] }]
    case "prepare-model":
      return [{ _tag: "creating", model: "pets" }, { _tag: "model-prepared" }]
    case "reuse-version":
      return [{ _tag: "model-prepared" }]
    case "request-version":
      return [
        ...(training.versionRequest === undefined ? [{ _tag: "asking", description: "d", known: [] } as const] : []),
        { _tag: "version", version: "v1" }
      ]
    case "wait-for-version":
      return [{ _tag: "trained", version: "v1" }, { _tag: "version-ready" }]
    case "evaluate-version":
      return [{ _tag: "judged", ...decision }, { _tag: "evaluation-reported" }]
    case "reuse-evaluation":
      return [{ _tag: "evaluation-reported" }]
    case "finish":
      return [{ _tag: "done" }]
    default:
      return []
  }
}

/** The steps from a state to the end, with the entries that they write. */
const follow = (from: RunState, reuses = false) => {
  const steps: Array<Step> = []
  const written: Array<Entry["_tag"]> = []
  let current = from
  for (;;) {
    const step = nextStep(current)
    steps.push(step)
    if (step === "reject" || step === "return-model" || steps.length > 20) return { steps, written, end: current }
    for (const fact of factsOf(step, current, reuses)) {
      if (entries("v1").some(({ _tag }) => _tag === fact._tag)) written.push((fact as Entry)._tag) // one of the tags
      current = reduce(current, fact)
    }
  }
}

describe("the steps of a run", () => {
  const mode = fc.record({ resumes: fc.boolean(), again: fc.boolean() })
  const anyJournal = fc.array(fc.constantFrom(...entries("v1")), { maxLength: 12 })

  it("go from examples to a model", () => {
    expect(follow(initialState(once))).toMatchObject({
      steps: [
        "collect-examples",
        "process-inputs",
        "prepare-model",
        "request-version",
        "wait-for-version",
        "evaluate-version",
        "finish",
        "return-model"
      ],
      written: ["started", "complete", "creating", "asking", "version", "trained", "judged", "done"]
    })
  })

  it("write nothing if the same training is finished", () => {
    const { steps, written } = follow(initialState(once), true)
    expect(steps).toEqual(["collect-examples", "process-inputs", "reuse-version", "reuse-evaluation", "return-model"])
    expect(written).toEqual([])
  })

  it("end after at most ten steps from any journal, valid or not, with a model or a rejection", () => {
    fc.assert(
      fc.property(anyJournal, mode, fc.boolean(), (journal, given, reuses) => {
        const { end, steps } = follow(initialState(given, lastTraining(journal)), reuses)
        expect(steps.length).toBeLessThanOrEqual(10)
        expect(new Set(steps).size).toBe(steps.length)
        if (steps.at(-1) === "return-model") expect(end.training.decision).toBeDefined()
      })
    )
  })

  it("request a version if and only if the journal has none", () => {
    fc.assert(
      fc.property(anyJournal, mode, (journal, given) => {
        const training = lastTraining(journal)
        const { steps } = follow(initialState(given, training))
        expect(steps.includes("request-version")).toBe(
          training.version === undefined && steps.at(-1) === "return-model"
        )
      })
    )
  })

  it("continue an interrupted training to the same entries, at any entry", () => {
    const whole = follow(initialState(once)).written
    for (let cut = 1; cut < whole.length; cut++) {
      const before = entries("v1").filter(({ _tag }) => whole.slice(0, cut).includes(_tag))
      const training = lastTraining(before)
      expect(isOpen(training)).toBe(true)
      const { end, written } = follow(initialState(once, training))
      expect(isSuccessful(end.training)).toBe(true)
      // Entries before the request may be written again; from the request on, each is written once.
      const once_ = [...whole.slice(0, cut), ...written]
      for (const tag of ["asking", "version", "judged", "done"] as const)
        expect(once_.filter((one) => one === tag)).toHaveLength(1)
    }
  })

  it("never begin a training that is resumed by its id", () => {
    fc.assert(
      fc.property(anyJournal, fc.boolean(), (journal, repeat) => {
        const { written } = follow(initialState({ resumes: true, again: repeat }, lastTraining(journal)))
        expect(written).not.toContain("started")
        expect(written).not.toContain("complete")
      })
    )
  })
})

describe("the state of a run", () => {
  it("reduces journal entries as the record does, and nothing else", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...entries("v1")), { maxLength: 20 }), (journal) => {
        const started: Entry = { _tag: "started", model: "pets", concepts: ["cat"], settings }
        const folded = [started, ...journal].reduce(reduce, initialState(once))
        expect(folded).toEqual(initialState(once, lastTraining([started, ...journal])))
      })
    )
  })

  it("adds rejected inputs to the tally, if this run has uploaded the examples", () => {
    const rejected = [{ name: "a.jpg", problem: "it cannot be decoded" }]
    const after = (given: CollectedExamples) =>
      reduce(state(once, complete, { examples: given }), { _tag: "inputs-processed", rejected })
    expect(after(collected).examples?.tally).toEqual({ ...tally, unusable: rejected })
    expect(after(restored).examples?.tally).toBeUndefined()
    expect(after(collected).inputsProcessed).toBe(true)
  })
})
