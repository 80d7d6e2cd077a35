/** The methods that this engine serves, each with its handler, and the HTTP routes that lead to them. */
import * as protocol from "@sightline/core/protobuf"
import { type Method, routeFinder } from "@sightline/core/protobuf"
import { StatusCode } from "@sightline/core/status"
import type { JsonObject } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import * as addInputs from "../handlers/add-inputs.ts"
import * as apps from "../handlers/apps.ts"
import * as concepts from "../handlers/concepts.ts"
import * as exports from "../handlers/exports.ts"
import * as inputs from "../handlers/inputs.ts"
import * as languages from "../handlers/languages.ts"
import { getMedia, type HostedFile } from "../handlers/media.ts"
import * as metrics from "../handlers/metrics.ts"
import * as modelTypes from "../handlers/model-types.ts"
import * as models from "../handlers/models.ts"
import { notHere } from "../handlers/not-implemented.ts"
import * as outputs from "../handlers/outputs.ts"
import * as patches from "../handlers/patch-inputs.ts"
import { searchInputs } from "../handlers/searches.ts"
import * as statusCodes from "../handlers/status-codes.ts"
import * as versions from "../handlers/versions.ts"
import * as workflows from "../handlers/workflows.ts"
import type { Jobs } from "../jobs/jobs.ts"
import type { CustomNeeds, Heads } from "../models/custom.ts"
import type { Pretrained } from "../models/pretrained/pretrained-models.ts"
import type { Call, Replies, Reply } from "../protocol/request.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import type { BodyBudget } from "./body-budget.ts"

/** All services that handlers need. */
export type Needs = CustomNeeds | Heads | Pretrained | Jobs | BodyBudget

/** A method of the protocol with its handler. */
interface Service {
  readonly method: Method
  readonly handler: (call: Call<unknown>) => Effect.Effect<Reply<unknown> | Replies<unknown>, WireError, Needs>
  /** True if it changes something. */
  readonly writes: boolean
}

/** A file of the engine's own, which no method of the protocol returns. */
interface FileRoute {
  readonly verb: string
  readonly path: ReadonlyArray<string>
  readonly handler: (call: Call<JsonObject>) => Effect.Effect<HostedFile, WireError, Needs>
}

const serve = <Request, Response>(
  method: Method<Request, Response>,
  handler: (call: Call<Request>) => Effect.Effect<Reply<Response> | Replies<Response>, WireError, Needs>,
  writes = !method.http.some(({ verb }) => verb === "GET")
): Service => ({
  method,
  // Its calls are decoded as the request of this method.
  handler: handler as Service["handler"],
  writes
})

const readsOnly = false

const services: ReadonlyArray<Service> = [
  serve(protocol.PostModelOutputs, outputs.postOutputs, readsOnly),
  serve(protocol.GenerateModelOutputs, outputs.postGenerate, readsOnly),
  serve(
    protocol.StreamModelOutputs,
    () => Effect.fail(notHere("open the stream over gRPC, or use outputs/generate")),
    readsOnly
  ),

  serve(protocol.ListInputs, inputs.listInputs),
  serve(protocol.StreamInputs, inputs.streamInputs),
  serve(protocol.GetInput, inputs.getInput),
  serve(protocol.GetInputCount, inputs.countAllInputs),
  serve(protocol.PostInputs, addInputs.postInputs),
  serve(protocol.PatchInputs, patches.patchInputs),
  serve(protocol.DeleteInput, inputs.deleteInput),
  serve(protocol.DeleteInputs, inputs.deleteInputs),
  serve(protocol.PostInputsSearches, searchInputs, readsOnly),
  serve(protocol.PostSearches, searchInputs, readsOnly),
  serve(protocol.GetInputsAddJob, inputs.getAddJob),
  serve(protocol.CancelInputsAddJob, inputs.cancelAddJob),

  serve(protocol.ListConcepts, concepts.listConcepts),
  serve(protocol.GetConcept, concepts.getConcept),
  serve(protocol.PostConcepts, concepts.postConcepts),
  serve(protocol.PatchConcepts, concepts.patchConcepts),
  serve(protocol.PostConceptsSearches, concepts.searchConcepts, readsOnly),
  serve(protocol.GetConceptCounts, concepts.countConceptInputs),
  serve(protocol.ListConceptLanguages, languages.listLanguages),
  serve(protocol.GetConceptLanguage, languages.getLanguage),
  serve(protocol.PostConceptLanguages, languages.putLanguages),
  serve(protocol.PatchConceptLanguages, languages.putLanguages),

  serve(protocol.ListModels, models.listModels),
  serve(protocol.GetModel, models.getModel),
  serve(protocol.GetModelOutputInfo, versions.getOutputInfo),
  serve(protocol.PostModels, models.postModel),
  serve(protocol.PatchModels, models.patchModels),
  serve(protocol.DeleteModel, models.deleteModel),
  serve(protocol.DeleteModels, models.deleteModels),
  serve(protocol.PostModelsSearches, models.searchModels, readsOnly),
  serve(protocol.ListModelTypes, modelTypes.listModelTypes),
  serve(protocol.GetModelType, modelTypes.getModelType),
  serve(protocol.ListModelInputs, versions.listModelInputs),
  serve(protocol.ListModelConcepts, versions.listModelConcepts),
  serve(protocol.ListModelVersions, versions.listVersions),
  serve(protocol.GetModelVersion, versions.getVersion),
  serve(protocol.PostModelVersions, versions.postVersion),
  serve(protocol.PatchModelVersions, versions.patchVersions),
  serve(protocol.DeleteModelVersion, versions.deleteVersion),
  serve(protocol.PostModelVersionsTrainingTimeEstimate, versions.estimateTraining, readsOnly),
  serve(protocol.GetModelVersionExport, exports.getExport),
  serve(protocol.PutModelVersionExports, exports.getExport, readsOnly),

  serve(protocol.PostModelVersionMetrics, metrics.postMetrics),
  serve(protocol.GetModelVersionMetrics, metrics.getMetrics),
  serve(protocol.PostModelVersionEvaluations, metrics.postVersionEvaluations),
  serve(protocol.ListModelVersionEvaluations, metrics.listVersionEvaluations),
  serve(protocol.GetModelVersionEvaluation, metrics.getEvaluation),
  serve(protocol.PostEvaluations, metrics.postEvaluations),
  serve(protocol.ListEvaluations, metrics.listEvaluations),
  serve(protocol.GetEvaluation, metrics.getEvaluation),

  serve(protocol.ListWorkflows, workflows.listWorkflows),
  serve(protocol.GetWorkflow, workflows.getWorkflow),
  serve(protocol.PostWorkflows, workflows.postWorkflows),
  serve(protocol.PatchWorkflows, workflows.patchWorkflows),
  serve(protocol.DeleteWorkflow, workflows.deleteWorkflow),
  serve(protocol.DeleteWorkflows, workflows.deleteWorkflows),
  serve(protocol.PostWorkflowResults, workflows.postResults, readsOnly),

  serve(protocol.GetApp, apps.getApp),
  serve(protocol.ListApps, apps.listApps),
  serve(protocol.PostApps, apps.postApps),
  serve(protocol.ListStatusCodes, statusCodes.listStatusCodes),
  serve(protocol.GetStatusCode, statusCodes.getStatusCode)
]

