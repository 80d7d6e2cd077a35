/** The fold of a journal: a table of record × entry → record, and its laws. */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Entry } from "../../src/journal/entry.ts"
import {
  emptyRecord,
  isOpen,
  isSuccessful,
  lastTraining,
  openTraining,
  reduceRecord,
  reduceTrainings,
  type TrainingRecord,
  trainingsIn
} from "../../src/journal/training-record.ts"
import { decision, entries, examples, settings } from "../support/entries.ts"

const request = { concepts: ["cat", "dog"], settings }
const versionRequest = { description: "d", known: ["v0"] }

/** Records that a journal passes through, by name. */
const records = {
  empty: emptyRecord,
  begun: { ...emptyRecord, request },
  uploading: { ...emptyRecord, request, uploads: [["a", "b"]] },
  collected: { ...emptyRecord, request, uploads: [["a", "b"]], examples },
  requesting: { ...emptyRecord, request, examples, createdModel: "pets", versionRequest },
  training: { ...emptyRecord, request, examples, versionRequest, version: "v1" },
  trained: { ...emptyRecord, request, examples, versionRequest, version: "v1", trained: true },
  decided: { ...emptyRecord, request, examples, versionRequest, version: "v1", trained: true, decision },
  finished: { ...emptyRecord, request, examples, version: "v1", decision, end: "done" },
  failed: { ...emptyRecord, request, examples, version: "v1", end: "done" },
  discarded: { ...emptyRecord, request, examples, version: "v1", decision, end: "discarded" }
} as const satisfies Readonly<Record<string, TrainingRecord>>
type Name = keyof typeof records

/** What each entry changes in each record; an absent cell means that the entry sets its own field and nothing else. */
const sets: { readonly [Tag in Entry["_tag"]]: Partial<TrainingRecord> } = {
  started: { ...emptyRecord, request },
  adding: { uploads: [["c"]] },
  complete: { examples },
  creating: { createdModel: "pets" },
  asking: { versionRequest },
  version: { version: "v2" },
  trained: { version: "v2", trained: true },
  judged: { version: "v2", decision: { ...decision, version: "v2" } },
  done: { end: "done" },
  discarded: { end: "discarded" }
}
const exceptions: Readonly<Partial<Record<`${Name} ${Entry["_tag"]}`, Partial<TrainingRecord>>>> = {
  "uploading adding": { uploads: [["a", "b"], ["c"]] },
  "collected adding": { uploads: [["a", "b"], ["c"]] },
  // The version that was requested is the version; later entries do not replace it.
  "training trained": { trained: true },
  "trained trained": {},
  "decided trained": {},
  "finished trained": { trained: true },
  "failed trained": { trained: true },
  "discarded trained": { trained: true },
  "training judged": { decision: { ...decision, version: "v2" } },
  "trained judged": { decision: { ...decision, version: "v2" } },
  "decided judged": { decision: { ...decision, version: "v2" } },
  "finished judged": { decision: { ...decision, version: "v2" } },
  "failed judged": { decision: { ...decision, version: "v2" } },
  "discarded judged": { decision: { ...decision, version: "v2" } },
  // What was discarded stays discarded.
  "discarded done": {}
}

const names = Object.keys(records) as ReadonlyArray<Name> // its own keys
const table = names.flatMap((name) => entries("v2").map((entry) => [name, entry._tag, entry] as const))

describe("a record", () => {
  it.each(table)("that is %s, after %s", (name, tag, entry) => {
    const record: TrainingRecord = records[name]
    const expected = { ...record, ...(exceptions[`${name} ${tag}`] ?? sets[tag]) }
    expect(reduceRecord(record, entry)).toEqual(expected)
  })

  it.each([
    ["empty", false, false],
    ["begun", true, false],
    ["collected", true, false],
    ["decided", true, false],
    ["finished", false, true],
    ["failed", false, false],
    ["discarded", false, false]
  ] as const)("that is %s is open: %s, successful: %s", (name, open, successful) => {
    expect([isOpen(records[name]), isSuccessful(records[name])]).toEqual([open, successful])
  })
})

describe("the trainings of a journal", () => {
  const anyEntry = fc.constantFrom(...entries("v1"), ...entries("v2"))
  const journal = fc.array(anyEntry, { maxLength: 30 })

  it("are as many as have started, and each is the fold of its own entries", () => {
    fc.assert(
      fc.property(journal, (all) => {
        const starts = all.flatMap(({ _tag }, at) => (_tag === "started" ? [at] : []))
        const expected = starts.map((at, i) => all.slice(at, starts[i + 1]).reduce(reduceRecord, emptyRecord))
        expect(trainingsIn(all)).toEqual(expected)
        expect(lastTraining(all)).toEqual(expected.at(-1) ?? emptyRecord)
        expect(openTraining(all)).toEqual(isOpen(lastTraining(all)) ? lastTraining(all) : emptyRecord)
      })
    )
  })

  it("do not depend on where a run has stopped reading", () => {
    fc.assert(
      fc.property(journal, fc.nat(30), (all, at) => {
        const resumed = all.slice(at).reduce(reduceTrainings, trainingsIn(all.slice(0, at)))
        expect(resumed).toEqual(trainingsIn(all))
      })
    )
  })

  it("are not changed by an entry that is written twice, except for repeated uploads and starts", () => {
    const repeatable = anyEntry.filter(({ _tag }) => _tag !== "started" && _tag !== "adding")
    fc.assert(
      fc.property(journal, repeatable, (all, entry) => {
        expect(trainingsIn([...all, entry, entry])).toEqual(trainingsIn([...all, entry]))
      })
    )
  })

  it("never lose what an earlier entry has recorded, and never change after an end", () => {
    fc.assert(
      fc.property(journal, (all) => {
        let before: TrainingRecord = emptyRecord
        for (const entry of all) {
          const after = reduceRecord(before, entry)
          if (entry._tag !== "started") {
            for (const key of ["request", "examples", "createdModel", "versionRequest", "version", "decision"] as const)
              if (before[key] !== undefined) expect(after[key]).toBeDefined()
            if (before.end === "discarded") expect(after.end).toBe("discarded")
            if (before.end === "done") expect(after.end).toBeDefined()
          }
          before = after
        }
      })
    )
  })
})
