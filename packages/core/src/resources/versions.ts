// Model versions: the results of trainings.
import * as Effect from "effect/Effect"
import type { CallError } from "../errors/errors.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import { SingleModelResponseWire } from "../wire/messages/model-requests.ts"
import {
  MultiModelVersionResponseWire,
  PatchModelVersionsRequestWire,
  PostModelVersionsRequestWire,
  SingleModelVersionResponseWire
} from "../wire/messages/version-requests.ts"
import type { JsonObject } from "../wire/messages/field.ts"
import type { TrainInfoWire } from "../wire/messages/model-messages.ts"
import { type PageOptions, pages } from "./pages.ts"
import { bodyOf, type Owner, remove, request } from "./resource-call.ts"
import { missing } from "./concepts.ts"
import { type EvaluationRecord, toEvaluation } from "./evaluation-metrics.ts"
import { oneModel } from "./models.ts"
import { idOf, type ModelName, ownerOf } from "./model-name.ts"
import { Listing, Operation } from "./operation.ts"
import { type ModelRecord, toVersion, type VersionRecord } from "./records.ts"
import { waitFor, type WaitOptions } from "./poll.ts"

/** Options of a training. By default it uses the app's examples and the defaults of the model type. */
export interface TrainOptions {
  readonly description?: string
  /** Parameters of deep training, such as `{ template, dataset_id, num_epochs }`: see `models.type(id)`. */
  readonly params?: JsonObject
  /** Continues from this version of this model. */
  readonly resumeFrom?: { readonly model: ModelName; readonly version: string }
}

const toTrainInfo = ({ params, resumeFrom }: TrainOptions): TrainInfoWire => ({
  ...(params === undefined ? {} : { params }),
  ...(resumeFrom === undefined
    ? {}
    : { resume_from_model: { id: idOf(resumeFrom.model), model_version: { id: resumeFrom.version } } })
})

/** Model versions: train, list, get, change, evaluate, delete. */
export const versions = (runtime: CallRuntime) => {
  const one = (name: string, method: "GET" | "POST", path: ReadonlyArray<string>, owner: Owner, body?: object) =>
    new Operation<VersionRecord, CallError>(
      name,
      request(runtime, SingleModelVersionResponseWire, {
        method,
        path,
        owner,
        ...(body === undefined ? {} : { body })
      }).pipe(
        Effect.flatMap(({ model_version: version }) =>
          version ? Effect.succeed(toVersion(version)) : Effect.fail(missing("model_version"))
        )
      )
    )
  return {
    /** Lists versions, newest first. */
    list: (
      model: ModelName,
      { trainedOnly, ...options }: PageOptions & { readonly trainedOnly?: boolean } = {}
    ): Listing<VersionRecord, CallError> =>
      new Listing(
        pages(
          runtime,
          MultiModelVersionResponseWire,
          {
            method: "GET",
            path: ["models", idOf(model), "versions"],
            owner: ownerOf(model),
            query: { trained_only: trainedOnly }
          },
          (answer) => answer.model_versions.map(toVersion),
          options
        )
      ),
    /** Gets a version, with the status of its training. */
    get: (model: ModelName, id: string) =>
      one(`versions.get(${id})`, "GET", ["models", idOf(model), "versions", id], ownerOf(model)),
    /**
     * Waits until a version is no longer pending, and returns it: `ready` or `failed`, with the reason in `details`.
     * Fails with `TimedOut` after `timeoutMs`, half an hour by default.
     */
    settled: (model: ModelName, id: string, options: WaitOptions = {}): Operation<VersionRecord, CallError> =>
      new Operation(
        `versions.settled(${id})`,
        waitFor(
          one("", "GET", ["models", idOf(model), "versions", id], ownerOf(model)).asEffect(),
          ({ state }) => state !== "pending",
          options
        )
      ),
    /** Starts a training on the app's examples. Returns the model with its new, pending version. */
    train: (model: ModelName, options: TrainOptions = {}): Operation<ModelRecord, CallError> =>
      new Operation(
        `versions.train(${idOf(model)})`,
        request(runtime, SingleModelResponseWire, {
          method: "POST",
          path: ["models", idOf(model), "versions"],
          owner: ownerOf(model),
          body: bodyOf(PostModelVersionsRequestWire, {
            ...(options.description === undefined ? {} : { description: options.description }),
            ...(options.params === undefined && options.resumeFrom === undefined
              ? {}
              : { model_versions: [{ train_info: toTrainInfo(options) }] })
          })
        }).pipe(Effect.flatMap(oneModel))
      ),
    /** Changes the description of a version. */
    change: (
      model: ModelName,
      { id, ...said }: { readonly id: string; readonly description?: string; readonly metadata?: JsonObject },
      action: "merge" | "overwrite" | "remove" = "merge"
    ): Operation<ReadonlyArray<VersionRecord>, CallError> =>
      new Operation(
        `versions.change(${id})`,
        request(runtime, MultiModelVersionResponseWire, {
          method: "PATCH",
          path: ["models", idOf(model), "versions"],
          owner: ownerOf(model),
          body: bodyOf(PatchModelVersionsRequestWire, { model_versions: [{ id, ...said }], action })
        }).pipe(Effect.map((answer) => answer.model_versions.map(toVersion)))
      ),
    /** Starts an evaluation. Its status is in `evaluation` of the returned version, and of {@link get}. */
    evaluate: (model: ModelName, id: string) =>
      one(`versions.evaluate(${id})`, "POST", ["models", idOf(model), "versions", id, "metrics"], ownerOf(model), {}),
    /** Metrics of a version, per concept and pair of concepts; `pending` until the evaluation has ended. */
    evaluation: (model: ModelName, id: string): Operation<EvaluationRecord, CallError> =>
      new Operation(
        `versions.evaluation(${id})`,
        request(runtime, SingleModelVersionResponseWire, {
          method: "GET",
          path: ["models", idOf(model), "versions", id, "metrics"],
          owner: ownerOf(model),
          query: { "fields.confusion_matrix": true, "fields.binary_metrics": true }
        }).pipe(
          Effect.flatMap(({ model_version: version }) =>
            version?.metrics ? Effect.succeed(toEvaluation(version.metrics)) : Effect.fail(missing("metrics"))
          )
        )
      ),
    /** Deletes a version and cancels its training. */
    delete: (model: ModelName, id: string): Operation<void, CallError> =>
      new Operation(
        `versions.delete(${id})`,
        remove(runtime, { path: ["models", idOf(model), "versions", id], owner: ownerOf(model) })
      )
  }
}
