/**
 * Folder `outcomes`: results of commands as lines of output, and read again. This file: one outcome: the label of its input,
 * and an answer or an error.
 */
import type { Outcome, Output } from "@sightline/core"
import * as Schema from "effect/Schema"
import { oneLine } from "../command-line/command-error.ts"
import { tagOf } from "../command-line/exit-code.ts"
import { answerToPlain, type Plain, type SaveMedia } from "./plain-answer.ts"

/** An outcome as a line of JSON has it. */
export type OutcomeLine =
  | { readonly input: string; readonly ok: true; readonly answer: { readonly [key: string]: Plain } }
  | { readonly input: string; readonly ok: false; readonly error: OutcomeError }

/** The error of an outcome. */
export interface OutcomeError {
  /** The class of the error, such as `InputRejected`. */
  readonly tag: string
  readonly message: string
  /** True if the same call can succeed later. */
  readonly retryable: boolean
}

/** The members of a line that identify it, for a later run that continues. */
export const OutcomeKey = Schema.Struct({ input: Schema.String, ok: Schema.Boolean })

/** A message without what differs between equal runs: the position of the input, and the id of the request. */
const stableMessage = (message: string): string =>
  oneLine(message)
    .replace(/^(?:(\S+), )?input \d+: /, (_, model?: string) => (model === undefined ? "" : `${model}: `))
    .replace(/ \[request [^\]]*\]$/, "")

/** The error of an outcome, from a typed error. */
export const toOutcomeError = (error: unknown): OutcomeError => ({
  tag: tagOf(error) ?? "Error",
  message: stableMessage(error instanceof Error ? error.message : String(error)),
  retryable: typeof error === "object" && error !== null && "retryable" in error && error.retryable === true
})

/** An outcome, labelled with its input. */
export const toOutcomeLine = (input: string, outcome: Outcome<Output, unknown>, save: SaveMedia): OutcomeLine =>
  outcome.ok
    ? { input, ok: true, answer: answerToPlain(outcome.value, save) }
    : { input, ok: false, error: toOutcomeError(outcome.error) }
