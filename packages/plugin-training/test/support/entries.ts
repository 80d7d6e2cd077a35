/** One journal entry of each kind. */
import type { Entry, TrainingSettings } from "../../src/journal/entry.ts"
import type { Decision, TrainingRecord } from "../../src/journal/training-record.ts"

export const settings: TrainingSettings = {
  mutuallyExclusive: true,
  closedEnvironment: false,
  params: { seed: 7 },
  holdout: 0.2,
  strict: false,
  policy: false
}

export const examples: NonNullable<TrainingRecord["examples"]> = { fingerprint: "f", holdout: [] }

export const decision: Decision = { version: "v1", promoted: true, chosen: "v1" }

/** All kinds of entries, in the order of a training that is discarded in the end. */
export const entries = (version: string): ReadonlyArray<Entry> => [
  { _tag: "started", model: "pets", concepts: ["cat", "dog"], settings },
  { _tag: "adding", ids: ["c"] },
  { _tag: "complete", ...examples },
  { _tag: "creating", model: "pets" },
  { _tag: "asking", description: "d", known: ["v0"] },
  { _tag: "version", version },
  { _tag: "trained", version },
  { _tag: "judged", ...decision, version },
  { _tag: "done" },
  { _tag: "discarded" }
]
