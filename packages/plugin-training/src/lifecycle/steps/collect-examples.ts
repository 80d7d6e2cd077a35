/** The steps of a training, each with its effects. This file: uploading the examples, or finding those that are there. */
import * as Effect from "effect/Effect"
import { toExamplesUnreadable } from "../../examples/example-stream.ts"
import type { Examples } from "../../examples/example.ts"
import { isFolder } from "../../examples/folder.ts"
import type { EntryOf } from "../../journal/entry.ts"
import type { TrainError } from "../../result/train-error.ts"
import { addExamples, type Uploaded } from "../../upload/add-examples.ts"
import { noLabels, requirePositives } from "../../upload/require-positives.ts"
import { fingerprintOfStored } from "../../upload/stored-inputs.ts"
import type { Run } from "../run.ts"
import { requireUsable } from "./require-usable.ts"
import { findFinished, reuse } from "./reuse-training.ts"
import { reportUntested, untestedOf } from "./holdout-problems.ts"

/** Checks the sub-folders' names before any file is read. Succeeds with the concepts that the service has examples of. */
const checkFolderNames = ({ host, spec }: Run, examples: Examples) =>
  Effect.gen(function* () {
    if (!isFolder(examples)) return noLabels.positives
    const names = yield* Effect.tryPromise({ try: () => examples.concepts(), catch: toExamplesUnreadable })
    const given = { positives: new Set(names), labels: new Set(names) }
    const relevant = names.some((name) => spec.concepts.includes(name))
    const { positives } = yield* requirePositives(host.wire, spec, { ...given, relevant })
    // A sub-folder may be empty: only what the service has is certain.
    return positives.difference(given.positives)
  })

type Collected = Pick<Uploaded, "tests" | "shortage" | "fingerprint" | "names"> & {
  readonly tally: Uploaded["tally"] | undefined
}

const upload = (run: Run, examples: Examples) =>
  Effect.gen(function* () {
    const { emit, host, record, spec } = run
    const stored = yield* checkFolderNames(run, examples)
    const uploaded = yield* addExamples(host, {
      ...spec,
      examples,
      onUpload: (ids) => record({ _tag: "adding", ids }),
      onProgress: (tally) => emit({ state: "adding", tally })
    })
    yield* requireUsable(spec, uploaded.tally.unusable)
    const { labels } = uploaded
    yield* requirePositives(host.wire, spec, { ...labels, positives: labels.positives.union(stored) })
    return uploaded
  })

/** The examples that the app has, where none are given. */
const findStored = ({ host, spec }: Run) =>
  Effect.gen(function* () {
    yield* requirePositives(host.wire, spec, noLabels)
    const fingerprint = yield* fingerprintOfStored(host.wire, spec.concepts)
    return { tally: undefined, tests: [], shortage: "none", fingerprint, names: new Map() } satisfies Collected
  })

/** Uploads the examples; reuses a finished training of the same examples, unless `again` is set. */
export const collectExamples = (run: Run): Effect.Effect<void, TrainError> =>
  Effect.gen(function* () {
    const { observe, record, spec, state } = run
    const collected: Collected = yield* spec.examples === undefined ? findStored(run) : upload(run, spec.examples)
    const { fingerprint, names, shortage, tally, tests } = collected
    const untested = untestedOf(spec, tests.length, shortage)
    const complete: EntryOf<"complete"> = {
      _tag: "complete",
      fingerprint,
      holdout: tests.map(({ concepts, id, input, name }) => ({ id, concepts, input, name })),
      ...(untested === undefined || shortage === undefined ? {} : { shortage })
    }
    const finished = state().mode.again ? undefined : yield* findFinished(run, fingerprint)
    if (finished === undefined) yield* record(complete)
    else yield* reuse(run, finished, complete)
    const reported = yield* reportUntested(run, untested)
    yield* observe({
      _tag: "examples-collected",
      examples: { tally, tests, lostTests: 0, untested: reported, fingerprint, names }
    })
  })
