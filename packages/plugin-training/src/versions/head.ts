/** A version's head as an ONNX file, and back: the service's exports, in its own protocol. */
import { readFile, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import {
  appPath,
  type CallError,
  expectSuccess,
  type Host,
  MalformedAnswer,
  request,
  resourcesOf,
  SingleModelResponseWire,
  type Wire
} from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { codeOf, makeFolder } from "../make-folder.ts"
import { download, type DownloadFailed } from "./download.ts"

/** A version cannot be exported, or a file not be written, read or taken. */
export class HeadUnusable extends Schema.TaggedError<HeadUnusable>()("HeadUnusable", {
  model: Schema.String,
  problem: Schema.String,
  /** The service's number for the state of an export. */
  code: Schema.optionalKey(Schema.Number)
}) {
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
const readExport = Schema.decodeUnknownOption(Export)

const ready = 21500
const pending = new Set([21501, 21503])
const pollMs = 500
/** Half an hour of polls. */
const mostPolls = 3600

const askExport = (wire: Wire, method: "GET" | "PUT", model: string, version: string) =>
  Effect.gen(function* () {
    const path = [
      yield* appPath(yield* wire.settings),
      ...["models", model, "versions", version, "exports"].map(encodeURIComponent)
    ].join("/")
    const { json } = yield* expectSuccess(wire, {
      method,
      path,
      body: undefined,
      timeoutMs: wire.connection.limits.attemptTimeoutMs,
      model
    })
    const read = readExport(json)
    return Option.isSome(read) ? read.value.export : yield* new MalformedAnswer({ problem: "it has no export" })
  })

/**
 * The ONNX file of a version's head, which reads the vectors of the embedder that its metadata name. Waits until the
 * service has made it; an unknown state ends the wait at once.
 */
export const exportHead = (
  { wire }: Host,
  model: string,
  version: string
): Effect.Effect<Uint8Array, CallError | HeadUnusable | DownloadFailed> =>
  Effect.gen(function* () {
    let state = yield* askExport(wire, "PUT", model, version)
    for (let polls = 0; pending.has(state.status.code) && polls < mostPolls; polls++) {
      yield* Effect.sleep(pollMs)
      state = yield* askExport(wire, "GET", model, version)
    }
    const { status, url } = state
    if (status.code === ready && url !== undefined) return yield* download(wire, url)
    const problem = `the service gives no export of version ${version} (${status.code})${status.details === undefined ? "" : `: ${status.details}`}`
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
      const code = codeOf(cause) ?? "unknown reason"
      return new HeadUnusable({ model, problem: `${path} cannot be ${what}: ${problems[code] ?? code}` })
    }
  })

/** The same into a file, in a folder that is made where it is not there. */
export const exportHeadTo = (host: Host, model: string, version: string, path: string) =>
  Effect.flatMap(exportHead(host, model, version), (bytes) =>
    withFile(model, path, "written", async () => {
      await makeFolder(dirname(path))
      await writeFile(path, bytes)
    })
  )

/** Makes a trained version out of an exported head, and the model where it is not there. Gives the version's id. */
export const importHead = (
  { wire }: Host,
  model: string,
  from: string | Uint8Array,
  concepts: ReadonlyArray<string>
): Effect.Effect<string, CallError | HeadUnusable> =>
  Effect.gen(function* () {
    const bytes = typeof from === "string" ? yield* withFile(model, from, "read", () => readFile(from)) : from
    // another process may have made it in the meantime
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
