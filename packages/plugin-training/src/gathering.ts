/** The examples of a training: added now, added by an earlier run, or those of a training that is done already. */
import * as Effect from "effect/Effect"
import { type Added, addExamples, type Test } from "./adding/adding.ts"
import type { Shortage } from "./adding/holdout.ts"
import { fingerprintOfStored } from "./adding/stored.ts"
import { unreadable } from "./adding/identify.ts"
import { requirePositives, unlabelled } from "./adding/positives.ts"
import { findTests } from "./adding/tests.ts"
import { type Course, note } from "./course.ts"
import { BadExamples, UnknownTraining } from "./errors.ts"
import type { Examples } from "./examples/example.ts"
import { isFolder } from "./examples/folder.ts"
import { type Entry, find, isDone, isOver } from "./journal.ts"
import { readVersion } from "./service.ts"
import { isOf, type Spec, type TrainError } from "./spec.ts"
import type { Tally, Unusable, Untested } from "./state.ts"
import { isTrained } from "./waiting.ts"

/** The examples of a training, wherever they were added. */
export interface Gathered {
  /** Undefined where an earlier run has added them. */
  readonly tally: Tally | undefined
  readonly tests: ReadonlyArray<Test>
  /** Tests that cannot be read again. */
  readonly lost: number
  /** Why there is nothing to test with, where there should be. */
  readonly untested: Untested | undefined
  readonly fingerprint: string
  /** Names by id of the inputs on the service. */
  readonly names: Added["names"]
}

type Complete = Extract<Entry, { readonly _tag: "complete" }>

const untestedOf = ({ holdout, id }: Spec, reason: Untested["reason"]): Untested => {
  const each = Math.ceil(1 / holdout)
  const problems: Readonly<Record<Untested["reason"], string>> = {
    known: `the service learns from all examples already, so none can be kept back; add new ones, or train in an app that has not seen them`,
    few: `no concept has ${each} new examples, of which holdout(${holdout}) would keep back one; add more, or keep back a larger share`,
    none: `no example was given that can be kept back; give examples(..) that the service has not seen, labelled with the concepts`,
    lost: `what was kept back were bytes, which only the run that began had; run app.train(${JSON.stringify(id)}) with the same examples`
  }
  return { reason, problem: problems[reason] }
}

const shortageOf = (spec: Spec, tests: number, reason: Untested["reason"] = "none"): Untested | undefined =>
  tests > 0 || spec.holdout === 0 ? undefined : untestedOf(spec, reason)

/** What an earlier run has added. */
const takeUp = ({ before, spec }: Course, { fingerprint, holdout, shortage }: Complete) =>
  Effect.map(findTests(holdout, spec.examples), (tests): Gathered => {
    const ids = before.flatMap((entry) => (entry._tag === "adding" ? entry.ids : []))
    return {
      tally: undefined,
      tests,
      lost: holdout.length - tests.length,
      untested: shortageOf(spec, tests.length, holdout.length > 0 ? "lost" : shortage),
      fingerprint,
      names: new Map(ids.map((id) => [id, id]))
    }
  })

/** Fails where examples that cannot be used are to end the training. */
export const strictly = (spec: Spec, unusable: ReadonlyArray<Unusable>): Effect.Effect<void, BadExamples> => {
  const [bad] = unusable
  return spec.strict && bad !== undefined
    ? Effect.fail(new BadExamples({ model: spec.id, count: unusable.length, first: `${bad.name} (${bad.problem})` }))
    : Effect.void
}

/** Looks for concepts without an example before anything is read, where the names of the examples are known. */
const lookAhead = ({ host, spec }: Course, examples: Examples) =>
  Effect.gen(function* () {
    if (!isFolder(examples)) return unlabelled
    const names = yield* Effect.tryPromise({ try: () => examples.concepts(), catch: unreadable })
    const useful = names.some((name) => spec.concepts.includes(name))
    const { positives } = yield* requirePositives(host.wire, spec, {
      positives: new Set(names),
      labels: new Set(names),
      useful
    })
    // of the names, a folder may be empty: only what the service has is sure
    return { ...unlabelled, positives: positives.difference(new Set(names)) }
  })

