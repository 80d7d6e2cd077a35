/** `app.trained(id)`: the versions of a model. */
import {
  type CallError,
  type Host,
  type Listing,
  Operation,
  resourcesOf,
  type VersionRecord
} from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import { conceptName } from "../examples/concept-name.ts"
import type { Examples } from "../examples/example.ts"
import type { Journal } from "../journal/journal.ts"
import { exportHead, exportHeadTo, HeadUnusable, importHead } from "../export/classifier-head.ts"
import {
  type Compared,
  type CompareError,
  type CompareOptions,
  compareVersions,
  trainedVersions
} from "./compare-versions.ts"
import type { Download, DownloadFailed } from "../export/download-file.ts"
import {
  type ExportedExamples,
  exportExamples,
  type ExportFailed,
  type ExportOptions
} from "../export/export-examples.ts"
import { type PruneRule, pruneVersions } from "./prune-versions.ts"

/** The versions of a trained model. Each method returns an operation, which calls nothing until it is run. */
export class Trained {
  readonly #host: Host
  readonly #journal: Journal
  readonly #download: Download
  /** The model's id. */
  readonly id: string
  constructor(host: Host, journal: Journal, download: Download, id: string) {
    this.#host = host
    this.#journal = journal
    this.#download = download
    this.id = id
  }
  /** All versions, newest first, including those that are not trained. */
  versions(): Listing<VersionRecord, CallError> {
    return resourcesOf(this.#host.wire).versions.list(this.id)
  }

  /**
   * Evaluates versions on the same examples, newest first. The scores of each version are read as it was trained, with
   * `mutuallyExclusive()` or without. Give examples that no version was trained with: others raise its numbers.
   */
  compare(examples: Examples, options: CompareOptions = {}): Operation<ReadonlyArray<Compared>, CompareError> {
    return new Operation(
      `trained.compare(${this.id})`,
      compareVersions(this.#host, this.#journal, this.id, examples, options)
    )
  }

  /** Deletes the trained versions that no rule keeps, and resolves with them. Never deletes the newest. */
  prune(rule: PruneRule): Operation<ReadonlyArray<VersionRecord>, CompareError> {
    return new Operation(`trained.prune(${this.id})`, pruneVersions(this.#host, this.#journal, this.id, rule))
  }

  /**
   * Writes the labelled images of the model's concepts into a folder, with a manifest that `manifest(..)` reads. The
   * service reports positive labels only; `exclusive` adds negative ones.
   */
  exportExamples(
    directory: string,
    options: ExportOptions = {}
  ): Operation<ExportedExamples, CallError | ExportFailed> {
    return new Operation(
      `trained.exportExamples(${this.id})`,
      exportExamples(this.#host, this.#download, this.id, directory, options)
    )
  }

  /**
   * The classifier head of a version, as the bytes of an ONNX model. Its metadata name the embedder.
   *
   * @param version its id; the newest trained version if absent
   */
  head(version?: string): Operation<Uint8Array, CallError | HeadUnusable | DownloadFailed> {
    return new Operation(
      `trained.head(${this.id})`,
      Effect.flatMap(this.#versionOrNewest(version), (id) => exportHead(this.#host, this.#download, this.id, id))
    )
  }

  /** Writes the classifier head of a version into a file; its folder is created if it does not exist. */
  exportHead(path: string, version?: string): Operation<void, CallError | HeadUnusable | DownloadFailed> {
    return new Operation(
      `trained.exportHead(${this.id})`,
      Effect.flatMap(this.#versionOrNewest(version), (id) =>
        exportHeadTo(this.#host, this.#download, this.id, id, path)
      )
    )
  }

  /**
   * Creates a trained version from an exported head, and the model with `concepts` if it does not exist. Resolves with
   * the version's id. Fails with `InvalidRequest` for anything but an exported head.
   *
   * @param from the file's path, or its bytes
   */
  importHead(
    from: string | Uint8Array,
    { concepts = [] }: { readonly concepts?: ReadonlyArray<string> } = {}
  ): Operation<string, CallError | HeadUnusable> {
    return new Operation(
      `trained.importHead(${this.id})`,
      importHead(this.#host, this.id, from, concepts.map(conceptName))
    )
  }

  #versionOrNewest(given: string | undefined): Effect.Effect<string, CallError | HeadUnusable> {
    if (given !== undefined) return Effect.succeed(given)
    return Effect.flatMap(trainedVersions(this.#host, this.id), ([newest]) =>
      newest === undefined
        ? Effect.fail(new HeadUnusable({ model: this.id, problem: "no version is trained; train one first" }))
        : Effect.succeed(newest.id)
    )
  }
}
