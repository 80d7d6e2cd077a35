/** Errors of an engine outside of the protocol: opening it, serving it. */
import { sightlineError } from "@sightline/core/plugin"
import * as Schema from "effect/Schema"
import type { EncoderProblem, MissingPackage } from "./encoder-problem.ts"

export { EncoderProblem, MissingPackage } from "./encoder-problem.ts"

/** The folder cannot be opened. `reason` is why. */
export class EngineFolderError extends sightlineError(
  Schema.TaggedError<EngineFolderError>()("EngineFolderError", {
    directory: Schema.String,
    reason: Schema.Literals([
      "not-a-folder",
      "not-writable",
      "damaged",
      "foreign",
      "newer",
      "older",
      "no-index",
      "index-lost"
    ]),
    cause: Schema.optionalKey(Schema.Defect())
  })
) {
  readonly retryable = false
  override get message(): string {
    const why = {
      "not-a-folder": "is not a folder; name another",
      "not-writable":
        "cannot be written; check its permissions or name another with `directory` (`readOnly: true` opens one that can only be read)",
      damaged:
        "has an index (engine.sqlite) that cannot be read; restore it from a backup, delete it and open the folder with `rebuild: true` to add the media as new inputs, or name another folder",
      foreign: "has an engine.sqlite that is the database of another program; move it away or name another folder",
      newer: "was written by a newer version of the engine; update @sightline/engine",
      older: "was written by an older version of the engine; open it once without `readOnly`",
      "no-index": "has no index (engine.sqlite); nothing can be read from it",
      "index-lost":
        "holds media but its index (engine.sqlite) is missing or empty; restore it from a backup, or open the folder with `rebuild: true` to add the media as new inputs"
    }
    return `engine folder ${this.directory} ${why[this.reason]}`
  }
}

/** Another engine owns the folder. `pid` is its process; 0 if it is not known. */
export class EngineFolderLocked extends sightlineError(
  Schema.TaggedError<EngineFolderLocked>()("EngineFolderLocked", {
    directory: Schema.String,
    pid: Schema.Number
  })
) {
  readonly retryable = true
  override get message(): string {
    if (this.pid === process.pid)
      return `engine folder ${this.directory} is open in this process (${this.pid}), with other options or in another thread; use the same options, or close the other engine`
    const owner = this.pid === 0 ? "another process" : `process ${this.pid}`
    return `engine folder ${this.directory} is in use by ${owner}; stop it, use another folder, or open this one with \`readOnly: true\``
  }
}

/** An option that cannot be used. */
export class EngineOptionError extends sightlineError(
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
export class ServeError extends sightlineError(
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

/** The engine was closed before it could answer. Everything that it acknowledged is in its folder. */
export class EngineClosed extends sightlineError(
  Schema.TaggedError<EngineClosed>()("EngineClosed", { directory: Schema.String })
) {
  readonly retryable = false
  override get message(): string {
    return `the engine on ${this.directory} is closed; create a new one`
  }
}

/** What the `fetch` of an engine may reject with: everything else is an answer of the protocol. */
export type EngineError =
  | EngineFolderError
  | EngineFolderLocked
  | EngineOptionError
  | EngineClosed
  | EncoderProblem
  | MissingPackage