/** Adds the examples, or finds out which the app has where none are given. */
const add = (course: Course) =>
  Effect.gen(function* () {
    const { emit, host, journal, spec } = course
    const { concepts, examples, holdout, id, mutuallyExclusive } = spec
    if (examples === undefined) {
      yield* requirePositives(host.wire, spec, unlabelled)
      const fingerprint = yield* fingerprintOfStored(host.wire, concepts)
      const shortage: Shortage = "none"
      return { tally: undefined, tests: [], shortage, fingerprint, names: new Map<string, string>() }
    }
    const ahead = yield* lookAhead(course, examples)
    const added = yield* addExamples(
      host,
      journal,
      { training: id, concepts, examples, holdout, mutuallyExclusive },
      (tally) => emit({ state: "adding", tally })
    )
    yield* strictly(spec, added.tally.unusable)
    const { labels, positives, useful } = added.labelled
    yield* requirePositives(host.wire, spec, { labels, useful, positives: positives.union(ahead.positives) })
    return added
  })

/** Whether the version that a training has chosen can still be predicted with. */
const stands = ({ host, spec }: Course, steps: ReadonlyArray<Entry>) => {
  const judged = find(steps, "judged")
  return judged === undefined
    ? Effect.succeed(false)
    : Effect.map(readVersion(host.wire, spec.id, judged.chosen), isTrained).pipe(
        Effect.catchTag("NotFound", () => Effect.succeed(false))
      )
}

/** The newest training that was brought to its end with these examples, and whose version is still there. */
const findDone = (course: Course, fingerprint: string) =>
  Effect.gen(function* () {
    const same = course.known.filter(
      (steps) => isDone(steps) && isOf(course.spec, steps) && find(steps, "complete")?.fingerprint === fingerprint
    )
    for (const steps of same.toReversed()) if (yield* stands(course, steps)) return steps
    return undefined
  })

/**
 * Goes on from the steps of a training that is done. It becomes the last of the journal, unless what another call has
 * begun is not over: that must stay the last, or it could not go on.
 */
const adopt = (course: Course, complete: Complete, done: ReadonlyArray<Entry>, tests: number) =>
  Effect.gen(function* () {
    const { journal, known } = course
    const last = known.at(-1)
    const judged = find(done, "judged")
    const untried = judged?.evaluation === undefined && tests > 0
    if (!journal.begun() && last !== undefined && (last === done ? !untried : !isOver(last))) return done
    // It was not tested, for want of the tests that this run has: only what follows is done anew.
    const kept = done.filter(({ _tag }) => _tag !== "done" && (_tag !== "judged" || !untried))
    const put = done.filter(({ _tag }) => _tag === "adding" || _tag === "creating")
    const settled = untried ? find(kept, "version") : judged
    for (const step of [...put, complete, ...(settled === undefined ? [] : [settled])]) yield* note(course, step)
    return kept
  })

/** Where a training goes on from: its examples, and the steps that need not be done again. */
interface Start {
  readonly gathered: Gathered
  readonly before: ReadonlyArray<Entry>
}

/** Adds the examples, or takes up what another run has added; takes up the version too where that is all there is to do. */
export const gather = (course: Course): Effect.Effect<Start, TrainError> =>
  Effect.gen(function* () {
    const { again, before, journal, spec } = course
    const complete = find(before, "complete")
    const unknown = new UnknownTraining({ id: spec.id, journal: journal.place })
    if (isDone(before) && (again || !(yield* stands(course, before)))) return yield* unknown
    // Once a version was asked for, what it learns from is settled.
    const settled = before.some(({ _tag }) => _tag === "asking" || _tag === "version" || _tag === "judged")
    if (complete !== undefined && (settled || spec.resumes))
      return { gathered: yield* takeUp(course, complete), before }
    if (spec.resumes) return yield* unknown
    const { fingerprint, names, shortage, tally, tests } = yield* add(course)
    const gathered: Gathered = {
      tally,
      tests,
      lost: 0,
      untested: shortageOf(spec, tests.length, shortage),
      fingerprint,
      names
    }
    const added: Complete = {
      _tag: "complete",
      fingerprint,
      holdout: tests.map(({ concepts, id, input, name }) => ({ id, concepts, input, name })),
      ...(gathered.untested === undefined || shortage === undefined ? {} : { shortage })
    }
    const done = again ? undefined : yield* findDone(course, fingerprint)
    if (done !== undefined) return { gathered, before: yield* adopt(course, added, done, tests.length) }
    yield* note(course, added)
    return { gathered, before }
  })
