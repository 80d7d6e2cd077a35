/** Every way in which opening the engine, or asking it outside of the protocol, can fail. */
import { readableError } from "@sightline/core/plugin"
import * as Schema from "effect/Schema"
import type { EncoderProblem, MissingPackage } from "./vision/encoders/encoder-problem.ts"

export { EncoderProblem, MissingPackage } from "./vision/encoders/encoder-problem.ts"

/** The folder cannot hold an engine: it cannot be made, read or written, or was written by a newer version. */
export class EngineFolderError extends readableError(
  Schema.TaggedError<EngineFolderError>()("EngineFolderError", {
    directory: Schema.String,
    reason: Schema.Literals(["not-a-folder", "not-writable", "damaged", "newer"]),
    cause: Schema.optionalKey(Schema.Defect())
  })
) {
  readonly retryable = false
  override get message(): string {
    const why = {
      "not-a-folder": "is not a folder; name another",
      "not-writable": "cannot be written; check its permissions or name another with `directory`",
      damaged: "holds a database that cannot be read; restore it from a backup or name another folder",
      newer: "was written by a newer version of the engine; update @sightline/engine"
    }
    return `engine folder ${this.directory} ${why[this.reason]}`
  }
}

/** Another engine owns the folder. `pid` is its process, 0 when it did not say. */
export class EngineFolderLocked extends readableError(
  Schema.TaggedError<EngineFolderLocked>()("EngineFolderLocked", {
    directory: Schema.String,
    pid: Schema.Number
  })
) {
  readonly retryable = true
  override get message(): string {
    const owner = this.pid === 0 ? "another process" : `process ${this.pid}`
    return `engine folder ${this.directory} is in use by ${owner}; stop it, use another folder, or open this one with \`readOnly: true\``
  }
}

/** A setting that cannot be used. */
export class EngineOptionError extends readableError(
  Schema.TaggedError<EngineOptionError>()("EngineOptionError", {
    option: Schema.String,
    details: Schema.String
  })
) {
  readonly retryable = false
  override get message(): string {
    return `engine option ${this.option}: ${this.details}`
  }
}

/** The server socket could not be opened. */
export class ServeError extends readableError(
  Schema.TaggedError<ServeError>()("ServeError", {
    host: Schema.String,
    port: Schema.Number,
    details: Schema.String
  })
) {
  readonly retryable = false
  override get message(): string {
    return `cannot serve on ${this.host}:${this.port}: ${this.details}`
  }
}

/** The engine was closed before it could answer. What it had acknowledged is safe in its folder. */
export class EngineClosed extends readableError(
  Schema.TaggedError<EngineClosed>()("EngineClosed", { directory: Schema.String })
) {
  readonly retryable = false
  override get message(): string {
    return `the engine on ${this.directory} is closed; make a new one`
  }
}

/** What a fetch of a fresh engine may reject with, before there is anybody to answer in the protocol. */
export type EngineError =
  | EngineFolderError
  | EngineFolderLocked
  | EngineOptionError
  | EngineClosed
  | EncoderProblem
  | MissingPackage
