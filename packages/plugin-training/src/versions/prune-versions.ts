/** Deletes the versions of a model that no rule keeps. */
import { type Host, InvalidOption, resourcesOf, type VersionRecord } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import type { Examples } from "../examples/example.ts"
import type { Journal } from "../journal/journal.ts"
import { type CompareError, type CompareOptions, compareVersions, trainedVersions } from "./compare-versions.ts"

/** Which versions to keep. A version is kept if any of the rules applies; the newest trained one always is. */
export interface PruneRule {
  /** Keeps the newest versions: how many. */
  readonly newest?: number
  /** Keeps versions that are better than this on examples. */
  readonly betterThan?: {
    readonly examples: Examples
    /** 0 to 1. */
    readonly accuracy?: number
    /** 0 to 1. */
    readonly macroF1?: number
    /** As in {@link CompareOptions}. */
    readonly mutuallyExclusive?: boolean
  }
  /** Keeps versions for which this returns true. */
  readonly where?: (version: VersionRecord) => boolean
}

const validate = (model: string, { betterThan, newest, where }: PruneRule): Effect.Effect<void, InvalidOption> => {
  if (newest === undefined && betterThan === undefined && where === undefined)
    return Effect.fail(
      new InvalidOption({ model, option: "prune", problem: "has no rule: state which versions to keep" })
    )
  return newest === undefined || (Number.isInteger(newest) && newest >= 0)
    ? Effect.void
    : Effect.fail(new InvalidOption({ model, option: "newest", problem: "is not a whole number from 0" }))
}

/** Ids of the versions that are better than the rule's numbers. */
const findBetter = (
  host: Host,
  journal: Journal,
  model: string,
  { accuracy = -1, examples, macroF1 = -1, ...options }: NonNullable<PruneRule["betterThan"]>
) =>
  Effect.map(compareVersions(host, journal, model, examples, options satisfies CompareOptions), (all) =>
    all
      .filter(({ evaluation }) => evaluation.accuracy > accuracy && evaluation.macroF1 > macroF1)
      .map(({ version }) => version.id)
  )

/** Deletes the trained versions that no rule keeps, and succeeds with them. */
export const pruneVersions = (
  host: Host,
  journal: Journal,
  model: string,
  rule: PruneRule
): Effect.Effect<ReadonlyArray<VersionRecord>, CompareError> =>
  Effect.gen(function* () {
    yield* validate(model, rule)
    const { betterThan, newest = 0, where } = rule
    const all = yield* trainedVersions(host, model)
    const better = betterThan === undefined ? [] : yield* findBetter(host, journal, model, betterThan)
    const dropped = all.filter(
      (version, i) => i >= Math.max(1, newest) && !better.includes(version.id) && where?.(version) !== true
    )
    yield* Effect.forEach(dropped, ({ id }) =>
      // Another process may delete it in the meantime.
      Effect.catchTag(resourcesOf(host.wire).versions.delete(model, id).asEffect(), "NotFound", () => Effect.void)
    )
    return dropped
  })
