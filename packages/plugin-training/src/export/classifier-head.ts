/**
 * Folder `export`: models and examples as files. This file: exports a version's classifier head as an ONNX file, and imports
 * it again.
 */
import { readFile, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import {
  appPath,
  toPath,
  type CallError,
  expectSuccess,
  type Host,
  MalformedAnswer,
  request,
  resourcesOf,
  sightlineError,
  type CallRuntime
} from "@sightline/core/plugin"
import { SingleModelResponseWire } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { errorCodeOf, makeFolder } from "../journal/make-folder.ts"
import type { Download, DownloadFailed } from "./download-file.ts"

/** A version cannot be exported, or its file cannot be written or read. */
export class HeadUnusable extends sightlineError(
  Schema.TaggedError<HeadUnusable>()("HeadUnusable", {
    model: Schema.String,
    problem: Schema.String,
    /** The service's status code of the export. */
    code: Schema.optionalKey(Schema.Number)
  })
) {
  readonly retryable: boolean = false
  override get message() {
    return `${this.model}: ${this.problem}`
  }
}

const Export = Schema.Struct({
  export: Schema.Struct({
    status: Schema.Struct({ code: Schema.Number, details: Schema.optionalKey(Schema.String) }),
    url: Schema.optionalKey(Schema.String)
  })
})
const decodeExport = Schema.decodeUnknownOption(Export)

/** Status codes of an export. */
const exported = 21500
const pending = new Set([21501, 21503])

const pollMs = 500
/** Half an hour of polls. */
const maxPolls = 3600

/** 1 GiB: far more than the weights of any linear classifier. */
const maxHeadBytes = 2 ** 30

const callExports = (wire: CallRuntime, method: "GET" | "PUT", model: string, version: string) =>
  Effect.gen(function* () {
    const app = yield* appPath(yield* wire.settings)
    const path = yield* toPath(app, ["models", model, "versions", version, "exports"])
    const { json } = yield* expectSuccess(wire, {
      method,
      path,
      body: undefined,
      timeoutMs: wire.connection.limits.attemptTimeoutMs,
      model
    })
    const decoded = decodeExport(json)
    return Option.isSome(decoded) ? decoded.value.export : yield* new MalformedAnswer({ problem: "it has no export" })
  })

/**
 * The ONNX file of a version's classifier head. Its input is the embedding of the embedder that its metadata name. Waits
 * until the service has exported it; an unknown status ends the wait at once.
 */
export const exportHead = (
  { wire }: Host,
  download: Download,
  model: string,
  version: string
): Effect.Effect<Uint8Array, CallError | HeadUnusable | DownloadFailed> =>
  Effect.gen(function* () {
    let current = yield* callExports(wire, "PUT", model, version)
    for (let polls = 0; pending.has(current.status.code) && polls < maxPolls; polls++) {
      yield* Effect.sleep(pollMs)
      current = yield* callExports(wire, "GET", model, version)
    }
    const { status, url } = current
    if (status.code === exported && url !== undefined) return yield* download(wire, url, maxHeadBytes)
    const problem = `the service does not export version ${version} (${status.code})${status.details === undefined ? "" : `: ${status.details}`}`
    return yield* new HeadUnusable({ model, problem, code: status.code })
  })

const problems: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of its path is a file, not a folder",
  EISDIR: "it is a folder; name a file in it",
  EACCES: "no permission",
  EPERM: "no permission"
}

const withFile = <A>(model: string, path: string, what: string, use: () => Promise<A>) =>
  Effect.tryPromise({
    try: use,
    catch: (cause) => {
      const code = errorCodeOf(cause) ?? "unknown reason"
      return new HeadUnusable({ model, problem: `${path} cannot be ${what}: ${problems[code] ?? code}` })
    }
  })

/** Writes the ONNX file of a version's head; its folder is created if it does not exist. */
export const exportHeadTo = (host: Host, download: Download, model: string, version: string, path: string) =>
  Effect.flatMap(exportHead(host, download, model, version), (bytes) =>
    withFile(model, path, "written", async () => {
      await makeFolder(dirname(path))
      await writeFile(path, bytes)
    })
  )

/** Creates a trained version from an exported head, and the model if it does not exist. Succeeds with the version's id. */
export const importHead = (
  { wire }: Host,
  model: string,
  from: string | Uint8Array,
  concepts: ReadonlyArray<string>
): Effect.Effect<string, CallError | HeadUnusable> =>
  Effect.gen(function* () {
    const bytes = typeof from === "string" ? yield* withFile(model, from, "read", () => readFile(from)) : from
    // Another process may create it in the meantime.
    yield* Effect.catchTag(
      resourcesOf(wire).models.create({ id: model, concepts }).asEffect(),
      "Conflict",
      () => Effect.void
    )
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")
    const config = { model_zip_url: `data:application/octet-stream;base64,${base64}` }
    const { model: answered } = yield* request(wire, SingleModelResponseWire, {
      method: "POST",
      path: ["models", model, "versions"],
      body: { model_versions: [{ description: "imported", pretrained_model_config: config }] }
    })
    const version = answered?.model_version?.id
    return version ?? (yield* new MalformedAnswer({ problem: "it has no model_version" }))
  })
