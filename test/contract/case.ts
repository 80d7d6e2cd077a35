/** One promise of the SDK: a sentence, and a check that gives what was answered, to be compared between services. */
import type { Service } from "./services.ts"

/** `check` gives plain data without ids and times, or nothing where there is nothing to compare. */
export interface Case {
  readonly name: string
  readonly check: (service: Service) => Promise<unknown>
}

/** The same value as JSON has it. */
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))

/** Concepts as names with their scores. */
export const named = (concepts: ReadonlyArray<{ readonly name: string; readonly score: number }>) =>
  concepts.map(({ name, score }) => [name, score])
