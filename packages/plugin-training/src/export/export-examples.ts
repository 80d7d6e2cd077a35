/** Exports the examples of a model into a folder: their files, and a manifest that `manifest(..)` reads. */
import { appendFile, mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { type CallError, type Host, type InputRecord, resourcesOf, sightlineError, sniff } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Unusable } from "../result/example-tally.ts"
import type { Download } from "./download-file.ts"

/** Examples cannot be written into a folder. */
export class ExportFailed extends sightlineError(
  Schema.TaggedError<ExportFailed>()("ExportFailed", {
    directory: Schema.String,
    problem: Schema.String
  })
) {
  readonly retryable: boolean = false
  override get message() {
    return `examples cannot be written into ${this.directory} (${this.problem}); give another folder`
  }
}

/** The result of an export of examples. */
export interface ExportedExamples {
  /** The manifest's path. */
  readonly manifest: string
  /** How many examples the manifest has. */
  readonly examples: number
  /** Examples that are missing from the manifest, because their files could not be downloaded. */
  readonly failed: ReadonlyArray<Unusable>
}

/** How many files are downloaded at once. */
const downloads = 4

const extensions: Readonly<Record<string, string>> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "image/gif": "gif",
  "image/bmp": "bmp",
  "image/tiff": "tiff",
  "image/avif": "avif",
  "image/heic": "heic"
}

/** A file name that is safe on any system, from an id that may contain anything. */
const fileNameOf = (id: string, bytes: Uint8Array): string => {
  const type = sniff(bytes)
  return `${encodeURIComponent(id).replaceAll(".", "%2E").slice(0, 150)}.${(type === undefined ? undefined : extensions[type]) ?? "bin"}`
}

/** Options of an export of examples. */
export interface ExportOptions {
  /** True: the model's concepts that an example is not labelled with are written as its negative labels. @default false */
  readonly exclusive?: boolean
}

/** Writes every labelled image of a model's concepts into a folder. Memory holds a few images at a time. */
export const exportExamples = (
  { wire }: Host,
  download: Download,
  model: string,
  directory: string,
  { exclusive = false }: ExportOptions = {}
): Effect.Effect<ExportedExamples, CallError | ExportFailed> =>
  Effect.gen(function* () {
    const files = join(directory, "files")
    const manifest = join(directory, "manifest.jsonl")
    const writing = (use: () => Promise<unknown>) =>
      Effect.tryPromise({
        try: use,
        catch: (cause) =>
          new ExportFailed({
            directory,
            problem:
              typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "unknown reason"
          })
      })
    yield* writing(async () => {
      await mkdir(files, { recursive: true })
      await writeFile(manifest, "")
    })
    const vocabulary = exclusive ? ((yield* resourcesOf(wire).models.describe(model)).concepts ?? []) : []
    const failed: Array<Unusable> = []
    let examples = 0
    const save = ({ id, labels, url }: InputRecord) =>
      Effect.gen(function* () {
        const concepts = labels.filter((label) => label.present).map((label) => label.id)
        if (concepts.length === 0) {
          failed.push({ name: id, problem: "the service has no positive label of it" })
          return
        }
        if (url === undefined) {
          failed.push({ name: id, problem: "the service gives no address of it" })
          return
        }
        const downloaded = yield* Effect.result(download(wire, url, wire.connection.limits.maxBytes.image))
        if (downloaded._tag === "Failure") {
          failed.push({ name: id, problem: downloaded.failure.problem })
          return
        }
        const bytes = downloaded.success
        const file = fileNameOf(id, bytes)
        yield* writing(() => writeFile(join(files, file), bytes))
        const absent = labels.filter((label) => !label.present).map((label) => label.id)
        const notConcepts = [...new Set([...absent, ...vocabulary.filter((name) => !concepts.includes(name))])]
        const line = { file: `files/${file}`, concepts, ...(notConcepts.length === 0 ? {} : { notConcepts }) }
        yield* writing(() => appendFile(manifest, `${JSON.stringify(line)}\n`))
        examples++
      })
    yield* resourcesOf(wire)
      .models.inputs(model)
      .toStream()
      .pipe(
        Stream.filter(({ kind, state }) => (kind ?? "image") === "image" && state !== "failed"),
        Stream.mapEffect(save, { concurrency: downloads }),
        Stream.runDrain
      )
    return { manifest, examples, failed }
  })