/** The services by the names of their methods. */
export const serviceOf: ReadonlyMap<string, Service> = new Map(services.map((one) => [one.method.name, one]))

/** The parts of a path, without empty ones. */
const partsOf = (path: string): ReadonlyArray<string> => path.split("/").filter((part) => part !== "")

const file = <Request>(line: string, handler: (call: Call<Request>) => ReturnType<FileRoute["handler"]>): FileRoute => {
  const [verb = "", path = ""] = line.split(" ")
  // Its calls have the fields of the path, which are text.
  return { verb, path: partsOf(path), handler: handler as FileRoute["handler"] }
}

const files: ReadonlyArray<FileRoute> = [
  file("GET /media/{hash}", getMedia),
  file("GET /v2/models/{model_id}/versions/{version_id}/exports/onnx", exports.getOnnx),
  file("POST /v2/models/versions/upload", () =>
    Effect.fail(notHere("put the files into a folder of the models folder"))
  )
]

interface ServiceRoute {
  readonly verb: string
  readonly path: ReadonlyArray<string>
  readonly service: Service
}

const appPath = ["v2", "users", "{user_app_id.user_id}", "apps", "{user_app_id.app_id}"]
const startsWith = (path: ReadonlyArray<string>, start: ReadonlyArray<string>) =>
  start.every((part, at) => path[at] === part)

/** The short form of a path below an app; undefined for lists of all apps of a user, which are not served. */
const shorten = (path: ReadonlyArray<string>): ReadonlyArray<string> | undefined => {
  if (startsWith(path, appPath)) return path.length === appPath.length ? path : ["v2", ...path.slice(appPath.length)]
  return startsWith(path, appPath.slice(0, 3)) && path[3] !== "apps" ? undefined : path
}

const findRoute = routeFinder<ServiceRoute | FileRoute>([
  ...files,
  ...services.flatMap((service) =>
    service.method.http.flatMap(({ path, verb }): ReadonlyArray<ServiceRoute> => {
      const short = shorten(path)
      return short === undefined ? [] : [{ verb, path: short, service }]
    })
  )
])

const appOf = (parts: ReadonlyArray<string>) => ({ user_app_id: { user_id: parts[2], app_id: parts[4] } })

/** A route and the fields of its request that the path has. */
interface Located {
  readonly route: ServiceRoute | FileRoute
  /** Text; for methods, also messages of text. */
  readonly fields: JsonObject
}

/** Finds the route of an HTTP request. Every path below an app also has a short form without user and app. */
export const locate = (verb: string, path: string): Located => {
  const parts = partsOf(path).map(decodePart)
  const inApp = parts[0] === "v2" && parts[1] === "users" && parts[3] === "apps" && parts.length > appPath.length
  const short = inApp ? ["v2", ...parts.slice(appPath.length)] : parts
  const found = findRoute(verb, short)
  if (found.route !== undefined)
    return { route: found.route, fields: { ...(inApp ? appOf(parts) : {}), ...found.fields } }
  throw found.pathExists
    ? wireError(StatusCode.CONN_METHOD_NOT_ALLOWED, `${verb} is not allowed on this path`)
    : wireError(StatusCode.CONN_DOES_NOT_EXIST, "the path is not known. Check the url of your request.")
}

const decodePart = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    throw wireError(StatusCode.CONN_BAD_REQUEST_FORMAT, "the path is not validly percent-encoded")
  }
}
