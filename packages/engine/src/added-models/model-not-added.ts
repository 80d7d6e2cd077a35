/** The error of adding, checking and removing models. */
import { sightlineError } from "@sightline/core/plugin"
import * as Schema from "effect/Schema"

/** Why a model is not added, checked or removed. */
export type NotAddedReason =
  | "name"
  | "source"
  | "exists"
  | "unknown"
  | "declined"
  | "download"
  | "integrity"
  | "disk"
  | "manifest"

/**
 * A model is not added, checked or removed; the folder is as it was before. `reason`: the `name` cannot be used, the
 * `source` has not what is needed, a model of that name `exists` or is `unknown`, the offer was `declined`, the `download`
 * broke off, a hash differs (`integrity`), the `disk` is full or not writable, or the `manifest` does not fit the model.
 */
export class ModelNotAdded extends sightlineError(
  Schema.TaggedError<ModelNotAdded>()("ModelNotAdded", {
    model: Schema.String,
    reason: Schema.String,
    details: Schema.String
  })
) {
  /** True if a later attempt can succeed without a change: a download that broke off. */
  get retryable(): boolean {
    return this.reason === "download"
  }
  override get message(): string {
    return `the model ${this.model}: ${this.details}`
  }
}

/** Makes the error of a model. */
export const notAdded = (model: string, reason: NotAddedReason, details: string): ModelNotAdded =>
  new ModelNotAdded({ model, reason, details })

const diskCodes: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOTDIR: "a file is where a folder is needed"
}

/** A failure of the file system; undefined for any other. */
export const diskProblem = (model: string, cause: unknown): ModelNotAdded | undefined => {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  const details = diskCodes[code]
  return details === undefined
    ? undefined
    : notAdded(model, "disk", `its files cannot be written: ${details} (${code})`)
}
