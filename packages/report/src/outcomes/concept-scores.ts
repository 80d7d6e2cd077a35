/** The scores of an outcome by concept, which rows and evaluations share. */
import type { Outcome } from "@sightline/core"
import { partsOf } from "./answer-parts.ts"

/** The best score of each concept in an outcome; for a clip, over all its frames. */
export const scoresIn = (outcome: Outcome<unknown, unknown>): Readonly<Record<string, number>> | undefined => {
  if (!outcome.ok) return undefined
  const scores = new Map<string, number>()
  const note = (concepts: ReadonlyArray<{ readonly id?: string; readonly name: string; readonly score: number }>) => {
    for (const { id, name, score } of concepts)
      for (const known of new Set([name, ...(id === undefined ? [] : [id])]))
        scores.set(known, Math.max(score, scores.get(known) ?? 0))
  }
  for (const { answer } of partsOf(outcome.value)) {
    note(answer?.concepts ?? [])
    for (const frame of answer?.frames ?? []) note(frame.concepts)
    for (const region of answer?.regions ?? []) note(region.concepts)
  }
  return Object.fromEntries(scores)
}
